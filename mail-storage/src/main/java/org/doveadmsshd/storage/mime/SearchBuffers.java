package org.doveadmsshd.storage.mime;

import java.nio.CharBuffer;

/** Memory that searches use one after another, so that not every mail costs some. */
public final class SearchBuffers {
  private static final int CHARS = 4096;

  /** A body with its transfer encoding undone. */
  byte[] decoded = new byte[0];

  /** Text that is being searched, with the end of what came before. */
  char[] text = new char[0];

  private CharBuffer chars;

  /** A piece of body with its charset undone. */
  CharBuffer chars() {
    if (chars == null) {
      chars = CharBuffer.allocate(CHARS); // header values do not need it
    }
    return chars;
  }
}
