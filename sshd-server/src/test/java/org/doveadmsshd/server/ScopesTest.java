package org.doveadmsshd.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.search.MailboxPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the lines of a master_user section come down to. */
class ScopesTest {
  private static final Instant NOW = Instant.parse("2026-06-15T12:00:00Z");

  @TempDir Path directory;

  private Map<String, Scope> scopes(String sections) throws Exception {
    Path file = directory.resolve("sshd.conf");
    Files.writeString(
        file, "host_key = key\nuserdb {\n  driver = passwd-file\n  args = users\n}\n" + sections);
    Files.writeString(directory.resolve("users"), "");
    return Scopes.of(Settings.read(file, CommandCatalog.scopeWords()).masters());
  }

  private Scope scope(String lines) throws Exception {
    return scopes("master_user admin {\n" + lines + "\n}\n").get("admin");
  }

  @Test
  void eachMasterHasAScopeOfHisOwn() throws Exception {
    Map<String, Scope> scopes =
        scopes(
            "master_user admin {\n users = *\n}\n"
                + "master_user jim@example.org {\n users = *@example.org\n}\n");
    assertThat(scopes).containsOnlyKeys("admin", "jim@example.org");
    assertThat(scopes.get("admin").hasAllUsers("expunge")).isTrue();
    assertThat(scopes.get("jim@example.org").hasUser("x@example.org")).isTrue();
    assertThat(scopes.get("jim@example.org").hasUser("x@example.com")).isFalse();
  }

  @Test
  void noSectionsAreNoMasters() throws Exception {
    assertThat(scopes("")).isEmpty();
  }

  @Test
  void severalMasksAreAllMeant() throws Exception {
    Scope scope = scope("users = jane *@example.org joe?");
    assertThat(scope.hasUser("jane")).isTrue();
    assertThat(scope.hasUser("x@example.org")).isTrue();
    assertThat(scope.hasUser("joe1")).isTrue();
    assertThat(scope.hasUser("joe")).isFalse();
    assertThat(scope.hasUser("mary")).isFalse();
  }

  @Test
  void aNameOfACommandIsThatCommandAndAKindAllOfIt() throws Exception {
    Scope named = scope("users = *\n commands = search \"mailbox list\"");
    assertThat(named.hasCommand("jane", "search")).isTrue();
    assertThat(named.hasCommand("jane", "mailbox list")).isTrue();
    assertThat(named.hasCommand("jane", "mailbox create")).isFalse();
    assertThat(named.hasCommand("jane", "fetch")).isFalse();
    Scope kinds = scope("users = *\n commands = read expunge");
    assertThat(kinds.hasCommand("jane", "search")).isTrue();
    assertThat(kinds.hasCommand("jane", "fetch")).isTrue();
    assertThat(kinds.hasCommand("jane", "expunge")).isTrue();
    assertThat(kinds.hasCommand("jane", "mailbox delete")).as("another that deletes").isFalse();
    assertThat(kinds.hasCommand("jane", "save")).isFalse();
    assertThat(kinds.hasCommand("", "reload")).isFalse();
  }

  private static boolean hasMailbox(Scope scope, String user, String command, String mailbox) {
    MailStore.ListedName name = new MailStore.ListedName(mailbox, true);
    return scope.hasMailbox(user, command, masks -> MailboxPattern.anyMatches(masks, name));
  }

  @Test
  void mailboxesAreNarrowedByMasks() throws Exception {
    Scope scope = scope("users = *\n mailboxes = Trash Trash.* Spam");
    assertThat(hasMailbox(scope, "jane", "expunge", "Trash")).isTrue();
    assertThat(hasMailbox(scope, "jane", "expunge", "Trash.2025")).isTrue();
    assertThat(hasMailbox(scope, "jane", "expunge", "INBOX")).isFalse();
    assertThat(hasMailbox(scope, "jane", "expunge", "TrashOther")).isFalse();
    assertThat(scope.hasAllMail("jane", "expunge")).isFalse();
    assertThat(scope("users = *").hasAllMail("jane", "expunge")).isTrue();
  }

  @Test
  void whatIsDeniedIsDeniedWhateverElseAllowsIt() throws Exception {
    Scope scope =
        scope(
            """
            domains = example.org
            commands = read
            deny {
              users = ceo@example.org
            }
            allow {
              users = *@example.org
              commands = delete
              mailboxes = Trash
            }
            deny {
              commands = expunge
            }
            """);
    assertThat(scope.hasUser("jane@example.org")).isTrue();
    assertThat(scope.hasUser("ceo@example.org")).isFalse();
    assertThat(scope.hasCommand("jane@example.org", "search")).isTrue();
    assertThat(hasMailbox(scope, "jane@example.org", "mailbox delete", "Trash")).isTrue();
    assertThat(hasMailbox(scope, "jane@example.org", "mailbox delete", "INBOX")).isFalse();
    assertThat(scope.hasCommand("jane@example.org", "expunge")).isFalse();
  }

  @Test
  void aRuleThatDeniesWithoutUsersDeniesForEverybody() throws Exception {
    Scope denied = scope("users = *\n deny {\n commands = expunge\n }");
    assertThat(denied.hasCommand("jane", "search")).isTrue();
    assertThat(denied.hasCommand("jane", "expunge")).isFalse();
    assertThat(denied.hasAllUsers("expunge")).isFalse();
  }

  @Test
  void rulesHoldFromSomePlacesAndUntilSomeTime() throws Exception {
    Scope scope =
        scope(
            """
            users = jane
            allow {
              users = joe
              from = 192.0.2.0/24
            }
            allow {
              users = mary
              until = 2026-06-14
            }
            """);
    assertThat(scope.at("192.0.2.7", NOW).hasUser("joe")).isTrue();
    assertThat(scope.at("198.51.100.7", NOW).hasUser("joe")).isFalse();
    assertThat(scope.at("", NOW).hasUser("joe")).as("from nobody knows where").isFalse();
    assertThat(scope.at("192.0.2.7", NOW).hasUser("mary")).isFalse();
    assertThat(scope.at("192.0.2.7", NOW.minusSeconds(2 * 86_400)).hasUser("mary")).isTrue();
    assertThat(scope.at("198.51.100.7", NOW).hasUser("jane")).isTrue();
  }

  @Test
  void theTextOfEachRuleIsForPeople() throws Exception {
    assertThat(scope("users = *\n deny {\n users = ceo\n }").text())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("allow"))
        .anyMatch(line -> line.startsWith("deny") && line.contains("ceo"));
  }
}
