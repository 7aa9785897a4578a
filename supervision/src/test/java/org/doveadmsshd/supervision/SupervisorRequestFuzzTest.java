package org.doveadmsshd.supervision;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Whatever a server sends that has been taken over, root's parser reads requests or refuses. */
class SupervisorRequestFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void isARequestOrIsRefused(byte[] bytes) {
    LineChannel lines =
        new LineChannel(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    try {
      while (true) {
        SupervisorRequest request = SupervisorRequest.parse(lines.receive());
        if (request instanceof SupervisorRequest.Acquire) {
          check((SupervisorRequest.Acquire) request);
        }
      }
    } catch (IOException e) {
      return; // refused, or the end
    }
  }

  private static void check(SupervisorRequest.Acquire request) {
    int count = request.users().size();
    if (count < 1 || count > SupervisorRequest.MAX_USERS || request.patience() < 0) {
      throw new IllegalStateException(request.toString());
    }
  }
}
