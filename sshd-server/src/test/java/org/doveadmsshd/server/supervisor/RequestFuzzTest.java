package org.doveadmsshd.server.supervisor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.doveadmsshd.worker.process.LineChannel;

/** Whatever a server sends that has been taken over, root's parser reads requests or refuses. */
class RequestFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void isARequestOrIsRefused(byte[] bytes) {
    LineChannel lines =
        new LineChannel(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    try {
      while (true) {
        Request request = Request.parse(lines.receive());
        if (request instanceof Request.Worker) {
          check((Request.Worker) request);
        }
      }
    } catch (IOException e) {
      return; // refused, or the end
    }
  }

  private static void check(Request.Worker request) {
    int count = request.users().size();
    if (count < 1 || count > Request.MAX_USERS || request.patience() < 0) {
      throw new IllegalStateException(request.toString());
    }
  }
}
