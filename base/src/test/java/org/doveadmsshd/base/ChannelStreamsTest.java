package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChannelStreamsTest {
  @Test
  void allBytesAreWrittenHoweverFewTheChannelTakesAtOnce() throws Exception {
    ByteArrayOutputStream taken = new ByteArrayOutputStream();
    WritableByteChannel slow =
        new WritableByteChannel() {
          @Override
          public int write(ByteBuffer bytes) {
            taken.write(bytes.get());
            return 1;
          }

          @Override
          public boolean isOpen() {
            return true;
          }

          @Override
          public void close() {}
        };
    byte[] bytes = new byte[1000];
    new Random(1).nextBytes(bytes);
    ChannelStreams.out(slow).write(bytes, 10, 900);
    assertThat(taken.toByteArray()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 10, 910));
  }

  @Test
  void bytesAreTheSameOnTheOtherSide() throws Exception {
    Pipe pipe = Pipe.open();
    OutputStream out = ChannelStreams.out(pipe.sink());
    InputStream in = ChannelStreams.in(pipe.source());
    out.write(0xff);
    out.write(new byte[] {0, -128, 127});
    pipe.sink().close();
    assertThat(in.read()).isEqualTo(0xff);
    assertThat(in.readAllBytes()).containsExactly(0, -128, 127);
    assertThat(in.read()).isEqualTo(-1);
    pipe.source().close();
    assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
  }

  /** The streams of java.nio.channels.Channels could not do that on Java 17. */
  @Test
  void oneThreadWritesWhileAnotherWaitsToRead() throws Exception {
    Pipe there = Pipe.open();
    Pipe back = Pipe.open();
    InputStream in = ChannelStreams.in(back.source());
    CompletableFuture<Integer> read =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return in.read();
              } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
              }
            });
    ChannelStreams.out(there.sink()).write('x');
    ChannelStreams.out(back.sink()).write(ChannelStreams.in(there.source()).read());
    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo('x');
  }
}
