package org.doveadmsshd.storage.search;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Escapes;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;

/** A mailbox in a file of answers, with queries and the UIDs that a real Dovecot found by them. */
final class MailboxOfAnswers {
  private static final Instant NOW = Instant.parse("2026-11-27T05:00:00Z");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
  private static final Map<Character, Flag> FLAGS =
      Map.of(
          'D',
          Flag.DRAFT,
          'F',
          Flag.FLAGGED,
          'R',
          Flag.ANSWERED,
          'S',
          Flag.SEEN,
          'T',
          Flag.DELETED);

  /** What a query found: UIDs with a space between them, or {@code refused}. */
  record Answer(String query, String found) {
    @Override
    public String toString() {
      return query;
    }
  }

  private final List<FakeMail> mails = new ArrayList<>();
  private final List<Answer> answers = new ArrayList<>();

  private MailboxOfAnswers() {}

  /** Reads a file beside this class. */
  static MailboxOfAnswers read(String file) {
    MailboxOfAnswers mailbox = new MailboxOfAnswers();
    String text = Escapes.file(MailboxOfAnswers.class, file);
    for (String block : text.substring(text.indexOf("=== ") + 4).split("\n=== ")) {
      String[] parts = block.split("\n", 2);
      if (parts[0].equals("queries")) {
        parts[1].lines().filter(line -> !line.startsWith("#")).forEach(mailbox::answer);
      } else {
        mailbox.mail(parts[0], parts[1] + "\n");
      }
    }
    return mailbox;
  }

  private void answer(String line) {
    String[] halves = line.split(" => ?", 2);
    answers.add(new Answer(halves[0], halves[1]));
  }

  private void mail(String facts, String text) {
    Map<String, String> values = new HashMap<>();
    for (String fact : facts.split(" ")) {
      values.put(fact.replaceFirst("=.*", ""), fact.replaceFirst("[^=]*=", ""));
    }
    FakeMail mail = FakeMail.of(Escapes.bytes(text));
    mail.sequence = mails.size() + 1;
    mail.uid = mail.sequence;
    mail.received = Long.parseLong(values.get("received"));
    List<Flag> flags =
        values.get("flags").chars().mapToObj(c -> FLAGS.get((char) c)).collect(Collectors.toList());
    String keywords = values.getOrDefault("keywords", "");
    mail.flags = Flags.of(flags, keywords.isEmpty() ? List.of() : List.of(keywords.split(",")));
    for (byte b : mail.content) {
      mail.size += b == '\n' ? 2 : 1;
    }
    mails.add(mail);
  }

  List<Answer> answers() {
    return answers;
  }

  /** What a query finds. */
  String found(String query) throws Failure {
    List<String> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(query); word.find(); ) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    Query parsed;
    try {
      parsed = QueryParser.parse(words, NOW, () -> ZoneOffset.UTC);
    } catch (QueryException e) {
      return e.outcome().exitCode() == 75 ? "refused" : e.toString();
    }
    Plan plan = Plan.of(parsed, "INBOX");
    List<String> found = new ArrayList<>();
    try (Candidate candidate = new Candidate(mails.size())) {
      plan.begin(mails, candidate, bytes -> {});
      for (FakeMail mail : mails) {
        if (plan.matches(candidate.take(mail))) {
          found.add(Long.toString(mail.uid));
        }
      }
    }
    return String.join(" ", found);
  }
}
