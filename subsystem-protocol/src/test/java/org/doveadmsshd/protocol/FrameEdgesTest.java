package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages at the end of a frame, and at the end of a buffer. */
class FrameEdgesTest {
  private static final int ID = 7;

  /** One of each kind that has fields. */
  static List<Message> messages() {
    return List.of(
        new Message.Hello(1, "s", java.util.Optional.of("m"), List.of("x@y")),
        new Message.Authenticate(ID, "PLAIN", new byte[] {1, 2}),
        new Message.Challenge(ID, new byte[] {1}),
        new Message.Response(ID, new byte[] {1}),
        new Message.ActFor("m", List.of("allow")),
        new Message.Run(ID, "u", "c", List.of("a", "b"), 1, 2, true),
        new Message.ListUsers(ID, "*"),
        new Message.Input(ID, true, ByteBuffer.wrap(new byte[] {1, 2, 3})),
        new Message.Wanted(ID, 2),
        new Message.Columns(ID, List.of(new Column("k", "t", 3))),
        new Message.Row(ID, List.of(Value.of("x"), Value.ABSENT, Value.CHUNKED)),
        new Message.Chunk(ID, false, ByteBuffer.wrap(new byte[] {1, 2, 3})),
        new Message.Log(ID, Message.Log.Level.INFO, "x"),
        new Message.Progress(ID, 1, 2),
        new Message.Done(ID, Outcome.OK, "t", Map.of("a", 1L), 2),
        new Message.Fault("x"));
  }

  private static byte[] encode(Message... messages) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    for (Message message : messages) {
      encoder.encode(message);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageThatEndsInsideAFieldIsRefusedWhereverThatIs(Message message) throws IOException {
    byte[] whole = encode(message);
    for (int length = 5; length < whole.length - 4; length++) {
      byte[] cut = ByteBuffer.allocate(4 + length).putInt(length).put(whole, 4, length).array();
      assertThatThrownBy(() -> new FrameDecoder().feed(cut, 0, cut.length, heard -> {}))
          .as("%d bytes of %s", length, message)
          .isInstanceOf(ProtocolException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void aMessageIsTheSameWhereverItStandsInTheBuffer(Message message) throws IOException {
    byte[] own = encode(message);
    for (int before = 8100; before < 8200; before++) {
      Message filler = new Message.ListUsers(1, "x".repeat(before));
      byte[] both = encode(filler, message);
      byte[] behind = java.util.Arrays.copyOfRange(both, both.length - own.length, both.length);
      assertThat(behind).isEqualTo(own);
    }
  }

  @Test
  void theSizeIsWhatWillBeHandedOver() throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    List<Integer> handedOver = new ArrayList<>();
    encoder.drainTo((bytes, offset, length) -> handedOver.add(length));
    assertThat(handedOver).as("nothing").isEmpty();
    encoder.encode(new Message.Cancel(1));
    encoder.encode(new Message.Cancel(2));
    assertThat(encoder.size()).isEqualTo(18);
    encoder.drainTo((bytes, offset, length) -> handedOver.add(length));
    assertThat(handedOver).containsExactly(18);
    assertThat(encoder.size()).isZero();
  }

  @Test
  void aWriterHandsOverWhatHasGatheredAndPassesItOn() throws IOException {
    List<Integer> handedOver = new ArrayList<>();
    FrameWriter writer =
        new FrameWriter(
            (bytes, offset, length) -> handedOver.add(length), () -> handedOver.add(-1));
    writer.send(new Message.ListUsers(1, "x".repeat(32 * 1024 - 14))); // one byte less than 32 KiB
    assertThat(handedOver).isEmpty();
    writer.flush();
    assertThat(handedOver).containsExactly(32 * 1024 - 1, -1);
    writer.send(new Message.ListUsers(1, "x".repeat(32 * 1024 - 13)));
    assertThat(handedOver).endsWith(32 * 1024);
    writer.flush();
    assertThat(handedOver).endsWith(32 * 1024, -1);
  }
}
