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
    return new Message.Done(id, Outcome.OK, "", Map.of(), 1);
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
    say(HELLO, COLUMNS, LONG_ROW, chunk(false), done(1));
    assertThat(heard).endsWith("one done");
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

  /** Conversations that a worker must not have, each after RUN 1 and RUN 2 have been sent. */
  static List<List<Message>> outOfOrder() {
    Message otherRow = new Message.Row(1, List.of(Value.of("x")));
    Message wanted = new Message.Wanted(1, Limits.MAX_WANTED + 1);
    Message fault = new Message.Fault("you are out of order");
    return List.of(
        List.of(done(1)),
        List.of(new Message.Hello(2, "w", Optional.of("m"), List.of())),
        List.of(HELLO, HELLO),
        List.of(HELLO, done(2)),
        List.of(HELLO, done(1), done(1)),
        List.of(HELLO, done(3)),
        List.of(HELLO, ROW),
        List.of(HELLO, COLUMNS, COLUMNS),
        List.of(HELLO, COLUMNS, otherRow),
        List.of(HELLO, COLUMNS, chunk(true)),
        List.of(HELLO, COLUMNS, ROW, chunk(true)),
        List.of(HELLO, COLUMNS, LONG_ROW, ROW),
        List.of(HELLO, COLUMNS, LONG_ROW, chunk(true), chunk(true)),
        List.of(HELLO, wanted),
        List.of(HELLO, new Message.Wanted(1, 0)),
        List.of(HELLO, new Message.Cancel(1)),
        List.of(HELLO, new Message.Run(1, "u", "search", List.of(), 0, 0, false)),
        List.of(HELLO, COLUMNS, fault));
  }

  @ParameterizedTest
  @MethodSource
  void outOfOrder(List<Message> conversation) {
    client.add(1, answers("one"));
    client.add(2, answers("two"));
    Message[] before = conversation.subList(0, conversation.size() - 1).toArray(Message[]::new);
    assertThatThrownBy(
            () -> {
              say(before);
              heard.add("last");
              say(conversation.get(conversation.size() - 1));
            })
        .isInstanceOf(ProtocolException.class);
    assertThat(heard).endsWith("last");
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
