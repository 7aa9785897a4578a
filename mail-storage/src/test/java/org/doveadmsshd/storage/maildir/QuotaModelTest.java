package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.QuotaUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever is done to mailboxes and mails, the quota is what a model of them says, and the file
 * {@code maildirsize} adds up to it. A failure names seed and step.
 */
class QuotaModelTest {
  private static final int FULL = 73;
  private static final List<String> NAMES =
      List.of("INBOX", "Box", "Box.Child", "Ignored", "Ignored.Child", "Other");

  @TempDir Path home;
  private MaildirTree tree;
  private MailStore store;
  private Random random;

  /** Mailboxes, and the mails in each. */
  private final Map<String, List<Stored>> model = new TreeMap<>();

  /** Sizes of a mail in the file and with CRLF. */
  private record Stored(long physical, long virtual) {}

  @BeforeEach
  void anEmptyInbox() throws IOException {
    tree = new MaildirTree(home);
    model.put("INBOX", new ArrayList<>());
  }

  private void quota(String driver, String limit) {
    tree.quota =
        QuotaRules.of(driver + ":User quota", List.of("*:" + limit, "Ignored:ignore"))
            .orElseThrow();
  }

  private boolean isFile() {
    return tree.quota.driver().equals(Optional.of(QuotaRules.Driver.MAILDIR));
  }

  private long size(Stored mail) {
    return isFile() ? mail.physical : mail.virtual;
  }

  private long modelBytes() {
    return model.entrySet().stream()
        .filter(each -> !each.getKey().equals("Ignored"))
        .flatMap(each -> each.getValue().stream())
        .mapToLong(this::size)
        .sum();
  }

  private long modelMessages() {
    return model.entrySet().stream()
        .filter(each -> !each.getKey().equals("Ignored"))
        .mapToLong(each -> each.getValue().size())
        .sum();
  }

