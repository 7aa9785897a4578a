package org.doveadmsshd.server.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of JSON lines, one for each event, that only its owner may read. Every line has a number
 * and the hash of the line before; {@link AuditChain} tells whether one was changed or is missing.
 * Two servers may write to one file, as during a restart: each line is written under a lock, after
 * the last one that is there.
 */
public final class AuditLog implements Audit, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final long RETRY_NANOS = 1_000_000;

  /** How long another process may have the file locked. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final JsonFactory JSON = new JsonFactory();

  private final Path file;
  private boolean required;
  private final Clock clock;
  private final Duration patience;
  private FileChannel channel;
  private AuditChain.ChainHead last;
  private long end; // of the last line that is known
  private boolean broken;

  private AuditLog(Path file, boolean required, Clock clock, Duration patience) {
    this.file = file;
    this.required = required;
    this.clock = clock;
    this.patience = patience;
  }

  /**
   * Opens a log, which goes on where it ended.
   *
   * @param required whether nothing may be done that cannot be accounted for
   */
  public static AuditLog open(Path file, boolean required, Clock clock) throws Failure {
    return open(file, required, clock, PATIENCE);
  }

  /**
   * As {@link #open(Path, boolean, Clock)}.
   *
   * @param patience how long another process may have the file locked
   */
  static AuditLog open(Path file, boolean required, Clock clock, Duration patience) throws Failure {
    AuditLog log = new AuditLog(file, required, clock, patience);
    try {
      log.reopen();
      return log;
    } catch (IOException e) {
      throw new Failure(
          Outcome.CONFIGURATION_ERROR,
          "The audit log " + file + " cannot be written: " + Reason.of(e),
          e);
    }
  }

  /** Opens the file anew: it may have been renamed, to be kept elsewhere. The chain goes on. */
  public synchronized void reopen() throws IOException {
    FileChannel opened =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      AuditChain.ChainHead found = AuditChain.last(opened);
      last = found != null ? found : last == null ? AuditChain.ChainHead.FIRST : last;
      end = opened.size();
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
    close();
    channel = opened;
  }

  /** Says from now on whether nothing may be done that cannot be accounted for. */
  synchronized void require(boolean wanted) {
    required = wanted;
  }

  @Override
  public synchronized void check() throws Failure {
    if (required && broken) {
      write(
          new AuditEvent(
              "resumed",
              "",
              Login.NONE,
              "",
              List.of(),
              "",
              0,
              "",
              "lines before this one could not be written",
              Map.of(),
              0));
    }
  }

  @Override
  public synchronized void note(AuditEvent event) throws Failure {
    write(event);
  }

  /**
   * Writes a line. A thread that is interrupted, as that of a lane that was given up, must not
   * write so: its channel would be closed, for all threads.
   */
  private void write(AuditEvent event) throws Failure {
    boolean interrupted = Thread.interrupted();
    try {
      append(event);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void append(AuditEvent event) throws Failure {
    try (FileLock lock = lock()) {
      if (channel.size() != end) {
        AuditChain.ChainHead found = AuditChain.last(channel); // another server's
        last = found != null ? found : last;
        end = channel.size();
      }
      byte[] line = line(event);
      try {
        ByteBuffer bytes = ByteBuffer.wrap(line);
        while (bytes.hasRemaining()) {
          channel.write(bytes, end + bytes.position());
        }
      } catch (IOException e) {
        channel.truncate(end); // no half line stays
        throw e;
      }
      end += line.length;
      last = last.next(line);
      broken = false;
    } catch (IOException e) {
      if (!broken) {
        LOG.error("The audit log {} cannot be written: {}", file, Reason.of(e));
      }
      broken = true;
      if (required) {
        throw Failure.temporary(
            "The server cannot account for what is done (its audit log cannot be written)", e);
      }
    }
  }

  /**
   * The file's lock. Another server, or another log of this process, may have it for a moment; a
   * process that has it longer is stuck, and shall not stop this server for ever.
   */
  private FileLock lock() throws IOException {
    if (!channel.isOpen()) {
      reopen(); // a thread was interrupted while it wrote
    }
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      FileLock lock = tryLock();
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("another process has locked it");
      }
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  private FileLock tryLock() throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // of another log of this process
    }
  }

  private byte[] line(AuditEvent event) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("seq", last.number() + 1);
      json.writeStringField("prev", last.hash());
      json.writeStringField("time", clock.instant().toString());
      json.writeStringField("event", event.kind());
      text(json, "master", event.master());
      text(json, "method", event.login().method());
      text(json, "address", event.login().address());
      text(json, "command", event.command());
      if (!event.arguments().isEmpty()) {
        json.writeFieldName("arguments");
        json.writeArray(event.arguments().toArray(String[]::new), 0, event.arguments().size());
      }
      text(json, "user", event.user());
      json.writeNumberField("exit", event.exit());
      text(json, "text", event.text());
      if (!event.counts().isEmpty()) {
        json.writeObjectFieldStart("counts");
        for (Map.Entry<String, Long> count : new TreeMap<>(event.counts()).entrySet()) {
          json.writeNumberField(count.getKey(), count.getValue());
        }
        json.writeEndObject();
      }
      json.writeNumberField("micros", event.micros());
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  private static void text(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
