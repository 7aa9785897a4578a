package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListeningSocketTest {
  /** Tries to take a connection that come to nothing, or to one; null is a connection. */
  private static ListeningSocket.Source source(Exception... course) {
    ArrayDeque<Object> left = new ArrayDeque<>();
    for (Exception each : course) {
      left.add(each == null ? "a connection" : each);
    }
    return () -> {
      Object next = left.remove();
      if (next instanceof IOException) {
        throw (IOException) next;
      }
      return SocketChannel.open(StandardProtocolFamily.UNIX);
    };
  }

  @Test
  void aSocketThatOnceFailsToAcceptAcceptsAgain() throws Exception {
    List<SocketChannel> taken = new ArrayList<>();
    ListeningSocket.Source source =
        source(
            new IOException("Too many open files"),
            null,
            new IOException("Software caused connection abort"),
            null,
            new AsynchronousCloseException());
    ListeningSocket.serve("here", source, taken::add, 0);
    assertThat(taken).hasSize(2);
    for (SocketChannel each : taken) {
      each.close();
    }
  }

  @Test
  void aConnectionForWhichNoThreadCanBeStartedIsClosedAndTheNextIsServed() throws Exception {
    List<SocketChannel> taken = new ArrayList<>();
    ListeningSocket.serve(
        "here",
        source(null, null, new AsynchronousCloseException()),
        connection -> {
          taken.add(connection);
          if (taken.size() == 1) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        },
        0);
    assertThat(taken).hasSize(2);
    assertThat(taken.get(0).isOpen()).isFalse();
    assertThat(taken.get(1).isOpen()).isTrue();
    taken.get(1).close();
  }
}
