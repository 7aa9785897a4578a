package org.doveadmsshd.console.terminal;

import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.doveadmsshd.base.MemoryBudget;
import org.jline.utils.NonBlockingReader;

/**
 * What has been typed and not been read yet. Bytes come in on a thread of the transport, one reader
 * takes characters and waits for them on its own thread. The peer may send ahead as long as there
 * is room; then its window stays closed until something is read.
 */
final class TypedKeys extends NonBlockingReader {
  /** What may be typed ahead: a paste of thousands of lines, and Ctrl-C still gets through. */
  private static final int MOST = 512 * 1024;

  /** What a character takes. */
  private static final int WIDTH = 2;

  private static final int CHUNK = 1024;

  /** A buffer that is larger is not kept. */
  private static final int KEPT = 4 * 1024;

  /** Who looks for a key less often than that is busy in between, and not idle. */
  private static final long GAP_NANOS = 10_000_000_000L;

  /** How often JLine looks whether a key has come; here it is told. */
  private static final long POLL_MILLIS = 100;

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private final MemoryBudget.Share memory;
  private final IntConsumer window;

  // guarded by this
  private StringBuilder typed = new StringBuilder();
  private int at;
  private byte[] incomplete = {};
  private long drawn;
  private int owed;
  private boolean ended;
  private Runnable event;
  private List<Alarm> alarms = List.of();
  private long quietSince = System.nanoTime();
  private long lastWait = quietSince;
  private int rung;

  /**
   * @param memory draws what is typed ahead
   * @param window lets the peer send so many bytes more; must not wait
   */
  TypedKeys(MemoryBudget.Share memory, IntConsumer window) {
    this.memory = memory;
    this.window = window;
  }

  /** Called on the reader's thread when it has waited for a key for so long. */
  record Alarm(Duration after, Runnable action) {}

  /** Sets what happens when no key comes, the earliest first. */
  synchronized void whenIdle(List<Alarm> all) {
    alarms = List.copyOf(all);
  }

  /** Has the reader's thread do something as soon as it waits for a key. */
  synchronized void whenWaiting(Runnable action) {
    event = action;
    notifyAll();
  }

  /** The reader is to do that before it goes on. */
  private synchronized Optional<Runnable> takeEvent() {
    Optional<Runnable> taken = Optional.ofNullable(event);
    event = null;
    return taken;
  }

  /** Takes bytes in. */
  void add(byte[] bytes, int offset, int length) {
    if (keep(bytes, offset, length)) {
      window.accept(length);
    }
  }

  /** Keeps bytes; says whether there is room for more. */
  private synchronized boolean keep(byte[] bytes, int offset, int length) {
    if (ended) {
      return false;
    }
    ByteBuffer in = ByteBuffer.allocate(incomplete.length + length);
    in.put(incomplete).put(bytes, offset, length).flip();
    CharBuffer out = CharBuffer.allocate(CHUNK);
    boolean more;
    do {
      more = decoder.decode(in, out, false).isOverflow();
      typed.append(out.flip());
      out.clear();
    } while (more);
    incomplete = new byte[in.remaining()];
    in.get(incomplete);
    notifyAll();
    boolean room = typed.length() - at < MOST && draw();
    owed += room ? 0 : length;
    return room;
  }

  private boolean draw() {
    long missing = (long) WIDTH * typed.length() - drawn;
    boolean room = typed.length() <= KEPT || missing <= 0 || memory.tryTake(missing);
    drawn += room && typed.length() > KEPT ? Math.max(0, missing) : 0;
    return room;
  }

  /** Forgets what has been typed, as a terminal does after Ctrl-C. */
  void discard() {
    window.accept(consumedAll());
  }

  private synchronized int consumedAll() {
    return consumed(available());
  }

  /** Nothing more comes. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized int available() {
    return typed.length() - at;
  }

  @Override
  protected int read(long millis, boolean isPeek) throws InterruptedIOException {
    char[] one = new char[1];
    int got = take(one, 0, 1, millis == POLL_MILLIS && !isPeek ? 0 : millis, isPeek);
    return got > 0 ? one[0] : got;
  }

  @Override
  public int readBuffered(char[] target, int offset, int length, long millis)
      throws InterruptedIOException {
    return take(target, offset, length, millis, false);
  }

  /** Copies the next characters; waits for at least one. */
  private int take(char[] target, int offset, int length, long millis, boolean stay)
      throws InterruptedIOException {
    long begun = System.nanoTime();
    long end = millis <= 0 ? Long.MAX_VALUE : begun + millis * 1_000_000;
    beginWait(begun, millis <= 0);
    try {
      while (true) {
        Optional<Alarm> alarm = awaitKey(end);
        Optional<Runnable> due = takeEvent();
        if (due.isPresent()) {
          due.get().run();
          continue;
        }
        Copied copied = copy(target, offset, length, stay);
        if (copied.count() != 0) {
          window.accept(copied.room());
          return copied.count();
        }
        if (alarm.isEmpty()) {
          return READ_EXPIRED;
        }
        alarm.get().action().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while reading");
    }
  }

  /**
   * @param count how many characters; 0 when none has come, {@link #EOF} when none comes any more
   * @param room how many bytes more the peer may send
   */
  private record Copied(int count, int room) {}

  /** What is copied is taken away in the same moment: all may be discarded at any other. */
  private synchronized Copied copy(char[] target, int offset, int length, boolean stay) {
    int count = Math.min(length, available());
    lastWait = System.nanoTime();
    if (count == 0) {
      return new Copied(ended ? EOF : 0, 0);
    }
    quietSince = lastWait;
    rung = 0;
    typed.getChars(at, at + count, target, offset);
    return new Copied(count, stay ? 0 : consumed(count));
  }

  /** A screen that is redrawn again and again looks for keys again and again: it is one wait. */
  private synchronized void beginWait(long now, boolean forAnyTime) {
    if (forAnyTime || now - lastWait > GAP_NANOS) {
      quietSince = now;
      rung = 0;
    }
  }

  /** Waits for a key; returns the alarm that has gone off meanwhile. */
  private synchronized Optional<Alarm> awaitKey(long end) throws InterruptedException {
    Optional<Alarm> alarm = alarms.stream().skip(rung).findFirst();
    long until =
        Math.min(
            end, alarm.map(each -> quietSince + each.after().toNanos()).orElse(Long.MAX_VALUE));
    while (available() == 0 && !ended && event == null) {
      long left = until - System.nanoTime();
      if (until == Long.MAX_VALUE) {
        wait();
      } else if (left > 0) {
        wait(left / 1_000_000 + 1);
      } else {
        rung += until == end ? 0 : 1;
        return until == end ? Optional.empty() : alarm;
      }
    }
    return Optional.empty();
  }

  /**
   * Takes characters away; returns how many bytes more the peer may send. Called with the lock
   * held.
   */
  private int consumed(int count) {
    at += count;
    if (at == typed.length()) {
      typed = typed.capacity() > KEPT ? new StringBuilder() : typed;
      typed.setLength(0);
      at = 0;
      memory.give(drawn);
      drawn = 0;
    }
    int more = available() < MOST / 2 ? owed : 0;
    owed -= more;
    return more;
  }
}
