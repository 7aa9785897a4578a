package org.doveadmsshd.supervision;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Whatever lines come, each assigns a user or is refused; what is sent on is the same again. */
class AssignedUserFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyLines(byte[] bytes) throws IOException {
    LineChannel lines =
        new LineChannel(new ByteArrayInputStream(bytes), OutputStream.nullOutputStream());
    while (true) {
      List<String> values;
      try {
        values = lines.receive();
      } catch (IOException e) {
        return; // the end, or a line that is none
      }
      if (values.isEmpty()) {
        throw new IllegalStateException("a line without values");
      }
      check(values);
    }
  }

  private static void check(List<String> values) throws IOException {
    AssignedUser.UserLine line;
    try {
      line = AssignedUser.UserLine.read(values);
    } catch (IllegalArgumentException e) {
      return; // refused
    }
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    new LineChannel(new ByteArrayInputStream(new byte[0]), sent)
        .send(line.user().line(line.following(), line.identity()));
    LineChannel again =
        new LineChannel(
            new ByteArrayInputStream(sent.toByteArray()), OutputStream.nullOutputStream());
    if (!AssignedUser.UserLine.read(again.receive()).equals(line)) {
      throw new IllegalStateException("sent on, it is another user: " + values);
    }
  }
}
