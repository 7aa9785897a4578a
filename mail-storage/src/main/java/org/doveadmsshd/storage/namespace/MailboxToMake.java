package org.doveadmsshd.storage.namespace;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;

/**
 * A mailbox with {@code auto = create} that is not there yet. It is empty, and is made when mail is
 * put into it, or somebody wants to know its identity. Dovecot makes it when it is opened.
 */
final class MailboxToMake implements Mailbox {
  private final String name;
  private final MailStore store;
  private final String inside;
  private Mailbox made;

  private MailboxToMake(String name, MailStore store, String inside) {
    this.name = name;
    this.store = store;
    this.inside = inside;
  }

  /** One of that name, if the configuration says so. */
  static Optional<Mailbox> of(NamespacePart part, String name) throws Failure {
    for (ConfiguredMailbox box : part.namespace().mailboxes()) {
      if (box.auto() != Namespace.Auto.NO && part.name(box).equals(name)) {
        return Optional.of(new MailboxToMake(name, part.store(), part.validInside(name)));
      }
    }
    return Optional.empty();
  }

  private Mailbox made() throws Failure {
    if (made == null) {
      made = store.find(inside).orElse(null);
    }
    if (made == null) {
      store.create(inside, Optional.empty());
      made =
          store
              .find(inside)
              .orElseThrow(() -> new Failure(Outcome.NOT_FOUND, "Mailbox doesn't exist: " + name));
    }
    return made;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identifiers identifiers() throws Failure {
    return made().identifiers();
  }

  @Override
  public List<? extends Mail> mails(boolean numbered) throws Failure {
    return made == null ? List.of() : made.mails(numbered);
  }

  @Override
  public void setFlags(Map<? extends Mail, Flags> changes) throws Failure {
    made().setFlags(changes);
  }

  @Override
  public Delivery deliver() throws Failure {
    return made().deliver();
  }

  @Override
  public void update(Update update) throws Failure {
    made().update(update);
  }

  @Override
  public void resync() throws Failure {
    made().resync();
  }

  @Override
  public void hold(long bytes) throws Failure {
    made().hold(bytes);
  }

  @Override
  public void forget() throws Failure {
    if (made != null) {
      made.forget();
    }
  }

  @Override
  public void close() {
    if (made != null) {
      made.close();
    }
  }
}
