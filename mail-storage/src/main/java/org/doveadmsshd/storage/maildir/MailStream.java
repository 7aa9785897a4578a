package org.doveadmsshd.storage.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.MailFailure;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.compression.Compression;
import org.doveadmsshd.storage.compression.CompressionException;
import org.doveadmsshd.storage.compression.Memory;
import org.doveadmsshd.storage.mime.BlockInputStream;

/**
 * The bytes of a mail, inflated if it is stored compressed. Whatever is wrong with them is an
 * {@link UnreadableMailException}.
 */
final class MailStream extends BlockInputStream {
  private final OpenFile file;
  private final Owner owner;
  private boolean isChecked;

  /** The file as it was before it was compressed; null for a mail that lies there plain. */
  private InputStream inflated;

  private Compression compression;

  /** Bytes that have been inflated so far. */
  private long total;

  /** Bytes that have been read to be looked at, and not yet been asked for; null for none. */
  private byte[] pending;

  private int taken;

  /** Knows which mail the bytes are of, and has the memory to inflate it. */
  interface Owner extends Memory {
    /** Most bytes that a mail may inflate to. */
    long inflateLimit();

    /** The size that the name of the file says; -1 for none. */
    long namedSize();

    /**
     * Why the file is no mail; null when it is one. Shown at most its first bytes.
     *
     * @param isInflated whether these were compressed in the file
     */
    String complaint(OpenFile file, boolean isInflated, byte[] bytes, int offset, int length)
        throws PosixException;

    /** A failure that names the mail. */
    MailFailure failure(String reason, IOException cause);
  }

  /**
   * @param anything whether the bytes are wanted as they are stored, as for a copy
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
      return begin(target, offset, length);
    }
    lookAtHead();
    if (hasPending()) {
      int count = Math.min(length, pending.length - taken);
      System.arraycopy(pending, taken, target, offset, count);
      taken += count;
      return count;
    }
    return get(target, offset, length);
  }

  private boolean hasPending() {
    return pending != null && taken < pending.length;
  }

  private void lookAtHead() throws IOException {
    if (!isChecked) {
      byte[] head = new byte[PlainMail.HEAD];
      int got = begin(head, 0, head.length);
      pending = Arrays.copyOf(head, Math.max(got, 0));
    }
  }

  /** Reads the first bytes into an array that has room for a head, and finds out what they are. */
  private int begin(byte[] target, int offset, int length) throws IOException {
    isChecked = true;
    int got = get(target, offset, length);
    if (inflates(target, offset, got)) {
      got = get(target, offset, length);
      for (int more = 0; more >= 0 && got > 0 && got < PlainMail.HEAD; ) {
        more = get(target, offset + got, length - got);
        got += Math.max(more, 0);
      }
    }
    check(target, offset, got);
    return got;
  }

  /** Inflates from now on, if it is to be. */
  private boolean inflates(byte[] bytes, int offset, int got) {
    Optional<Compression> found = PlainMail.compression(bytes, offset, headLength(got));
    if (found.isPresent()) {
      compression = found.get();
      byte[] begun = Arrays.copyOfRange(bytes, offset, offset + got);
      inflated = compression.inflate(new Stored(begun), owner.inflateLimit(), owner);
    }
    return found.isPresent();
  }

  private static int headLength(int got) {
    return Math.min(Math.max(got, 0), PlainMail.HEAD);
  }

  private int get(byte[] target, int offset, int length) throws IOException {
    try {
      if (inflated == null) {
        return file.read(target, offset, length);
      }
      int got = inflated.read(target, offset, length);
      total += Math.max(got, 0);
      if (got < 0) {
        checkEnd();
      }
      return got;
    } catch (PosixException e) {
      throw unreadable(e);
    } catch (CompressionException e) {
      throw unreadable(e);
    }
  }

  /** Of all kinds only LZ4 does not tell its end from that of a file that is cut off. */
  private void checkEnd() throws UnreadableMailException {
    if (compression == Compression.LZ4 && total < owner.namedSize()) {
      String reason = "is compressed (%s), and not as long as its name says";
      throw new UnreadableMailException(owner.failure(reason.formatted(compression.title()), null));
    }
  }

  private void check(byte[] bytes, int offset, int got) throws UnreadableMailException {
    String complaint;
    try {
      complaint = owner.complaint(file, inflated != null, bytes, offset, headLength(got));
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

  private UnreadableMailException unreadable(CompressionException e) {
    String reason = "is compressed (%s), and %s".formatted(compression.title(), e.getMessage());
    return new UnreadableMailException(owner.failure(reason, null));
  }

  @Override
  public long skip(long count) throws IOException {
    if (count > 0) {
      lookAtHead();
    }
    if (hasPending()) {
      int skipped = (int) Math.min(count, pending.length - taken);
      taken += skipped;
      return skipped;
    }
    try {
      if (inflated == null) {
        return file.skip(count);
      }
      long skipped = inflated.skip(count);
      total += skipped;
      if (skipped < count) {
        checkEnd();
      }
      return skipped;
    } catch (PosixException e) {
      throw unreadable(e);
    } catch (CompressionException e) {
      throw unreadable(e);
    }
  }

  /**
   * The size of the mail before it was compressed, whatever else it is. Nothing has been read
   * before, and nothing can be afterwards.
   */
  long size() throws IOException {
    byte[] head = new byte[PlainMail.HEAD];
    int got = get(head, 0, head.length);
    if (PlainMail.isEncrypted(head, 0, headLength(got))) {
      check(head, 0, got);
    }
    if (!inflates(head, 0, got)) {
      try {
        return file.status().size();
      } catch (PosixException e) {
        throw unreadable(e);
      }
    }
    isChecked = true;
    return skip(Long.MAX_VALUE);
  }

  @Override
  public void close() throws IOException {
    if (inflated != null) {
      inflated.close();
    }
    file.close();
  }

  /** What is stored: the bytes that have been read, and then the rest of the file. */
  private final class Stored extends BlockInputStream {
    private final byte[] begun;
    private int position;

    Stored(byte[] begun) {
      this.begun = begun;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (position == begun.length) {
        try {
          return file.read(target, offset, length);
        } catch (PosixException e) {
          throw unreadable(e);
        }
      }
      int count = Math.min(length, begun.length - position);
      System.arraycopy(begun, position, target, offset, count);
      position += count;
      return count;
    }

    /** There may be more: what unpacks gzip asks, since files may stand behind one another. */
    @Override
    public int available() {
      return 1;
    }
  }
}
