package org.doveadmsshd.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flag;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.Mailbox;

/** An open mailbox of a {@link MemoryMailStore}. */
final class MemoryMailbox implements Mailbox {
  private static final Flags RECENT = Flags.of(List.of(Flag.RECENT), List.of());

  private final MemoryMailStore store;
  private final Folder folder;
  private boolean open = true;

  MemoryMailbox(MemoryMailStore store, Folder folder) {
    this.store = store;
    this.folder = folder;
    store.opened(1);
  }

  @Override
  public String name() {
    return folder.name;
  }

  @Override
  public Identifiers identifiers() {
    return new Identifiers(folder.guid, folder.uidValidity, folder.uidNext);
  }

  @Override
  public List<? extends Mail> mails(boolean numbered) throws Failure {
    if (folder.unlistable) {
      throw folder.inputOutputError();
    }
    List<MemoryMail> mails = new ArrayList<>();
    for (StoredMail stored : folder.mails) {
      long uid = numbered ? stored.uid : 0;
      mails.add(new MemoryMail(store, folder, stored, uid, numbered ? mails.size() + 1 : 0));
    }
    return mails;
  }

  @Override
  public void setFlags(Map<? extends Mail, Flags> changes) throws Failure {
    if (!changes.isEmpty()) {
      store.checkWritable();
    }
    changes.forEach(
        (mail, flags) -> {
          MemoryMail ours = (MemoryMail) mail;
          if (ours.isThere()) {
            boolean recent = ours.stored.flags.has(Flag.RECENT);
            Flags others = flags.minus(RECENT);
            ours.stored.flags = recent ? others.plus(RECENT) : others;
          }
        });
  }

  @Override
  public Delivery deliver() {
    return new MemoryDelivery(store, folder);
  }

  @Override
  public void update(Update update) throws Failure {
    store.checkWritable();
    folder.guid = update.guid().orElse(folder.guid);
    folder.uidValidity = update.uidValidity().orElse(folder.uidValidity);
    folder.uidNext = Math.max(folder.uidNext, update.uidNext().orElse(0));
  }

  @Override
  public void resync() throws Failure {
    store.checkWritable();
    folder.resyncs++;
  }

  @Override
  public void forget() throws Failure {
    store.checkWritable();
    folder.forgotten++;
  }

  /** There is always enough of it. */
  @Override
  public void hold(long bytes) {}

  @Override
  public void close() {
    if (open) {
      open = false;
      store.opened(-1);
    }
  }
}
