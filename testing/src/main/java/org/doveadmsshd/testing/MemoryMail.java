package org.doveadmsshd.testing;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.storage.Mail;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.MailGoneException;
import org.doveadmsshd.storage.mime.HeaderField;

/** A mail as an open mailbox shows it. */
final class MemoryMail implements Mail {
  private static final List<String> REMEMBERED = List.of("subject");

  final Folder folder;
  final StoredMail stored;
  private final MemoryMailStore store;
  private final long uid;
  private final int sequence;

  MemoryMail(MemoryMailStore store, Folder folder, StoredMail stored, long uid, int sequence) {
    this.store = store;
    this.folder = folder;
    this.stored = stored;
    this.uid = uid;
    this.sequence = sequence;
  }

  boolean isThere() {
    return !stored.gone && folder.mails.contains(stored);
  }

  private StoredMail there() throws MailGoneException {
    if (!isThere()) {
      throw new MailGoneException(folder.name);
    }
    return stored;
  }

  private byte[] readable() throws MailGoneException, MailFailure {
    if (there().unreadable) {
      String text = "Mailbox %s: mail %s: Input/output error".formatted(folder.name, storageId());
      throw new MailFailure(text, null);
    }
    return stored.content;
  }

  @Override
  public long uid() {
    return uid;
  }

  @Override
  public int sequence() {
    return sequence;
  }

  @Override
  public Flags flags() throws MailGoneException {
    return there().flags;
  }

  @Override
  public String guid() {
    return stored.guid;
  }

  @Override
  public long received() throws MailGoneException {
    return there().received;
  }

  @Override
  public long saved() throws MailGoneException {
    return there().saved;
  }

  @Override
  public long physicalSize() throws MailGoneException {
    return there().content.length;
  }

  @Override
  public long virtualSize() throws MailGoneException, MailFailure {
    long size = 0;
    for (byte b : readable()) {
      size += b == '\n' ? 2 : 1;
    }
    return size;
  }

  @Override
  public InputStream open() throws MailGoneException, MailFailure {
    return new ByteArrayInputStream(readable());
  }

  @Override
  public List<String> rememberedNames() {
    return REMEMBERED;
  }

  @Override
  public void rememberHeader(List<HeaderField> fields) {
    stored.remembered = true;
  }

  @Override
  public String storageId() {
    return "m" + stored.guid;
  }

  @Override
  public int references() throws MailGoneException {
    return there().shared ? 2 : 1;
  }

  @Override
  public String popUidl() {
    return "";
  }

  @Override
  public String popOrder() {
    return "";
  }

  @Override
  public void expunge() throws Failure {
    StoredMail leaving = there();
    store.checkWritable();
    folder.mails.remove(leaving);
  }
}
