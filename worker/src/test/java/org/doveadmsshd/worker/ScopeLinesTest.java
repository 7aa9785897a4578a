package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.search.MailboxPattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A worker process allows what the server's scope allows, and nothing else. */
class ScopeLinesTest {
  private static final long SEED = 5;
  private static final List<String> USERS =
      List.of("jane@example.org", "joe@example.org", "*@example.com", "tab\tname", "a=b", "\001");
  private static final List<String> COMMANDS = List.of("search", "expunge", "mailbox list");
  private static final List<String> MAILBOXES = List.of("INBOX", "Trash", "Trash/*", "a\tb=c");

  private final Random random = new Random(SEED);

  private <T> List<T> some(List<T> all) {
    return all.stream().filter(each -> random.nextInt(3) == 0).toList();
  }

  private ScopeRule rule() {
    List<String> users = new ArrayList<>(some(USERS));
    users.add(USERS.get(random.nextInt(USERS.size())));
    List<String> mailboxes = some(MAILBOXES);
    return new ScopeRule(
        random.nextInt(3) > 0,
        users.stream().map(UserMask::new).toList(),
        Set.copyOf(some(COMMANDS)),
        mailboxes,
        Optional.empty(),
        Optional.empty(),
        "");
  }

  private Scope scope() {
    List<ScopeRule> rules = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      rules.add(rule());
    }
    return new Scope(rules, random.nextInt(3) == 0 ? Optional.of(scope()) : Optional.empty());
  }

  private static Predicate<List<String>> matching(String mailbox) {
    return masks -> MailboxPattern.anyMatches(masks, new MailStore.ListedName(mailbox, true));
  }

  @Test
  void whatIsReadDecidesAsWhatWasWritten() throws Exception {
    for (int i = 0; i < 5000; i++) {
      Scope scope = scope();
      List<String> lines = ScopeLines.write(scope);
      Scope read = ScopeLines.read(lines);
      assertThat(ScopeLines.write(read)).isEqualTo(lines);
      for (String user : List.of("jane@example.org", "x@example.com", "tab\tname", "a=b", "no")) {
        for (String command : COMMANDS) {
          String what = user + " " + command + " " + lines;
          assertThat(read.hasCommand(user, command))
              .as(what)
              .isEqualTo(scope.hasCommand(user, command));
          assertThat(read.hasAllMail(user, command))
              .as(what)
              .isEqualTo(scope.hasAllMail(user, command));
          for (String mailbox : List.of("INBOX", "Trash/old", "a\tb=c", "Other")) {
            Predicate<List<String>> masks = matching(mailbox);
            assertThat(read.hasMailbox(user, command, masks))
                .as(what + " " + mailbox)
                .isEqualTo(scope.hasMailbox(user, command, masks));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "permit\tuser=*", "allow\tuser", "allow\tuser=*\tfrom=::1", "deny\t="})
  void aLineThatIsNoneOfAScopeIsRefused(String line) {
    assertThatThrownBy(() -> ScopeLines.read(List.of(line))).isInstanceOf(ProtocolException.class);
  }
}
