package org.doveadmsshd.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;

/** What a lane client knows of the requests that have not ended, and whom it tells what. */
class RequestsUnderWayTest {
  private static final Message HELLO = new Message.Hello(1, "w", Optional.of("m"), List.of());

  private final LaneClient client = new LaneClient();
  private final List<Message> heard = new ArrayList<>();

  /** Takes what comes and answers nothing: all else is as it is by default. */
  private final class Plain implements LaneClient.Answers {
    @Override
    public void take(Message message) {
      heard.add(message);
    }

    @Override
    public void done(Message.Done done) {
      heard.add(done);
    }
  }

  private static Message done(int id) {
    return new Message.Done(id, Outcome.OK, "", Map.of(), 1);
  }

  @Test
  void theyAreKnownInTheOrderInWhichTheyWereAdded() throws IOException {
    client.send(HELLO);
    assertThat(client.size()).isZero();
    assertThat(client.ids()).isEmpty();
    for (int id : new int[] {5, 3, 9}) {
      client.add(id, new Plain());
    }
    assertThat(client.size()).isEqualTo(3);
    assertThat(client.ids()).containsExactly(5, 3, 9);
    client.send(done(5));
    assertThat(client.ids()).containsExactly(3, 9);
    assertThat(client.size()).isEqualTo(2);
  }

  @Test
  void progressAndLogsMayComeBeforeColumnsAndAreHandedOn() throws IOException {
    Message progress = new Message.Progress(1, 5, 10);
    Message log = new Message.Log(1, Message.Log.Level.INFO, "x");
    client.send(HELLO);
    client.add(1, new Plain());
    client.send(progress);
    client.send(log);
    client.send(new Message.Alive());
    client.send(done(1));
    assertThat(heard).containsExactly(progress, log, done(1));
  }

  @Test
  void columnsAreSentOnceThoughThereAreNone() throws IOException {
    Message none = new Message.Columns(1, List.of());
    client.send(HELLO);
    client.add(1, new Plain());
    client.send(none);
    assertThatThrownBy(() -> client.send(none)).hasMessage("it sent columns twice");
  }

  @Test
  void inputForACommandThatReadsNoneIsNotAskedFor() throws IOException {
    client.send(HELLO);
    client.add(1, new Plain());
    assertThatThrownBy(() -> client.send(new Message.Wanted(1, 1)))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("it wants input for a command that reads none");
  }

  @Test
  void aChallengeGoesToTheRequestThatLogsIn() throws IOException {
    List<byte[]> challenges = new ArrayList<>();
    client.send(HELLO);
    client.add(
        1,
        new LaneClient.Answers() {
          @Override
          public void take(Message message) {}

          @Override
          public void challenge(byte[] data) {
            challenges.add(data);
          }

          @Override
          public void done(Message.Done done) {}
        });
    client.send(new Message.Challenge(1, new byte[] {1, 2}));
    assertThat(challenges).hasSize(1);
    assertThat(challenges.get(0)).containsExactly(1, 2);
  }
}
