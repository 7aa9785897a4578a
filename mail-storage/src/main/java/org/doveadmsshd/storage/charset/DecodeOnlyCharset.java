package org.doveadmsshd.storage.charset;

import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;

/** A charset that we read and never write. */
abstract class DecodeOnlyCharset extends Charset {
  DecodeOnlyCharset(String name) {
    super(name, new String[0]);
  }

  @Override
  public boolean contains(Charset other) {
    return equals(other);
  }

  @Override
  public boolean canEncode() {
    return false;
  }

  @Override
  public CharsetEncoder newEncoder() {
    throw new UnsupportedOperationException(name());
  }
}
