package org.doveadmsshd.storage.compression;

import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * How mails are compressed.
 *
 * @param method of mails that are saved; nothing for none
 * @param level one that the method has
 * @param limit most bytes that a mail may inflate to
 */
public record CompressionRules(Optional<Compression> method, int level, long limit) {
  private static final String NO = "no";

  /** Nothing is compressed; what is may inflate to a GiB. */
  public static final CompressionRules NONE = new CompressionRules(Optional.empty(), 0, 1L << 30);

  /** Bytes of memory that a mail takes while it is compressed. */
  public long memory() {
    return method.isEmpty() ? 0 : (long) method.get().memory(level) << 20;
  }

  /**
   * Reads settings.
   *
   * @param method {@code no}, or what {@link Compression#of} knows
   * @param level a number; empty for the usual one of the method
   * @param limit in bytes
   * @return nothing when there is no such method, or it has no such level
   */
  public static Optional<CompressionRules> of(String method, String level, long limit) {
    Optional<Compression> found = Compression.of(method);
    if (found.isEmpty()) {
      boolean isNone = method.equals(NO);
      return isNone ? Optional.of(new CompressionRules(found, 0, limit)) : Optional.empty();
    }
    Compression.Levels levels = found.get().levels();
    boolean isNumber = level.matches("[0-9]{1,2}");
    if (!level.isEmpty() && !isNumber) {
      return Optional.empty();
    }
    int wanted = isNumber ? Integer.parseInt(level) : levels.usual();
    return wanted < levels.least() || wanted > levels.most()
        ? Optional.empty()
        : Optional.of(new CompressionRules(found, wanted, limit));
  }

  /**
   * Reads the settings of a program as {@link #of} does.
   *
   * @throws Failure when they are malformed
   */
  public static CompressionRules configured(String method, String level, long limit)
      throws Failure {
    return of(method, level, limit)
        .orElseThrow(
            () ->
                new Failure(
                    Outcome.CONFIGURATION_ERROR,
                    "The settings mail_compress and mail_compress_level are malformed"));
  }
}
