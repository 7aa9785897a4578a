package org.doveadmsshd.brain.journal;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.doveadmsshd.base.Sha256;

/**
 * What tells one input of a command from another: a run is gone on with the input that it had.
 *
 * @param sha256 of all bytes, as 64 hexadecimal digits in lower case
 * @param bytes how many there are
 */
public record InputDigest(String sha256, long bytes) {
  /** Digits that people are shown. */
  private static final int SHOWN = 12;

  /** Takes bytes as they come. One thread. */
  public static final class Gathering {
    private final MessageDigest digest = Sha256.begin();
    private long bytes;

    /** Takes the next ones. */
    public void add(byte[] buffer, int count) {
      digest.update(buffer, 0, count);
      bytes += count;
    }

    /** Of all that have come; called once. */
    public InputDigest end() {
      return new InputDigest(HexFormat.of().formatHex(digest.digest()), bytes);
    }
  }

  /** For people. */
  @Override
  public String toString() {
    return "%,d bytes, SHA-256 %s…"
        .formatted(bytes, sha256.substring(0, Math.min(SHOWN, sha256.length())));
  }
}
