package org.doveadmsshd.storage.compression;

import java.io.IOException;

/**
 * Something cannot be inflated or compressed. Its message completes "the mail is compressed, and".
 */
public final class CompressionException extends IOException {
  private static final long serialVersionUID = 1;

  /** The bytes end before they should. */
  static final String CUT_OFF = "is cut off";

  /** The bytes are not what the library has written, by its own checks. */
  static final String DAMAGED = "is damaged";

  /** It asks for more memory than is given to any mail. */
  static final String TOO_WIDE =
      "takes a window of more than %d MiB to be read".formatted(Area.MOST_WINDOW >> 20);

  /** The system has no memory for it, or the budget has none. */
  static final String NO_MEMORY = "there is not enough memory to read it now";

  CompressionException(String message) {
    super(message);
  }

  CompressionException(String message, Throwable cause) {
    super(message, cause);
  }
}
