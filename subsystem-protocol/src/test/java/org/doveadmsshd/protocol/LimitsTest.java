package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every limit at its edge, and what is said of each frame that is none. */
class LimitsTest {
  private static final int LIST = Limits.MAX_LIST;

  private static byte[] encode(Message message) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    encoder.encode(message);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    return bytes.toByteArray();
  }

  private static List<Message> decode(byte[] bytes) throws IOException {
    List<Message> heard = new ArrayList<>();
    FrameDecoder decoder = new FrameDecoder();
    decoder.feed(bytes, 0, bytes.length, heard::add);
    decoder.end();
    return heard;
  }

  /** What has a limit: how many there may be, and a message with that many. */
  private enum Limited {
    ARGUMENTS(LIST, n -> new Message.Run(1, "", "", copies(n, ""), 0, 0, false)),
    SCOPE(LIST, n -> new Message.ActFor("", copies(n, ""))),
    EXTENSIONS(LIST, n -> new Message.Hello(1, "", Optional.empty(), copies(n, ""))),
    COLUMNS(LIST, n -> new Message.Columns(1, copies(n, new Column("k", 0)))),
    VALUES(LIST, n -> new Message.Row(1, copies(n, Value.of("")))),
    COUNTS(LIST, n -> new Message.Done(1, Outcome.OK, "", counts(n), 0)),
    VALUE(Limits.MAX_INLINE_VALUE, n -> new Message.Row(1, List.of(Value.of(new byte[n])))),
    CHUNK(Limits.MAX_CHUNK, n -> new Message.Chunk(1, false, ByteBuffer.allocate(n))),
    INPUT(Limits.MAX_CHUNK, n -> new Message.Input(1, false, ByteBuffer.allocate(n))),
    /** A frame has a type, an id and the length of the mask besides. */
    FRAME(Limits.MAX_FRAME - 9, n -> new Message.ListUsers(1, "x".repeat(n)));

    private final int most;
    private final IntFunction<Message> message;

    Limited(int most, IntFunction<Message> message) {
      this.most = most;
      this.message = message;
    }

    private static <T> List<T> copies(int n, T of) {
      return Collections.nCopies(n, of);
    }

    private static Map<String, Long> counts(int n) {
      Map<String, Long> counts = new LinkedHashMap<>();
      for (int i = 0; i < n; i++) {
        counts.put(Integer.toString(i), 1L);
      }
      return counts;
    }
  }

  @ParameterizedTest
  @EnumSource(Limited.class)
  void asManyAsThereMayBeArrive(Limited limited) throws IOException {
    byte[] bytes = encode(limited.message.apply(limited.most));
    List<byte[]> again = new ArrayList<>();
    new FrameDecoder().feed(bytes, 0, bytes.length, message -> again.add(encode(message)));
    assertThat(again).containsExactly(bytes);
  }

  @ParameterizedTest
  @EnumSource(Limited.class)
  void oneMoreIsNotSentAndNothingOfItIs(Limited limited) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    encoder.encode(new Message.Cancel(1));
    int before = encoder.size();
    Message tooMuch = limited.message.apply(limited.most + 1);
    assertThatThrownBy(() -> encoder.encode(tooMuch))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("too long to send");
    assertThat(encoder.size()).isEqualTo(before);
  }

  /** A frame that a peer may send, whatever our encoder does. */
  private static byte[] framed(int type, ByteBuffer fields) {
    int length = 5 + fields.limit();
    ByteBuffer frame = ByteBuffer.allocate(4 + length).putInt(length).put((byte) type).putInt(1);
    return frame.put(fields.rewind()).array();
  }

  private static byte[] list(int type, int before, int count, int entry) {
    ByteBuffer fields = ByteBuffer.allocate(before + 4 + count * entry);
    return framed(type, fields.putInt(before, count));
  }

  /** One more than there may be of each, as a peer would send it, and what it is told. */
  static Stream<List<Object>> oneMore() {
    ByteBuffer value = ByteBuffer.allocate(4 + 1 + 4 + Limits.MAX_INLINE_VALUE + 1);
    value.putInt(0, 1).put(4, (byte) 1).putInt(5, Limits.MAX_INLINE_VALUE + 1);
    ByteBuffer piece = ByteBuffer.allocate(1 + 4 + Limits.MAX_CHUNK + 1);
    piece.putInt(1, Limits.MAX_CHUNK + 1);
    return Stream.of(
        List.of(list(FrameType.RUN, 8, LIST + 1, 4), "list of 4097 refused"),
        List.of(list(FrameType.ACT_FOR, 4, LIST + 1, 4), "list of 4097 refused"),
        List.of(list(FrameType.HELLO, 13, LIST + 1, 4), "list of 4097 refused"),
        List.of(list(FrameType.COLUMNS, 0, LIST + 1, 12), "list of 4097 refused"),
        List.of(list(FrameType.ROW, 0, LIST + 1, 1), "list of 4097 refused"),
        List.of(list(FrameType.DONE, 5, LIST + 1, 12), "list of 4097 refused"),
        List.of(framed(FrameType.ROW, value), "value of 65537 bytes inside a row refused"),
        List.of(framed(FrameType.CHUNK, piece), "chunk length 131073 refused"),
        List.of(framed(FrameType.INPUT, piece), "chunk length 131073 refused"),
        List.of(
            framed(FrameType.LIST, ByteBuffer.allocate(Limits.MAX_FRAME - 4)),
            "frame length 262145 refused"));
  }

  @ParameterizedTest
  @MethodSource
  void oneMore(List<Object> frameAndAnswer) {
    assertThatThrownBy(() -> decode((byte[]) frameAndAnswer.get(0)))
        .isInstanceOf(ProtocolException.class)
        .hasMessage((String) frameAndAnswer.get(1));
  }

  /** Frames without their length, in hexadecimal. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00 00000000                            | unknown message type 0
          06 00000000                            | unknown message type 6
          1d 00000000                            | unknown message type 29
          ff 00000000                            | unknown message type 255
          0b 00000001 00                         | message of type 11 is longer than its fields
          0e 00000000 00                         | message of type 14 is longer than its fields
          0c 00000001 00000000 00                | message of type 12 is longer than its fields
          0c 00000001                            | message ends inside a field
          0c 00000001 000000                     | message ends inside a field
          0c 00000001 00000001                   | string length 1 refused
          0c 00000001 ffffffff                   | string length 4294967295 refused
          0c 00000001 80000000                   | string length 2147483648 refused
          01 00000000 00000001 00000000 00       | message ends inside a field
          02 00000001 00000000 00000001          | string length 1 refused
          05 00000000 00000000 00000001          | list of 1 refused
          0a 00000001 00000000 00000000 ffffffff | list of 4294967295 refused
          0a 00000001 00000000 00000000 00000000 00 | message ends inside a field
          0a 00000001 00000000 00000000 00000000 0000000000000000 0000000000000000 01 00 | message ends inside a field
          0a 00000001 00000000 00000000 00000000 0000000000000000 0000000000000000 01 0000000000000001 00 | message of type 10 is longer than its fields
          0d 00000001 00                         | message ends inside a field
          0d 00000001 00 00000001                | chunk length 1 refused
          16 00000001 01 ffffffff                | chunk length 4294967295 refused
          14 00000001 00000001                   | list of 1 refused
          15 00000001 00000001 03                | unknown kind of value 3
          15 00000001 00000001 ff                | unknown kind of value 255
          15 00000001 00000001 01                | message ends inside a field
          15 00000001 00000001 01 ffffffff       | string length 4294967295 refused
          15 00000001 00000002 00                | list of 2 refused
          17 00000001 0000000000000000           | message ends inside a field
          18 00000001 04 00000000                | unknown log level 4
          19 00000001 00 00000000 00000000       | message ends inside a field
          1a 00000000 00000002 00                | string length 2 refused
          1b 00000001                            | message ends inside a field
          """)
  void whatIsNoMessageIsRefusedInASentence(String hex, String sentence) {
    byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));
    byte[] frame = ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
    assertThatThrownBy(() -> decode(frame))
        .isInstanceOf(ProtocolException.class)
        .hasMessage(sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "0, frame length 0 refused",
    "4, frame length 4 refused",
    "262145, frame length 262145 refused",
    "-1, frame length 4294967295 refused"
  })
  void aLengthThatNoFrameHasIsRefusedBeforeTheRestHasCome(int length, String sentence) {
    byte[] bytes = ByteBuffer.allocate(4).putInt(length).array();
    FrameDecoder decoder = new FrameDecoder();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < bytes.length; i++) { // one by one, as they may come
                decoder.feed(bytes, i, 1, message -> {});
              }
              decoder.feed(new byte[1], 0, 1, message -> {});
            })
        .isInstanceOf(ProtocolException.class)
        .hasMessage(sentence);
  }
}
