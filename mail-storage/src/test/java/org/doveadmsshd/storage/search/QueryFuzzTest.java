package org.doveadmsshd.storage.search;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.doveadmsshd.base.Failure;

/** Whatever words make up a query, they are a query or are refused. */
class QueryFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyWords(byte[] bytes) throws Failure {
    List<String> words = List.of(new String(bytes, StandardCharsets.UTF_8).split("[ \n]"));
    try {
      Query query = QueryParser.parse(words, Instant.EPOCH, () -> ZoneOffset.UTC);
      MailboxSelection.isSafeToExpunge(query);
      Plan plan = Plan.of(query, "INBOX", "0".repeat(32));
      plan.explain();
      FakeMail mail = FakeMail.of("Subject: x\nContent-Type: text/plain\n\nbody\n");
      try (Candidate candidate = new Candidate(1)) {
        plan.begin(List.of(mail), candidate, any -> {});
        plan.matches(candidate.take(mail));
      }
    } catch (QueryException e) {
      // the only answer that is allowed
    }
  }
}
