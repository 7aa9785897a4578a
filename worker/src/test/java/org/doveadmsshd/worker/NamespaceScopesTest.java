package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.worker.TwoDomains.FOREIGN;
import static org.doveadmsshd.worker.TwoDomains.OWN;
import static org.doveadmsshd.worker.TwoDomains.SECRET;
import static org.doveadmsshd.worker.TwoDomains.tree;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.Auto;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.accounts.Namespace.Listed;
import org.doveadmsshd.accounts.Namespace.Type;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.worker.TwoDomains.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No name of another namespace leads around a scope. */
class NamespaceScopesTest {
  private static final Namespaces NAMESPACES =
      new Namespaces(
          List.of(
              namespace("inbox", Type.PRIVATE, "", null, null),
              namespace("alias", Type.PRIVATE, "mail/", null, ""),
              namespace("dots", Type.PRIVATE, "INBOX.", null, ""),
              namespace("twice", Type.PRIVATE, "copy/", "maildir:~/./Maildir", null),
              namespace("shared", Type.SHARED, "shared/%%u/", "maildir:%%h/Maildir", null)));

  /** Every name that leads to the mail of the mailbox secret. */
  private static final List<String> SECRETS =
      List.of(
          "secret",
          "mail/secret",
          "INBOX.secret",
          "inbox.secret",
          "copy/secret",
          "shared/" + OWN + "/secret",
          "\\Junk");

  @TempDir Path directory;
  private TwoDomains site;

  private static Namespace namespace(
      String name, Type type, String prefix, String location, String alias) {
    boolean first = prefix.isEmpty();
    return new Namespace(
        name,
        type,
        prefix,
        prefix.endsWith(".") ? '.' : '/',
        Optional.ofNullable(location),
        first,
        prefix.endsWith(".") ? Listed.NO : Listed.YES,
        type == Type.PRIVATE,
        false,
        Optional.ofNullable(alias),
        first
            ? List.of(
                new ConfiguredMailbox("Trash", Set.of("\\Trash"), Auto.NO),
                new ConfiguredMailbox("secret", Set.of("\\Junk"), Auto.NO))
            : List.of());
  }

  private static ScopeRule rule(boolean allows, String users, String... mailboxes) {
    return new ScopeRule(
        allows,
        List.of(new UserMask(users)),
        Set.of(),
        List.of(mailboxes),
        Optional.empty(),
        Optional.empty(),
        "");
  }

  private static Scope scope(ScopeRule... rules) {
    return new Scope(List.of(rules));
  }

  @BeforeEach
  void makeUsers() throws IOException {
    site = new TwoDomains(directory, new UserMail("maildir:~/Maildir", NAMESPACES));
    assertThat(NAMESPACES.mistakes()).isEmpty();
  }

  private Answer run(Scope scope, String... words) throws IOException {
    return site.run(scope, OWN, List.of(words));
  }

  /** All files but those of the mailbox in scope. */
  private Map<String, String> outOfReach() throws IOException {
    Map<String, String> files = tree(directory);
    files.keySet().removeIf(path -> path.startsWith(OWN + "/Maildir/.Trash/"));
    return files;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Trash", "mail/Trash", "INBOX.Trash", "inbox.Trash", "copy/Trash", "\\Trash"})
  void theMailboxInScopeIsReachedByEachOfItsNames(String name) throws Exception {
    for (String mask : List.of("Trash", "\\Trash")) {
      Answer answer =
          run(scope(rule(true, "*", mask)), "fetch", "hdr.subject", "mailbox", name, "all");
      assertThat(answer.done().text()).isEmpty();
      assertThat(answer.text()).isEqualTo("own\n");
    }
  }

  @Test
  void nothingElseIsReachedByAnyName() throws Exception {
    Map<String, String> before = outOfReach();
    Scope trash = scope(rule(true, "*@example.org", "Trash"));
    List<String> names = new ArrayList<>(SECRETS);
    names.addAll(
        List.of(
            "INBOX",
            "mail",
            "copy",
            "copy/Trash/secret",
            "shared/" + OWN,
            "shared/" + FOREIGN,
            "shared/" + FOREIGN + "/Trash",
            "shared/alias@example.org/Trash",
            "shared/" + OWN + "/Trash",
            "*",
            "mail/*",
            "copy/*",
            "INBOX.*",
            "shared/" + OWN + "/*"));
    for (String name : names) {
      for (List<String> words :
          List.of(
              List.of("fetch", "hdr", "mailbox", name, "all"),
              List.of("search", "mailbox", name, "all"),
              List.of("expunge", "mailbox", name, "subject", SECRET),
              List.of("copy", "Trash", "mailbox", name, "all"),
              List.of("copy", name, "mailbox", "Trash", "all"),
              List.of("save", "-m", name),
              List.of("mailbox list", name + "*"),
              List.of("mailbox status", "all", name),
              List.of("mailbox path", name),
              List.of("mailbox create", name + "/new"),
              List.of("mailbox delete", name),
              List.of("mailbox rename", name, "Trash/x"),
              List.of("mailbox rename", "\\Trash", name + "/x"),
              List.of("mailbox subscribe", name),
              List.of("force-resync", name))) {
        Answer answer = site.run(trash, OWN, words);
        assertThat(answer.text()).as(words.toString()).doesNotContain(SECRET);
      }
    }
    assertThat(outOfReach()).isEqualTo(before);
  }

  @Test
  void whatIsDeniedByOneNameIsDeniedByAll() throws Exception {
    for (String denied : SECRETS) {
      if (!denied.startsWith("inbox.") && !denied.startsWith("shared/")) {
        Scope scope = scope(rule(true, "*"), rule(false, "*", denied));
        for (String name : SECRETS) {
          Answer answer = run(scope, "fetch", "hdr.subject", "mailbox", name, "all");
          assertThat(answer.done().outcome())
              .as(denied + " " + name)
              .isEqualTo(Outcome.NO_PERMISSION);
          assertThat(answer.text()).isEmpty();
        }
      }
    }
  }

  @Test
  void anotherUsersMailIsReachedOnlyIfTheScopeCoversHim() throws Exception {
    String[] foreign = {"fetch", "hdr.subject", "mailbox", "shared/" + FOREIGN + "/secret", "all"};
    assertThat(run(Scope.UNLIMITED, foreign).text()).isEqualTo(SECRET + "\n");
    Answer refused = run(scope(rule(true, "*@example.org")), foreign);
    assertThat(refused.text()).isEmpty();
    assertThat(refused.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    Answer part = run(scope(rule(true, "*@example.org"), rule(true, FOREIGN, "secret")), foreign);
    assertThat(part.text()).isEmpty();
    assertThat(part.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    Answer nobody =
        run(Scope.UNLIMITED, "search", "mailbox", "shared/nobody@example.org/INBOX", "all");
    assertThat(nobody.done().outcome()).isEqualTo(Outcome.NOT_FOUND);
  }
}
