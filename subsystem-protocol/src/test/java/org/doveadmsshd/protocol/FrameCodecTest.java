package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {

  private static byte[] encode(List<Message> messages) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    for (Message message : messages) {
      encoder.encode(message);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    return bytes.toByteArray();
  }

  /** Messages as text, so that buffers compare by content. */
  private static String shown(Message message) {
    if (message instanceof Message.Chunk) {
      Message.Chunk chunk = (Message.Chunk) message;
      return "chunk " + chunk.requestId() + chunk.last() + chunk.data().hashCode();
    }
    if (message instanceof Message.Authenticate) {
      Message.Authenticate authenticate = (Message.Authenticate) message;
      return authenticate.mechanism() + hash(authenticate.initialResponse());
    }
    if (message instanceof Message.Challenge) {
      return "challenge " + message.requestId() + hash(((Message.Challenge) message).data());
    }
    if (message instanceof Message.Response) {
      return "response " + message.requestId() + hash(((Message.Response) message).data());
    }
    return message.toString();
  }

  private static int hash(byte[] data) {
    return ByteBuffer.wrap(data).hashCode();
  }

  private static Message decodeOne(byte[] bytes) throws IOException {
    List<Message> messages = new ArrayList<>();
    new FrameDecoder().feed(bytes, 0, bytes.length, messages::add);
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverIsEncodedIsDecodedTheSameHoweverTheBytesAreCut(long seed) throws IOException {
    RandomMessages source = new RandomMessages(seed);
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      messages.add(source.next());
    }
    byte[] bytes = encode(messages);
    Random random = new Random(seed);
    List<String> received = new ArrayList<>();
    FrameDecoder decoder = new FrameDecoder();
    for (int at = 0; at < bytes.length; ) {
      int most = random.nextInt(4) == 0 ? 100_000 : 20;
      int length = Math.min(1 + random.nextInt(most), bytes.length - at);
      decoder.feed(bytes, at, length, message -> received.add(shown(message)));
      at += length;
    }
    decoder.end();
    assertThat(received).isEqualTo(messages.stream().map(FrameCodecTest::shown).toList());
  }

  @Test
  void anEndInsideAFrameIsAnError() throws IOException {
    byte[] bytes = encode(List.of(new Message.ListUsers(1, "*")));
    for (int length = 1; length < bytes.length; length++) {
      FrameDecoder decoder = new FrameDecoder();
      decoder.feed(bytes, 0, length, message -> {});
      assertThatThrownBy(decoder::end).isInstanceOf(ProtocolException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, -1, Integer.MIN_VALUE, Limits.MAX_FRAME + 1, Integer.MAX_VALUE})
  void anImpossibleLengthIsRefusedBeforeAnythingIsAllocated(int length) {
    byte[] bytes = ByteBuffer.allocate(8).putInt(length).array();
    assertThatThrownBy(() -> new FrameDecoder().feed(bytes, 0, 4, message -> {}))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("length");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 9, 16, 29, 127, 255})
  void anUnknownTypeIsRefused(int type) {
    byte[] bytes = ByteBuffer.allocate(9).putInt(5).put((byte) type).putInt(1).array();
    assertThatThrownBy(() -> decodeOne(bytes))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("type");
  }

  @Test
  void bytesBehindTheLastFieldAreRefused() {
    byte[] bytes = ByteBuffer.allocate(10).putInt(6).put((byte) 11).putInt(1).put((byte) 0).array();
    assertThatThrownBy(() -> decodeOne(bytes)).hasMessageContaining("longer than its fields");
  }

  @Test
  void aListThatClaimsMoreThanTheFrameHoldsIsRefused() {
    ByteBuffer bytes = ByteBuffer.allocate(13).putInt(9).put((byte) 21).putInt(1).putInt(4000);
    assertThatThrownBy(() -> decodeOne(bytes.array())).hasMessageContaining("list of 4000");
  }

  @Test
  void whatIsTooLongToSendIsRefusedAndLeavesNothingBehind() throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    Message tooLong = new Message.ListUsers(1, "x".repeat(Limits.MAX_FRAME));
    assertThatThrownBy(() -> encoder.encode(tooLong)).isInstanceOf(ProtocolException.class);
    Message manyArguments =
        new Message.Run(1, "u", "c", Collections.nCopies(5000, "a"), 0, 0, false);
    assertThatThrownBy(() -> encoder.encode(manyArguments)).isInstanceOf(ProtocolException.class);
    assertThat(encoder.size()).isZero();
  }

  @Test
  void theLargestInlineValueAndTheLargestChunkFitIntoAFrame() throws IOException {
    Message row = new Message.Row(1, List.of(Value.of(new byte[Limits.MAX_INLINE_VALUE])));
    Message chunk = new Message.Chunk(1, true, ByteBuffer.allocate(Limits.MAX_CHUNK));
    assertThat(decodeOne(encode(List.of(row)))).isEqualTo(row);
    assertThat(shown(decodeOne(encode(List.of(chunk))))).isEqualTo(shown(chunk));
  }

  @Test
  void absentAndChunkedValuesKeepTheirIdentity() throws IOException {
    Message row = new Message.Row(1, List.of(Value.ABSENT, Value.CHUNKED, Value.of("")));
    List<Value> values = ((Message.Row) decodeOne(encode(List.of(row)))).values();
    assertThat(values.get(0)).isSameAs(Value.ABSENT);
    assertThat(values.get(1)).isSameAs(Value.CHUNKED);
    assertThat(values.get(2)).isNotEqualTo(Value.ABSENT);
  }

  /** NOT_BEGUN, UNREACHABLE and UNKNOWN are a brain's own findings: no worker can say them. */
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 16, 16, 200, 255})
  void anOutcomeThatNoWorkerOfThisVersionSaysCountsAsTemporary(int code) throws IOException {
    Map<String, Long> counts = Map.of("expunged", 3L);
    byte[] bytes = encode(List.of(new Message.Done(5, Outcome.OK, "why", counts, 7)));
    bytes[9] = (byte) code;
    Message.Done done = (Message.Done) decodeOne(bytes);
    String text =
        "Outcome %d, which this version does not know, counts as a temporary failure: why";
    assertThat(done)
        .isEqualTo(new Message.Done(5, Outcome.TEMPORARY_FAILURE, text.formatted(code), counts, 7));
  }

  @Test
  void anUnknownOutcomeWithoutATextIsSaidToBeOne() throws IOException {
    byte[] bytes = encode(List.of(new Message.Done(5, Outcome.OK, "", Map.of(), 7)));
    bytes[9] = 77;
    assertThat(((Message.Done) decodeOne(bytes)).text())
        .isEqualTo("Outcome 77, which this version does not know, counts as a temporary failure");
  }

  @Test
  void aHelloWithoutMasterSaysThatAuthenticationIsNeeded() throws IOException {
    Message hello = new Message.Hello(1, "x", Optional.empty(), List.of("a@example.org"));
    assertThat(decodeOne(encode(List.of(hello)))).isEqualTo(hello);
  }
}
