package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a worker may say at what time. */
class LaneClientTest {
  private static final Message HELLO = new Message.Hello(1, "w", Optional.of("m"), List.of());
  private static final Message COLUMNS =
      new Message.Columns(1, List.of(new Column("a"), new Column("b")));
  private static final Message ROW = new Message.Row(1, List.of(Value.of("x"), Value.of("y")));
  private static final Message LONG_ROW = new Message.Row(1, List.of(Value.CHUNKED, Value.of("y")));

  private final LaneClient client = new LaneClient();
  private final List<String> heard = new ArrayList<>();

  private static Message done(int id) {
    return done(id, Outcome.OK);
  }

  private static Message done(int id, Outcome outcome) {
    return new Message.Done(id, outcome, "", Map.of(), 1);
  }

  private static Message chunk(boolean last) {
    return new Message.Chunk(1, last, ByteBuffer.wrap(new byte[3]));
  }

  /** Notes what it hears. */
  private LaneClient.Answers answers(String name) {
    return new LaneClient.Answers() {
      @Override
      public void begun() {
        heard.add(name + " begun");
      }

      @Override
      public void take(Message message) {
        heard.add(name + " " + message.getClass().getSimpleName());
      }

      @Override
      public void wanted(int pieces) {
        heard.add(name + " wanted " + pieces);
      }

      @Override
      public void done(Message.Done done) {
        heard.add(name + " done");
      }
    };
  }

  private void say(Message... messages) throws IOException {
    for (Message message : messages) {
      client.send(message);
    }
  }

  @Test
  void requestsAreAnsweredInTheirOrderEachBeginningWhenTheOneBeforeHasEnded() throws Exception {
    client.add(1, answers("one"));
    client.add(2, answers("two"));
    assertThat(client.hello()).isEmpty();
    say(HELLO, COLUMNS, ROW, LONG_ROW, chunk(false), chunk(true), ROW, done(1), done(2));
    assertThat(client.hello()).isPresent();
    assertThat(heard)
        .containsExactly(
            "one begun",
            "one Columns",
            "one Row",
            "one Row",
            "one Chunk",
            "one Chunk",
            "one Row",
            "one done",
            "two begun",
            "two done");
    assertThat(client.size()).isZero();
  }

  @Test
  void aRequestThatIsStoppedMayEndInsideAValue() throws Exception {
    client.add(1, answers("one"));
    say(HELLO, COLUMNS, LONG_ROW, chunk(false), done(1, Outcome.CANCELLED));
    assertThat(heard).endsWith("one done");
  }

  @Test
  void aRequestThatIsWellDoesNot() throws Exception {
    client.add(1, answers("one"));
    say(HELLO, COLUMNS, LONG_ROW, chunk(false));
    assertThatThrownBy(() -> say(done(1)))
        .isInstanceOf(ProtocolException.class)
        .hasMessageContaining("inside a value");
    assertThat(heard).doesNotContain("one done");
  }

  @Test
  void aLostLaneGivesBackWhatHasNotEndedAndNothingIsHeardOfItAnyMore() throws Exception {
    client.add(1, answers("one"));
    client.add(2, answers("two"));
    say(HELLO, done(1));
    assertThat(client.lose()).hasSize(1);
    assertThat(client.lose()).isEmpty();
    assertThatThrownBy(() -> say(done(2))).isInstanceOf(ProtocolException.class);
    assertThat(heard).endsWith("two begun");
  }

  /**
   * What a worker must not say after RUN 1 and RUN 2 have been sent; the last message is the one
   * that is out of order.
   *
   * @param why what is said of it
   */
  private record Conversation(String why, Message... messages) {
    @Override
    public String toString() {
      return why;
    }
  }

  static List<Conversation> outOfOrder() {
    Message otherRow = new Message.Row(1, List.of(Value.of("x")));
    Message fault = new Message.Fault("you are out of order");
    Message run = new Message.Run(1, "u", "search", List.of(), 0, 0, false);
    Message newer = new Message.Hello(2, "w", Optional.of("m"), List.of());
    String turn = "it answered a request that is not its turn";
    String row = "it sent a row that does not fit its columns";
    String chunk = "it sent a chunk that belongs to no row";
    String wants = "it wants more than a worker may";
    return List.of(
        new Conversation("it did not begin with a hello", done(1)),
        new Conversation("it did not begin with a hello", new Message.Alive()),
        new Conversation("its hello is for version 2", newer),
        new Conversation(turn, HELLO, HELLO),
        new Conversation(turn, HELLO, done(2)),
        new Conversation(turn, HELLO, done(1), done(1)),
        new Conversation(turn, HELLO, done(1), done(2), done(2)),
        new Conversation(turn, HELLO, done(3)),
        new Conversation(row, HELLO, ROW),
        new Conversation("it sent columns twice", HELLO, COLUMNS, COLUMNS),
        new Conversation("it sent columns twice", HELLO, COLUMNS, ROW, COLUMNS),
        new Conversation(row, HELLO, COLUMNS, otherRow),
        new Conversation(row, HELLO, COLUMNS, done(1), new Message.Row(2, List.of())),
        new Conversation(chunk, HELLO, COLUMNS, chunk(true)),
        new Conversation(chunk, HELLO, COLUMNS, ROW, chunk(true)),
        new Conversation(row, HELLO, COLUMNS, LONG_ROW, ROW),
        new Conversation(row, HELLO, COLUMNS, LONG_ROW, chunk(false), ROW),
        new Conversation(chunk, HELLO, COLUMNS, LONG_ROW, chunk(true), chunk(true)),
        new Conversation(wants, HELLO, new Message.Wanted(1, Limits.MAX_WANTED + 1)),
        new Conversation(wants, HELLO, new Message.Wanted(1, 0)),
        new Conversation(wants, HELLO, new Message.Wanted(1, -1)),
        new Conversation(turn, HELLO, new Message.Wanted(2, 1)),
        new Conversation(
            "a challenge without a login", HELLO, new Message.Challenge(1, new byte[0])),
        new Conversation("it sent Cancel", HELLO, new Message.Cancel(1)),
        new Conversation("it sent Run", HELLO, run),
        new Conversation(turn, HELLO, new Message.Ping()),
        new Conversation("it says: you are out of order", HELLO, COLUMNS, fault),
        new Conversation("it says: you are out of order", fault));
  }

  @ParameterizedTest
  @MethodSource
  void outOfOrder(Conversation conversation) {
    client.add(1, answers("one"));
    client.add(2, answers("two"));
    List<Message> all = List.of(conversation.messages());
    assertThatThrownBy(
            () -> {
              say(all.subList(0, all.size() - 1).toArray(Message[]::new));
              heard.add("last");
              say(all.get(all.size() - 1));
            })
        .isInstanceOf(ProtocolException.class)
        .hasMessage(conversation.why());
    assertThat(heard).endsWith("last");
  }

  @Test
  void asManyPiecesMayBeWantedAtOnceAsTheProtocolSays() throws Exception {
    client.add(1, answers("one"));
    say(HELLO, new Message.Wanted(1, Limits.MAX_WANTED), new Message.Wanted(1, 1));
    assertThat(heard).endsWith("one wanted " + Limits.MAX_WANTED, "one wanted 1");
  }

  @Test
  void whatAWorkerCallsAFaultIsShownInOneLineOfSomeLength() {
    Message fault = new Message.Fault("a\nb\u001b[2J" + "x".repeat(100_000));
    assertThatThrownBy(() -> say(fault))
        .isInstanceOf(ProtocolException.class)
        .hasMessageStartingWith("it says: a\ufffdb\ufffd[2J")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));
  }
}
