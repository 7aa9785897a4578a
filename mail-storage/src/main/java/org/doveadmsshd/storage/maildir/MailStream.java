package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.util.Arrays;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.mime.BlockInputStream;

/** The bytes of a mail. Whatever is wrong with them is an {@link UnreadableMailException}. */
final class MailStream extends BlockInputStream {
  private final OpenFile file;
  private final Owner owner;
  private boolean isChecked;

  /** Bytes that have been read to be looked at, and not yet been asked for; null for none. */
  private byte[] pending;

  private int taken;

  /** Knows which mail the bytes are of. */
  interface Owner {
    /** Why the file is no mail; null when it is one. Shown at most its first bytes. */
    String complaint(OpenFile file, byte[] bytes, int offset, int length) throws PosixException;

    /** A failure that names the mail. */
    MailFailure failure(String reason, IOException cause);
  }

  /**
   * @param anything whether the content need not be a mail, as for a copy
   */
  MailStream(OpenFile file, Owner owner, boolean anything) {
    this.file = file;
    this.owner = owner;
    this.isChecked = anything;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!isChecked && length >= PlainMail.HEAD) {
      int got = get(target, offset, length);
      check(target, offset, got);
      return got;
    }
    if (!isChecked) {
      byte[] head = new byte[PlainMail.HEAD];
      int got = get(head, 0, head.length);
      check(head, 0, got);
      pending = Arrays.copyOf(head, Math.max(got, 0));
    }
    if (pending != null && taken < pending.length) {
      int count = Math.min(length, pending.length - taken);
      System.arraycopy(pending, taken, target, offset, count);
      taken += count;
      return count;
    }
    return get(target, offset, length);
  }

  private int get(byte[] target, int offset, int length) throws UnreadableMailException {
    try {
      return file.read(target, offset, length);
    } catch (PosixException e) {
      throw unreadable(e);
    }
  }

  private void check(byte[] bytes, int offset, int got) throws UnreadableMailException {
    isChecked = true;
    String complaint;
    try {
      int length = Math.min(Math.max(got, 0), PlainMail.HEAD);
      complaint = owner.complaint(file, bytes, offset, length);
    } catch (PosixException e) {
      throw unreadable(e);
    }
    if (complaint != null) {
      throw new UnreadableMailException(owner.failure(complaint, null));
    }
  }

  private UnreadableMailException unreadable(PosixException e) {
    String reason = e.isInvalid() ? "it is no regular file" : MaildirStore.reason(e);
    return new UnreadableMailException(owner.failure(reason, e));
  }

  /** Skipped bytes are not looked at: the mail has been read before. */
  @Override
  public long skip(long count) throws IOException {
    if (pending != null && taken < pending.length) {
      int skipped = (int) Math.min(count, pending.length - taken);
      taken += skipped;
      return skipped;
    }
    try {
      isChecked |= count > 0;
      return file.skip(count);
    } catch (PosixException e) {
      throw unreadable(e);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
