package org.doveadmsshd.console.line;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.UserMask;

/**
 * Names that have been asked for, kept as long as somebody types them. All users are listed once if
 * they are not too many, else those whose names begin as what has been typed. Nothing is asked
 * before the first name is completed.
 */
public final class KnownNames implements Names {
  /** How long a key press may be held up. */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final NameSource source;
  private final Duration patience;
  private final Recent<NameList> users;
  private final Recent<NameList> mailboxes;
  private final Recent<NameList> keywords;

  /**
   * @param executor asks; must not limit its threads
   */
  public KnownNames(NameSource source, Executor executor) {
    this(source, executor, PATIENCE);
  }

  /** As above, with another patience. */
  KnownNames(NameSource source, Executor executor, Duration patience) {
    this.source = source;
    this.patience = patience;
    users =
        new Recent<>(
            begin -> NameList.of(taker -> source.users(new UserMask(begin + "*"), taker)),
            executor);
    mailboxes = new Recent<>(user -> NameList.of(taker -> source.mailboxes(user, taker)), executor);
    keywords = new Recent<>(user -> NameList.of(taker -> source.keywords(user, taker)), executor);
  }

  @Override
  public Found users(String begin) {
    if (UserMask.hasWildcard(begin)) {
      return new Found(List.of(), "");
    }
    long end = end();
    Optional<NameList> all = users.ask("", end);
    if (all.map(NameList::isTooLong).orElse(false) && !begin.isEmpty()) {
      all = users.ask(begin.toLowerCase(Locale.ROOT), end);
    }
    return found(all, begin);
  }

  @Override
  public Found mailboxes(String user) {
    return found(mailboxes.ask(user, end()), "");
  }

  @Override
  public Found keywords(String user) {
    return found(keywords.ask(user, end()), "");
  }

  /** When who asks now is to go on. */
  private long end() {
    return System.nanoTime() + patience.toNanos();
  }

  private static Found found(Optional<NameList> list, String begin) {
    return list.map(names -> new Found(names.beginning(begin), names.note())).orElse(Found.LATE);
  }

  @Override
  public List<String> servers() {
    return source.servers();
  }
}
