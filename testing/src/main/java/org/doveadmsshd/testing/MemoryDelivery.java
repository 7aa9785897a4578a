package org.doveadmsshd.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;

/** Mails on their way into a mailbox of a {@link MemoryMailStore}. */
final class MemoryDelivery implements Delivery {
  private static final Flags RECENT = Flags.of(List.of(Flag.RECENT), List.of());

  private final MemoryMailStore store;
  private final Folder folder;
  private final List<Waiting> waiting = new ArrayList<>();
  private int arrived;

  /**
   * A mail that is to come.
   *
   * @param source where it leaves, or null
   * @param mustBeThere the mail it is a copy of, or null
   * @param atLeast its least UID
   */
  private record Waiting(StoredMail mail, Folder source, MemoryMail mustBeThere, long atLeast) {}

  MemoryDelivery(MemoryMailStore store, Folder folder) {
    this.store = store;
    this.folder = folder;
  }

  @Override
  public void save(InputStream mail, About about) throws Failure {
    byte[] content = lines(mail);
    Flags flags = about.flags().minus(RECENT).plus(RECENT);
    About kept = new About(flags, about.received(), about.guid(), about.uid());
    StoredMail stored =
        new StoredMail(content, kept, about.guid().orElseGet(store::nextGuid), store.now());
    waiting.add(new Waiting(stored, null, null, about.uid().orElse(0)));
    checkQuota();
  }

  private static byte[] lines(InputStream mail) throws Failure {
    try {
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      byte[] all = mail.readAllBytes();
      for (int i = 0; i < all.length; i++) {
        if (all[i] != '\r' || i + 1 == all.length || all[i + 1] != '\n') {
          lines.write(all[i]);
        }
      }
      return lines.toByteArray();
    } catch (IOException e) {
      throw Failure.temporary("Cannot read the mail: " + e.getMessage(), e);
    }
  }

  private void checkQuota() throws Failure {
    long bytes = waiting.stream().mapToLong(each -> each.mail.content.length).sum();
    store.checkQuota(folder.name, bytes, waiting.size());
  }

  @Override
  public void copy(Mail mail) throws Failure {
    mail.openStored(); // it must be readable, and there
    MemoryMail ours = (MemoryMail) mail;
    waiting.add(new Waiting(ours.stored.copied(store.now()), null, ours, 0));
    checkQuota();
  }

  @Override
  public void move(Mail mail) throws Failure {
    mail.flags();
    MemoryMail ours = (MemoryMail) mail;
    waiting.add(new Waiting(ours.stored, ours.folder, ours, 0));
  }

  @Override
  public int commit() throws Failure {
    if (!waiting.isEmpty()) {
      store.checkWritable();
    }
    for (Waiting each : waiting) {
      if (each.mustBeThere != null && !each.mustBeThere.isThere()) {
        continue;
      }
      if (each.source != null) {
        each.source.mails.remove(each.mail);
      }
      folder.append(each.mail, each.atLeast);
      arrived++;
    }
    waiting.clear();
    return arrived;
  }

  @Override
  public int arrived() {
    return arrived;
  }

  @Override
  public void close() {
    waiting.clear();
  }
}
