package org.doveadmsshd.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NamedCallsTest {
  @Test
  void aCallThatFailsLeavesItsErrno() {
    byte[] path = "/nowhere/at/all\0".getBytes(StandardCharsets.UTF_8);

    assertEquals(-1, (int) NamedCalls.call("open", path, LibC.O_RDONLY));
    assertEquals(LibC.ENOENT, Native.getLastError());
  }

  @Test
  void whatACallWritesIsInTheArrays() {
    int[] ends = new int[2];
    byte[] sent = {1, 2, 3};
    byte[] received = new byte[10];

    assertEquals(0, (int) NamedCalls.call("pipe", (Object) ends));
    assertEquals(3, NamedCalls.call("write", ends[1], sent, 3L));
    assertEquals(3, NamedCalls.call("read", ends[0], received, 10L));
    assertArrayEquals(sent, Arrays.copyOf(received, 3));
    NamedCalls.call("close", ends[0]);
    NamedCalls.call("close", ends[1]);
  }

  @Test
  void numbersBelowZeroAndAboveTwoToThe31PassUnchanged() {
    assertEquals(1L << 40, NamedCalls.call("labs", -(1L << 40)));
    assertEquals(7, (int) NamedCalls.call("abs", -7));
  }
}
