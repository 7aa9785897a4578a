package org.doveadmsshd.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.protocol.FrameDecoder;
import org.doveadmsshd.protocol.FrameEncoder;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Encoding and decoding of what one user of a search costs: 40 rows and a DONE; and of a chunk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProtocolBenchmark {
  private static final int ROWS = 40;

  private final FrameEncoder encoder = new FrameEncoder();
  private final FrameDecoder decoder = new FrameDecoder();
  private final Message row =
      new Message.Row(1, List.of(Value.of("0123456789abcdef0123456789abcdef"), Value.of(12345)));
  private final Message done = new Message.Done(1, Outcome.OK, "", Map.of("matched", 40L), 500);
  private final Message chunk = new Message.Chunk(1, false, ByteBuffer.wrap(new byte[128 * 1024]));
  private byte[] user;
  private byte[] chunkFrame;

  /** Encodes once what is to be decoded. */
  @Setup
  public void encodeOnce() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encodeUser();
    encoder.drainTo(bytes::write);
    user = bytes.toByteArray();
    bytes.reset();
    encoder.encode(chunk);
    encoder.drainTo(bytes::write);
    chunkFrame = bytes.toByteArray();
  }

  private void encodeUser() throws IOException {
    for (int i = 0; i < ROWS; i++) {
      encoder.encode(row);
    }
    encoder.encode(done);
  }

  @Benchmark
  public void encodeUser(Blackhole hole) throws IOException {
    encodeUser();
    encoder.drainTo((bytes, offset, length) -> hole.consume(bytes));
  }

  @Benchmark
  public void decodeUser(Blackhole hole) throws IOException {
    decoder.feed(user, 0, user.length, hole::consume);
  }

  @Benchmark
  public void encodeChunk(Blackhole hole) throws IOException {
    encoder.encode(chunk);
    encoder.drainTo((bytes, offset, length) -> hole.consume(bytes));
  }

  @Benchmark
  public void decodeChunk(Blackhole hole) throws IOException {
    decoder.feed(chunkFrame, 0, chunkFrame.length, hole::consume);
  }
}
