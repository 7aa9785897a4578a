package org.doveadmsshd.storage.maildir;

import java.io.Closeable;
import java.io.IOException;
import java.util.OptionalLong;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.Directory;
import org.doveadmsshd.posix.OpenFile;
import org.doveadmsshd.posix.PosixException;
import org.doveadmsshd.storage.UnreadableMailException;
import org.doveadmsshd.storage.compression.CompressionException;

/** The directory {@code tmp} of a mailbox, where files are written before they become mails. */
final class TmpFiles implements Closeable {
  private static final long SECOND = 1_000_000_000L;

  private final MaildirMailbox mailbox;
  private final Directory directory;
  private final Directory tmp;

  /** Writes the content of a new file. */
  @FunctionalInterface
  interface ContentWriter {
    MaildirDelivery.StoredSize to(OpenFile out) throws IOException, Failure;
  }

  /**
   * @param directory of the mailbox; not closed with this
   */
  TmpFiles(MaildirMailbox mailbox, Directory directory) throws PosixException {
    this.mailbox = mailbox;
    this.directory = directory;
    this.tmp = MaildirDelivery.subdirectory(directory, "tmp");
  }

  Directory directory() {
    return tmp;
  }

  /**
   * Writes a file and makes it durable. If it does not come to that, nothing is left of it.
   *
   * @param received what the file's time is to be, seconds since 1970; now when empty
   */
  MaildirDelivery.StoredSize write(String file, ContentWriter content, OptionalLong received)
      throws Failure {
    boolean complete = false;
    try (OpenFile out = tmp.create(file, 0600)) {
      out.adopt(directory.status());
      MaildirDelivery.StoredSize size = content.to(out);
      if (received.isPresent()) {
        out.modified(received.getAsLong() * SECOND);
      }
      out.sync();
      complete = true;
      return size;
    } catch (PosixException e) {
      throw mailbox.failure(e);
    } catch (UnreadableMailException e) {
      throw e.failure();
    } catch (CompressionException e) {
      throw Failure.temporary(
          "Mailbox %s: the mail cannot be compressed: %s".formatted(mailbox.name(), e.getMessage()),
          e);
    } catch (IOException e) {
      throw Failure.temporary("Mailbox " + mailbox.name() + ": the mail could not be read", e);
    } finally {
      if (!complete) {
        remove(file);
      }
    }
  }

  /** Removes a file, as far as that can be done. */
  void remove(String file) {
    try {
      tmp.unlink(file);
    } catch (PosixException e) {
      // a file left in tmp is no mail; Dovecot removes it after some days
    }
  }

  @Override
  public void close() {
    tmp.close();
  }
}
