package org.doveadmsshd.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.doveadmsshd.storage.search.Candidate;
import org.doveadmsshd.storage.search.Plan;
import org.doveadmsshd.storage.search.Query;
import org.doveadmsshd.storage.search.QueryParser;

/** A search in the INBOX of a user whose mail is in {@code Maildir} below his home. */
final class InboxSearch {

  private InboxSearch() {}

  /**
   * How many mails match; nothing is remembered for the next search.
   *
   * @param words of a query, with spaces between
   * @param numbered whether mails need their UIDs
   */
  static int count(Path home, String words, boolean numbered) throws Failure {
    Query query = QueryParser.parse(List.of(words.split(" ")), Instant.EPOCH, () -> ZoneOffset.UTC);
    MaildirStore.Context context =
        new MaildirStore.Context(
            Duration.ofSeconds(1),
            () -> {},
            text -> {},
            QuotaRules.NONE,
            CompressionRules.NONE,
            Optional.empty(),
            MemoryTurns.unlimited().holder());
    int matches = 0;
    try (MailStore store = MaildirStore.open(home, List.of("Maildir"), context);
        Mailbox inbox = store.find("INBOX").orElseThrow()) {
      Plan plan = Plan.of(query, inbox.name());
      List<? extends Mail> mails = inbox.mails(numbered);
      Candidate candidate = new Candidate(mails.size());
      for (Mail mail : mails) {
        matches += plan.matches(candidate.take(mail)) ? 1 : 0;
      }
    }
    return matches;
  }
}
