package org.doveadmsshd.testing;

import java.nio.charset.StandardCharsets;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.Flags;

/** A mail as it lies in a {@link MemoryMailStore}; tests look at it, and spoil it. */
public final class StoredMail {
  final byte[] content;
  final String guid;
  final long received;
  final long saved;
  long uid;
  Flags flags;
  boolean unreadable;
  boolean gone;
  boolean shared;
  boolean remembered;

  StoredMail(byte[] content, Delivery.About about, String guid, long now) {
    this(content, about.flags(), guid, about.received().orElse(now), now);
  }

  private StoredMail(byte[] content, Flags flags, String guid, long received, long saved) {
    this.content = content;
    this.flags = flags;
    this.guid = guid;
    this.received = received;
    this.saved = saved;
  }

  /** The same mail for another mailbox; it has no UID yet. */
  StoredMail copied(long now) {
    StoredMail copy = new StoredMail(content, flags, guid, received, now);
    copy.unreadable = unreadable;
    copy.shared = true;
    return copy;
  }

  /** 1 and up. */
  public long uid() {
    return uid;
  }

  public Flags flags() {
    return flags;
  }

  public String guid() {
    return guid;
  }

  /** Seconds since 1970. */
  public long received() {
    return received;
  }

  /** What it says, lines ending with LF. */
  public String text() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /** Whether its header has been read, and so is known from then on. */
  public boolean isRemembered() {
    return remembered;
  }

  /** From now on it cannot be opened, and its sizes cannot be asked for. */
  public void makeUnreadable() {
    unreadable = true;
  }

  /** From now on it is still listed, but every question to it is answered that it is gone. */
  public void makeGone() {
    gone = true;
  }
}
