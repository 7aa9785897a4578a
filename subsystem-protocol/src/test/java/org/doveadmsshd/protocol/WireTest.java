package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bytes of every message, as docs/PROTOCOL.md section 4 writes them. */
class WireTest {
  /**
   * A message and its frame without the length.
   *
   * @param bytes in hexadecimal
   */
  private record Frame(Message message, String bytes) {
    @Override
    public String toString() {
      return message.getClass().getSimpleName() + " " + bytes;
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  static List<Frame> fromTheBrain() {
    Message.Hello hello = new Message.Hello(1, "ab", Optional.empty(), List.of());
    return List.of(
        new Frame(hello, "01 00000000 00000001 00000002 6162 00 00000000 00000000"),
        new Frame(
            new Message.Authenticate(1, "X", new byte[] {0, -1}),
            "02 00000001 00000001 58 00000002 00ff"),
        new Frame(new Message.Authenticate(0, "", new byte[0]), "02 00000000 00000000 00000000"),
        new Frame(new Message.Response(-1, new byte[] {5}), "04 ffffffff 00000001 05"),
        new Frame(new Message.Response(7, new byte[0]), "04 00000007 00000000"),
        new Frame(
            new Message.ActFor("m", List.of("allow", "")),
            "05 00000000 00000001 6d 00000002 00000005 616c6c6f77 00000000"),
        new Frame(
            new Message.Run(2, "u", "c d", List.of("-v"), 3, 4, true),
            "0a 00000002 00000001 75 00000003 632064 00000001 00000002 2d76"
                + " 0000000000000003 0000000000000004 01"),
        new Frame(
            new Message.Run(3, "", "who", List.of(), -1, Long.MAX_VALUE, false),
            "0a 00000003 00000000 00000003 77686f 00000000 ffffffffffffffff 7fffffffffffffff 00"),
        new Frame(
            new Message.Run(4, "u", "c", List.of(), 0, 0, false, OptionalLong.of(258)),
            "0a 00000004 00000001 75 00000001 63 00000000 0000000000000000 0000000000000000 00"
                + " 0000000000000102"),
        new Frame(
            new Message.Run(4, "u", "c", List.of(), 0, 0, true, OptionalLong.of(-1)),
            "0a 00000004 00000001 75 00000001 63 00000000 0000000000000000 0000000000000000 01"
                + " ffffffffffffffff"),
        new Frame(new Message.Cancel(Integer.MAX_VALUE), "0b 7fffffff"),
        new Frame(new Message.ListUsers(9, "*"), "0c 00000009 00000001 2a"),
        new Frame(new Message.Input(5, false, bytes("ab")), "0d 00000005 00 00000002 6162"),
        new Frame(new Message.Input(5, true, bytes("")), "0d 00000005 01 00000000"),
        new Frame(new Message.Ping(), "0e 00000000"),
        new Frame(new Message.Clock(6), "0f 00000006"));
  }

  static List<Frame> fromTheWorker() {
    Message.Hello hello = new Message.Hello(1, "w", Optional.of("m"), List.of("x@y"));
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("b", 2L);
    counts.put("a", -1L);
    List<Value> values = List.of(Value.ABSENT, Value.of("é"), Value.CHUNKED, Value.of(""));
    return List.of(
        new Frame(
            hello, "01 00000000 00000001 00000001 77 01 00000001 6d 00000001 00000003 784079"),
        new Frame(new Message.Challenge(1, new byte[] {1}), "03 00000001 00000001 01"),
        new Frame(new Message.Challenge(1, new byte[0]), "03 00000001 00000000"),
        new Frame(
            new Message.Columns(1, List.of(new Column("k", "Ti", 18), new Column("l", "", 0))),
            "14 00000001 00000002 00000001 6b 00000002 5469 00000012"
                + " 00000001 6c 00000000 00000000"),
        new Frame(new Message.Columns(1, List.of()), "14 00000001 00000000"),
        new Frame(
            new Message.Row(1, values), "15 00000001 00000004 00 01 00000002 c3a9 02 01 00000000"),
        new Frame(new Message.Row(1, List.of()), "15 00000001 00000000"),
        new Frame(new Message.Chunk(2, true, bytes("x")), "16 00000002 01 00000001 78"),
        new Frame(new Message.Chunk(2, false, bytes("")), "16 00000002 00 00000000"),
        new Frame(new Message.Progress(3, 1, 2), "17 00000003 0000000000000001 0000000000000002"),
        new Frame(new Message.Log(4, Message.Log.Level.DEBUG, "d"), "18 00000004 00 00000001 64"),
        new Frame(new Message.Log(4, Message.Log.Level.ERROR, ""), "18 00000004 03 00000000"),
        new Frame(
            new Message.Done(5, Outcome.CANCELLED, "t", counts, 6),
            "19 00000005 0b 00000001 74 00000002 00000001 62 0000000000000002"
                + " 00000001 61 ffffffffffffffff 0000000000000006"),
        new Frame(
            new Message.Done(5, Outcome.OK, "", Map.of(), 0),
            "19 00000005 00 00000000 00000000 0000000000000000"),
        new Frame(new Message.Fault("no"), "1a 00000000 00000002 6e6f"),
        new Frame(new Message.Wanted(6, 4), "1b 00000006 00000004"),
        new Frame(new Message.Alive(), "1c 00000000"));
  }

  static Stream<Frame> frames() {
    return Stream.concat(fromTheBrain().stream(), fromTheWorker().stream());
  }

  private static byte[] framed(String hex) {
    byte[] body = HexFormat.of().parseHex(hex.replace(" ", ""));
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
  }

  private static byte[] encode(Message message) throws IOException {
    FrameEncoder encoder = new FrameEncoder();
    encoder.encode(message);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    encoder.drainTo(bytes::write);
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @MethodSource("frames")
  void aMessageIsWrittenAsItIsDescribed(Frame frame) throws IOException {
    assertThat(encode(frame.message())).isEqualTo(framed(frame.bytes()));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void whatIsWrittenAsDescribedIsThatMessage(Frame frame) throws IOException {
    byte[] bytes = framed(frame.bytes());
    List<byte[]> again = new ArrayList<>();
    List<Class<?>> types = new ArrayList<>();
    new FrameDecoder()
        .feed(
            bytes,
            0,
            bytes.length,
            message -> {
              types.add(message.getClass());
              again.add(encode(message));
            });
    assertThat(types).containsExactly(frame.message().getClass());
    assertThat(again).containsExactly(bytes);
  }

  @Test
  void noMessageIsLeftOut() {
    Set<Class<?>> known = Set.of(Message.class.getPermittedSubclasses());
    Set<Class<?>> written =
        frames().map(frame -> frame.message().getClass()).collect(Collectors.toSet());
    assertThat(written).isEqualTo(known);
  }

  @Test
  void anyByteButZeroIsTrue() throws IOException {
    byte[] bytes = framed("0d 00000005 80 00000000");
    List<Boolean> last = new ArrayList<>();
    new FrameDecoder()
        .feed(bytes, 0, bytes.length, message -> last.add(((Message.Input) message).last()));
    assertThat(last).containsExactly(true);
  }

  /** A worker that knows who the peer is without a name is no other than one that has his name. */
  @Test
  void aNameBesideTheWordThatThereIsNoneIsNobodys() throws IOException {
    byte[] bytes = framed("01 00000000 00000001 00000000 00 00000001 6d 00000000");
    List<Message> heard = new ArrayList<>();
    new FrameDecoder().feed(bytes, 0, bytes.length, heard::add);
    assertThat(heard).containsExactly(new Message.Hello(1, "", Optional.empty(), List.of()));
  }

  @Test
  void aReaderDeliversAllThatHasComeAndSaysWhenNothingMoreWill() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(bytes::write, () -> {});
    for (int id = 1; id <= 3; id++) {
      writer.send(new Message.Cancel(id));
    }
    assertThat(bytes.size()).as("small messages wait to be sent at once").isZero();
    writer.flush();
    ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
    FrameReader reader = new FrameReader(Channels.newChannel(in), 20);
    List<Integer> ids = new ArrayList<>();
    int reads = 0;
    while (reader.read(message -> ids.add(message.requestId()))) {
      reads++;
    }
    assertThat(ids).containsExactly(1, 2, 3);
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void aPeerThatEndsInsideAMessageHasBrokenTheProtocol() throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(framed("06 00000001"), 0, 7);
    FrameReader reader = new FrameReader(Channels.newChannel(in), 20);
    assertThat(reader.read(message -> {})).isTrue();
    assertThatThrownBy(() -> reader.read(message -> {})).isInstanceOf(ProtocolException.class);
  }

  @Test
  void aReadThatBringsNothingIsNotTheEnd() throws IOException {
    Pipe pipe = Pipe.open();
    try (Pipe.SinkChannel to = pipe.sink();
        Pipe.SourceChannel from = pipe.source()) {
      from.configureBlocking(false);
      FrameReader reader = new FrameReader(from, 20);
      assertThat(reader.read(message -> {})).as("still open").isTrue();
      to.close();
      assertThat(reader.read(message -> {})).isFalse();
    }
  }

  @Test
  void aWriterKeepsNothingBackForLong() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FrameWriter writer = new FrameWriter(bytes::write, () -> {});
    writer.send(new Message.ListUsers(1, "x".repeat(40_000)));
    assertThat(bytes.size()).isGreaterThan(40_000);
  }
}
