package org.doveadmsshd.protocol;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever bytes come, the decoder answers with messages or a {@link ProtocolException}. */
class FrameDecoderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytes(byte[] bytes) throws IOException {
    FrameDecoder decoder = new FrameDecoder();
    try {
      int half = bytes.length / 2;
      decoder.feed(bytes, 0, half, message -> {});
      decoder.feed(bytes, half, bytes.length - half, message -> {});
      decoder.end();
    } catch (ProtocolException e) {
      // the only answer that is allowed
    }
  }
}
