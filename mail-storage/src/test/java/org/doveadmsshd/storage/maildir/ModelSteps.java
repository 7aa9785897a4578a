package org.doveadmsshd.storage.maildir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/** What we do to mail, on disk and in the model alike. */
final class ModelSteps {
  private static final List<String> KEYWORDS = List.of("$Work", "$Home", "$Junk", "Later");

  private final MaildirModel model;
  private final Random random;

  ModelSteps(MaildirModel model, Random random) {
    this.model = model;
    this.random = random;
  }

  /** Does one thing; says what. */
  String step(MailStore store) throws Failure, IOException {
    String one = anyMailbox();
    switch (random.nextInt(10)) {
      case 0, 1:
        save(store, one);
        return "save " + one;
      case 2:
        String to = anyMailbox();
        deliver(store, one, to, false);
        return "copy " + one + " " + to;
      case 3, 4:
        String target = anyMailbox();
        deliver(store, one, target, true);
        return "move " + one + " " + target;
      case 5:
        expunge(store, one);
        return "expunge " + one;
      case 6, 7:
        flags(store, one);
        return "flags " + one;
      case 8:
        resync(store, one);
        return "resync " + one;
      default:
        return tree(store);
    }
  }

  private String anyMailbox() {
    List<String> names = new ArrayList<>(model.mailboxes.keySet());
    return names.get(random.nextInt(names.size()));
  }

  private Flags anyFlags() {
    List<Flag> flags = new ArrayList<>();
    for (Flag flag : List.of(Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED)) {
      if (random.nextInt(3) == 0) {
        flags.add(flag);
      }
    }
    List<String> keywords = new ArrayList<>();
    if (random.nextInt(2) == 0) {
      keywords.add(KEYWORDS.get(random.nextInt(KEYWORDS.size())));
    }
    return Flags.of(flags, keywords);
  }

  private void save(MailStore store, String name) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow();
        Delivery delivery = mailbox.deliver()) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        int number = model.newNumber();
        Flags flags = anyFlags();
        byte[] text = MaildirModel.text(number).getBytes(StandardCharsets.UTF_8);
        OptionalLong date = OptionalLong.of(MaildirModel.date(number));
        delivery.save(
            new ByteArrayInputStream(text),
            new Delivery.About(flags, date, Optional.empty(), OptionalLong.empty()));
        model.mailboxes.get(name).add(new MaildirModel.Kept(number, MaildirModel.names(flags)));
      }
      delivery.commit();
    }
  }

  /** A mail of the model that was chosen, for a mail of the store. */
  private MaildirModel.Kept kept(String mailbox, Mail mail) {
    return model.mailboxes.get(mailbox).stream()
        .filter(each -> each.uid == mail.uid())
        .findFirst()
        .orElseThrow();
  }

  private void deliver(MailStore store, String from, String to, boolean moves) throws Failure {
    try (Mailbox source = store.find(from).orElseThrow();
        Mailbox target = store.find(to).orElseThrow();
        Delivery delivery = target.deliver()) {
      for (Mail mail : source.mails(true)) {
        if (random.nextBoolean()) {
          MaildirModel.Kept old = kept(from, mail);
          if (moves) {
            delivery.move(mail);
            model.mailboxes.get(from).remove(old);
          } else {
            delivery.copy(mail);
          }
          model.mailboxes.get(to).add(new MaildirModel.Kept(old.number, old.flags));
        }
      }
      delivery.commit();
    }
  }

  private void expunge(MailStore store, String name) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      for (Mail mail : mailbox.mails(true)) {
        if (random.nextInt(3) == 0) {
          mail.expunge();
          model.mailboxes.get(name).remove(kept(name, mail));
        }
      }
    }
  }

  private void flags(MailStore store, String name) throws Failure {
    Flags flags = anyFlags();
    boolean adds = random.nextBoolean();
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      Map<Mail, Flags> changes = new LinkedHashMap<>();
      for (Mail mail : mailbox.mails(true)) {
        if (random.nextBoolean()) {
          changes.put(mail, adds ? mail.flags().plus(flags) : mail.flags().minus(flags));
          Set<String> names = new TreeSet<>(MaildirModel.names(flags));
          MaildirModel.Kept kept = kept(name, mail);
          if (adds) {
            kept.flags.addAll(names);
          } else {
            kept.flags.removeAll(names);
          }
        }
      }
      mailbox.setFlags(changes);
    }
  }

  private static void resync(MailStore store, String name) throws Failure {
    try (Mailbox mailbox = store.find(name).orElseThrow()) {
      mailbox.resync();
    }
  }

  /** Makes, removes and renames mailboxes. */
  private String tree(MailStore store) throws Failure {
    if (!model.mailboxes.containsKey("Made")) {
      store.create("Made", Optional.empty());
      model.mailboxes.put("Made", new ArrayList<>());
      return "create Made";
    }
    if (random.nextBoolean()) {
      store.delete("Made", false, random.nextBoolean());
      model.mailboxes.remove("Made");
      return "delete Made";
    }
    String to = model.mailboxes.containsKey("Box") ? "Other" : "Box";
    String from = to.equals("Box") ? "Other" : "Box";
    store.rename(from, to);
    model.mailboxes.put(to, model.mailboxes.remove(from));
    return "rename " + from + " " + to;
  }
}
