package org.doveadmsshd.protocol;

/** The type bytes of frames, named as in docs/PROTOCOL.md section 4. */
final class FrameType {
  static final int HELLO = 1;
  static final int AUTHENTICATE = 2;
  static final int CHALLENGE = 3;
  static final int RESPONSE = 4;
  static final int ACT_FOR = 5;
  static final int RUN = 10;
  static final int CANCEL = 11;
  static final int LIST = 12;
  static final int INPUT = 13;
  static final int PING = 14;
  static final int CLOCK = 15;
  static final int COLUMNS = 20;
  static final int ROW = 21;
  static final int CHUNK = 22;
  static final int PROGRESS = 23;
  static final int LOG = 24;
  static final int DONE = 25;
  static final int ERROR = 26;
  static final int WANTED = 27;
  static final int ALIVE = 28;

  /** Kinds of values in a ROW. */
  static final int VALUE_ABSENT = 0;

  static final int VALUE_INLINE = 1;
  static final int VALUE_CHUNKED = 2;

  private FrameType() {}
}
