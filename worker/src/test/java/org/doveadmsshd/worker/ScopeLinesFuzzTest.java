package org.doveadmsshd.worker;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.protocol.ProtocolException;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.search.MailboxPattern;

/** Whatever lines another server sends as a scope, they are one or are refused. */
class ScopeLinesFuzzTest {
  private static final List<String> NAMES = List.of("jane", "jane@example.org", "", "*", "a=b");

  private static final Predicate<List<String>> INBOX =
      masks -> MailboxPattern.anyMatches(masks, new MailStore.ListedName("INBOX", true));

  @FuzzTest(maxDuration = "60s")
  void anyLines(byte[] bytes) throws ProtocolException {
    List<String> lines = List.of(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
    Scope scope;
    try {
      scope = ScopeLines.read(lines).at("192.0.2.7", Instant.EPOCH);
    } catch (ProtocolException e) {
      return; // refused
    }
    Scope again = ScopeLines.read(ScopeLines.write(scope));
    for (String name : NAMES) {
      for (String command : List.of("search", "mailbox list")) {
        if (scope.hasMailbox(name, command, INBOX) != again.hasMailbox(name, command, INBOX)
            || scope.hasAllMail(name, command) != again.hasAllMail(name, command)
            || scope.hasUser(name) != again.hasUser(name)) {
          throw new IllegalStateException("written and read, the scope says something else");
        }
      }
    }
  }
}