  @ParameterizedTest
  @CsvSource({
    "maildir, 1",
    "maildir, 2",
    "maildir, 3",
    "maildir, 4",
    "count, 1",
    "count, 2",
    "count, 3"
  })
  void whateverIsDoneTheQuotaIsWhatIsThere(String driver, int seed) throws Exception {
    random = new Random(seed);
    quota(driver, "storage=1G:messages=100000");
    store = tree.open();
    store.recalculateQuota();
    for (int i = 0; i < 120; i++) {
      String step = step();
      mailsAreThoseOfTheModel("seed %d, step %d: %s".formatted(seed, i, step));
      check("seed %d, step %d: %s".formatted(seed, i, step));
    }
    store.close();
    assertThat(tree.warnings).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "maildir, bytes=4000, 1",
    "maildir, messages=12, 2",
    "maildir, bytes=4000:messages=12, 3",
    "count, bytes=4000, 1",
    "count, messages=12, 2",
    "count, bytes=4000:messages=12, 3"
  })
  void whatWouldNotFitIsRefusedAndAllThatFitsIsTaken(String driver, String limit, int seed)
      throws Exception {
    random = new Random(seed);
    quota(driver, limit);
    store = tree.open();
    store.create("Box", Optional.empty());
    store.create("Ignored", Optional.empty());
    model.put("Box", new ArrayList<>());
    model.put("Ignored", new ArrayList<>());
    int refused = 0;
    for (int i = 0; i < 100; i++) {
      String about = "seed %d, step %d".formatted(seed, i);
      String to = List.of("INBOX", "Box", "Ignored").get(random.nextInt(3));
      if (random.nextInt(8) == 0) {
        expunge(to);
      } else {
        refused += saveOrBeRefused(to, about) ? 0 : 1;
      }
      check(about);
    }
    store.close();
    assertThat(refused).isBetween(10, 90);
  }

  private boolean saveOrBeRefused(String to, String about) throws Failure {
    Mails mails = new Mails(1);
    Stored mail = mails.stored.get(0);
    long bytes = tree.quota.byteLimit(to);
    long messages = tree.quota.messageLimit(to);
    boolean fits =
        to.equals("Ignored")
            || (bytes == 0 || modelBytes() + size(mail) <= bytes)
                && (messages == 0 || modelMessages() + 1 <= messages);
    try {
      save(to, mails, true);
      assertThat(fits).as(about).isTrue();
    } catch (Failure e) {
      assertThat(e.outcome().exitCode()).as(about).isEqualTo(FULL);
      assertThat(fits).as(about).isFalse();
    }
    return fits;
  }

  /** Compares the quota with the model. */
  private void check(String about) throws Exception {
    QuotaUsage usage = store.quota(tree.quota);
    assertThat(usage.bytes()).as(about).isEqualTo(modelBytes());
    assertThat(usage.messages()).as(about).isEqualTo(modelMessages());
    if (isFile()) {
      long bytes = 0;
      long messages = 0;
      List<String> lines = Files.readAllLines(tree.root.resolve("maildirsize"));
      for (String line : lines.subList(1, lines.size())) {
        bytes += Long.parseLong(line.split(" ")[0]);
        messages += Long.parseLong(line.split(" ")[1]);
      }
      assertThat(bytes).as(about).isEqualTo(modelBytes());
      assertThat(messages).as(about).isEqualTo(modelMessages());
    } else {
      assertThat(tree.root.resolve("maildirsize")).doesNotExist();
    }
  }

  private void mailsAreThoseOfTheModel(String about) throws Failure {
    for (Map.Entry<String, List<Stored>> each : model.entrySet()) {
      try (Mailbox mailbox = store.find(each.getKey()).orElseThrow()) {
        List<Stored> there = new ArrayList<>();
        for (Mail mail : mailbox.mails(false)) {
          there.add(stored(mail));
        }
        assertThat(there)
            .as(about + ": " + each.getKey())
            .containsExactlyInAnyOrderElementsOf(each.getValue());
      }
    }
  }

  private String step() throws Exception {
    String one = any();
    String other = any();
    switch (random.nextInt(12)) {
      case 0, 1, 2:
        save(one, new Mails(1 + random.nextInt(3)), random.nextInt(10) > 0);
        return "save " + one;
      case 3:
        deliver(one, other, false);
        return "copy " + one + " " + other;
      case 4:
        deliver(one, other, true);
        return "move " + one + " " + other;
      case 5:
        expunge(one);
        return "expunge " + one;
      case 6:
        setFlags(one);
        return "flags " + one;
      case 7, 8:
        return create();
      case 9:
        return delete(one);
      case 10:
        return rename(one);
      default:
        store.close();
        store = tree.open();
        return "open the store anew";
    }
  }

  private String any() {
    List<String> names = List.copyOf(model.keySet());
    return names.get(random.nextInt(names.size()));
  }

  /** Some mails that are to come. */
  private final class Mails {
    private final List<byte[]> texts = new ArrayList<>();
    private final List<Stored> stored = new ArrayList<>();

    Mails(int count) {
      for (int i = 0; i < count; i++) {
        String lines = "x\n".repeat(random.nextInt(30)) + "y".repeat(random.nextInt(300));
        String text = "Subject: s\n\n" + lines;
        boolean crlf = random.nextBoolean();
        texts.add((crlf ? text.replace("\n", "\r\n") : text).getBytes(StandardCharsets.US_ASCII));
        long breaks = text.chars().filter(c -> c == '\n').count();
        stored.add(new Stored(text.length(), text.length() + breaks));
      }
    }
  }

  /**
   * Saves mails.
   *
   * @param commits whether it is not given up before they have come
   */
  private void save(String to, Mails mails, boolean commits) throws Failure {
    try (Mailbox mailbox = store.find(to).orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      for (byte[] text : mails.texts) {
        delivery.save(new ByteArrayInputStream(text), Delivery.About.NEW);
      }
      if (commits) {
        delivery.commit();
      }
    }
    model.get(to).addAll(commits ? mails.stored : List.of());
  }

  private static Stored stored(Mail mail) throws Failure {
    return new Stored(mail.physicalSize(), mail.virtualSize());
  }

  private void deliver(String from, String to, boolean moves) throws Failure {
    List<Stored> taken = new ArrayList<>();
    try (Mailbox source = store.find(from).orElseThrow();
        Mailbox target = store.find(to).orElseThrow();
        Delivery delivery = target.deliver()) {
      for (Mail mail : source.mails(random.nextBoolean())) {
        if (random.nextInt(3) > 0) {
          continue;
        }
        taken.add(stored(mail));
        if (moves) {
          delivery.move(mail);
        } else {
          delivery.copy(mail);
        }
      }
      assertThat(delivery.commit()).isEqualTo(taken.size());
    }
    if (moves) {
      taken.forEach(model.get(from)::remove);
    }
    model.get(to).addAll(taken);
  }

  private void expunge(String name) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      for (Mail mail : mailbox.mails(random.nextBoolean())) {
        if (random.nextInt(3) == 0) {
          model.get(name).remove(stored(mail));
          mail.expunge();
        }
      }
    }
  }

  private void setFlags(String name) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      Map<Mail, Flags> changes = new HashMap<>();
      for (Mail mail : mailbox.mails(random.nextBoolean())) {
        changes.put(mail, new Flags(random.nextInt(32), List.of("$Key")));
      }
      mailbox.setFlags(changes);
    }
  }

  private String create() throws Failure {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    if (!model.containsKey(name)) {
      store.create(name, Optional.empty());
      model.put(name, new ArrayList<>());
    }
    return "create " + name;
  }

  private String delete(String name) throws Failure {
    if (!name.equals("INBOX")) {
      store.delete(name, false, false);
      model.remove(name);
    }
    return "delete " + name;
  }

  /** With children; a name that does not count may become one that does. */
  private String rename(String from) throws Failure {
    String to = NAMES.get(random.nextInt(NAMES.size()));
    Map<String, String> renamed = new TreeMap<>();
    for (String name : model.keySet()) {
      if (name.equals(from) || name.startsWith(from + ".")) {
        renamed.put(name, to + name.substring(from.length()));
      }
    }
    boolean possible =
        !from.equals("INBOX")
            && !to.equals("INBOX")
            && !(to + ".").startsWith(from + ".")
            && renamed.values().stream().noneMatch(model::containsKey);
    if (possible) {
      store.rename(from, to);
      renamed.forEach((old, name) -> model.put(name, model.remove(old)));
    }
    return "rename " + from + " " + to;
  }
}
