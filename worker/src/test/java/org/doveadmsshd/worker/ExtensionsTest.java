package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.auth.PassdbChain;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Extension;
import org.doveadmsshd.protocol.Limits;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.term.Terms;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker says depends on what its peer understands. */
@Timeout(120)
class ExtensionsTest {
  private final BlockingQueue<Message> received = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Every user's quota is full. */
  private static final UserWork FULL =
      new UserWork() {
        @Override
        public int together() {
          return 1;
        }

        @Override
        public void run(List<Order> orders, Listener listener) throws IOException {
          for (Order order : orders) {
            listener.begun(order);
            listener.ended(order, new Failure(Outcome.OVER_QUOTA, "Quota exceeded"));
          }
        }
      };

  private LaneSession lane(String... extensions) {
    return lane(Terms.NONE, Scope.UNLIMITED, extensions);
  }

  private LaneSession lane(Terms terms, Scope scope, String... extensions) {
    Master master = new Master("m", scope, Login.NONE);
    Worker worker =
        new Worker(
            new StaticUserdb(Map.of(), true),
            FULL,
            (who, input, output) -> {
              throw Failure.usage("no server here");
            },
            Audit.NONE,
            terms);
    LaneSession lane =
        new LaneSession(
            Workers.always(worker),
            new PassdbMasters(Map.of(), new PassdbChain(List.of()), Set.of()),
            LanePeer.authenticated(() -> Optional.of(master)),
            threads,
            new LaneSession.Transport(received::add, () -> {}, new MemoryBudget(1L << 20).all()),
            "test");
    lane.start();
    lane.receive(new Message.Hello(Limits.VERSION, "b", Optional.empty(), List.of(extensions)));
    return lane;
  }

  private Message.Done done(LaneSession lane, String command) throws InterruptedException {
    return done(lane, command, OptionalLong.empty());
  }

  private Message.Done done(LaneSession lane, String command, OptionalLong term)
      throws InterruptedException {
    lane.receive(new Message.Run(1, "a", command, List.of("all"), 0, 0, false, term));
    Message message = next();
    return (Message.Done) (message instanceof Message.Hello ? next() : message);
  }

  private Message next() throws InterruptedException {
    Message message = received.poll(1, TimeUnit.MINUTES);
    assertThat(message).isNotNull();
    return message;
  }

  /** What is named in a worker's hello. */
  private List<String> named(LaneSession lane) throws InterruptedException {
    assertThat(lane.master()).isPresent();
    return ((Message.Hello) next()).extensions();
  }

  @Test
  void aBrainThatTakesEveryOutcomeIsToldThatTheQuotaIsFull() throws Exception {
    Message.Done done = done(lane("other@example.org", Extension.OUTCOMES), "search");
    assertThat(done.outcome()).isEqualTo(Outcome.OVER_QUOTA);
    assertThat(done.text()).isEqualTo("Quota exceeded");
  }

  @Test
  void anOlderBrainIsToldWhatItHasAlwaysBeenTold() throws Exception {
    Message.Done done = done(lane("other@example.org"), "search");
    assertThat(done.outcome()).isEqualTo(Outcome.CANNOT_CREATE);
    assertThat(done.text()).isEqualTo("Quota exceeded");
    assertThat(done.outcome().exitCode()).isEqualTo(Outcome.OVER_QUOTA.exitCode());
  }

  /** Keeps terms as it is told. */
  private final class ScriptedTerms implements Terms {
    private final List<String> checked = new ArrayList<>();

    @Override
    public boolean areKept() {
      return true;
    }

    @Override
    public void check(String user, long term) throws Failure {
      checked.add(user + " " + term);
      if (term < 5) {
        throw Failure.temporary("stale", null);
      }
    }
  }

  @Test
  void aWorkerThatKeepsTermsSaysSo() throws Exception {
    assertThat(named(lane(new ScriptedTerms(), Scope.UNLIMITED))).contains(Extension.TERMS);
    assertThat(named(lane())).containsExactly(Extension.CLOCK, Extension.LOAD);
  }

  @Test
  void aStaleTermIsRefusedBeforeTheUserIsTouched() throws Exception {
    ScriptedTerms terms = new ScriptedTerms();
    LaneSession lane = lane(terms, Scope.UNLIMITED);
    Message.Done stale = done(lane, "search", OptionalLong.of(4));
    assertThat(stale.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(stale.text()).isEqualTo("stale");
    assertThat(done(lane, "search", OptionalLong.of(5)).text()).isEqualTo("Quota exceeded");
    assertThat(terms.checked).containsExactly("a 4", "a 5");
  }

  @Test
  void withoutATermNoneIsChecked() throws Exception {
    ScriptedTerms terms = new ScriptedTerms();
    assertThat(done(lane(terms, Scope.UNLIMITED), "search").text()).isEqualTo("Quota exceeded");
    assertThat(terms.checked).isEmpty();
  }

  @Test
  void nobodySetsATermForWhomHeMayNotTouch() throws Exception {
    ScriptedTerms terms = new ScriptedTerms();
    Scope others = new Scope(List.of(new UserMask("b*")), Set.of("search"));
    Message.Done done = done(lane(terms, others), "search", OptionalLong.of(9));
    assertThat(done.outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(terms.checked).isEmpty();
  }

  @Test
  void aTermThatIsSentToWhoKeepsNoneIsRefused() throws Exception {
    Message.Done done = done(lane(), "search", OptionalLong.of(9));
    assertThat(done.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(done.text()).startsWith("This server keeps no terms");
  }

  @Test
  void otherOutcomesAreTheSameForEveryBrain() throws Exception {
    for (String extension : List.of("x@y", Extension.OUTCOMES)) {
      assertThat(done(lane(extension), "nonsense").outcome()).isEqualTo(Outcome.USAGE);
    }
  }
}
