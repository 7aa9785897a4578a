package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/**
 * What mails a user must have, where, with which flags; and which UIDs have been seen of them. A
 * mail is known by a number, which is in its text and its date.
 */
final class MaildirModel {
  private static final long FIRST_DATE = 1_600_000_000L;

  /** A mail in a mailbox. */
  static final class Kept {
    final int number;
    Set<String> flags;

    /** 0 as long as nobody has seen it. */
    long uid;

    Kept(int number, Set<String> flags) {
      this.number = number;
      this.flags = new TreeSet<>(flags);
    }
  }

  /** A mail as it was found. */
  private record Found(long uid, int number, Set<String> flags) {}

  final Map<String, List<Kept>> mailboxes = new TreeMap<>();

  /** Which mail a UID has been given to, by mailbox GUID, UIDVALIDITY and UID. */
  private final Map<String, Integer> given = new HashMap<>();

  private int last;

  int newNumber() {
    return ++last;
  }

  static String text(int number) {
    return "Subject: mail " + number + "\n\n" + number + "\n";
  }

  static long date(int number) {
    return FIRST_DATE + number;
  }

  /** Forgets UIDs: somebody has taken the list away. */
  void forgetUids(String mailbox) {
    mailboxes.get(mailbox).forEach(mail -> mail.uid = 0);
  }

  /** Compares everything that there is; UIDs seen for the first time are noted. */
  void check(MailStore store, boolean whole) throws Failure, IOException {
    Set<String> names = new TreeSet<>();
    for (MailStore.Entry entry : store.list()) {
      if (entry.selectable()) {
        names.add(entry.name());
      }
    }
    assertThat(names).isEqualTo(mailboxes.keySet());
    for (String name : names) {
      try (Mailbox mailbox = store.find(name).orElseThrow()) {
        List<Found> found = new ArrayList<>();
        long before = 0;
        for (Mail mail : mailbox.mails(true)) {
          assertThat(mail.uid()).as("UIDs of %s ascend", name).isGreaterThan(before);
          before = mail.uid();
          found.add(look(mail, whole));
        }
        Mailbox.Identity identity = mailbox.identity();
        assertThat(identity.uidNext()).as("next UID of %s", name).isGreaterThan(before);
        compare(name, identity.guid() + identity.uidValidity(), found);
      }
    }
  }

  private static Found look(Mail mail, boolean whole) throws Failure, IOException {
    int number = (int) (mail.received() - FIRST_DATE);
    if (whole) {
      try (InputStream in = mail.open()) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(text(number));
      }
    }
    return new Found(mail.uid(), number, names(mail.flags()));
  }

  static Set<String> names(Flags flags) {
    Set<String> names = new TreeSet<>(flags.keywords());
    for (Flag flag : Flag.values()) {
      if (flag != Flag.RECENT && flags.has(flag)) {
        names.add(flag.text());
      }
    }
    return names;
  }

  private void compare(String name, String identity, List<Found> found) {
    List<Kept> kept = mailboxes.get(name);
    List<Found> left = new ArrayList<>(found);
    for (Kept mail : kept) {
      if (mail.uid != 0) {
        Found same = take(left, each -> each.uid() == mail.uid);
        assertThat(same).as("UID %d (mail %d) of %s", mail.uid, mail.number, name).isNotNull();
        assertThat(same.number())
            .as("mail with UID %d of %s", mail.uid, name)
            .isEqualTo(mail.number);
        assertThat(same.flags())
            .as("flags of mail %d in %s", mail.number, name)
            .isEqualTo(mail.flags);
      }
    }
    for (Kept mail : kept) {
      if (mail.uid == 0) {
        Found same =
            take(left, each -> each.number() == mail.number && each.flags().equals(mail.flags));
        assertThat(same)
            .as("mail %d %s of %s, among %s", mail.number, mail.flags, name, left)
            .isNotNull();
        mail.uid = same.uid();
      }
    }
    assertThat(left).as("mails of %s that should not be there", name).isEmpty();
    for (Found each : found) {
      Integer earlier = given.put(identity + ":" + each.uid(), each.number());
      if (earlier != null) {
        assertThat(earlier).as("UID %d of %s", each.uid(), name).isEqualTo(each.number());
      }
    }
  }

  private static Found take(List<Found> from, java.util.function.Predicate<Found> which) {
    for (Iterator<Found> all = from.iterator(); all.hasNext(); ) {
      Found each = all.next();
      if (which.test(each)) {
        all.remove();
        return each;
      }
    }
    return null;
  }
}
