package org.doveadmsshd.brain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;

/** A server of one lane, which answers as a test says and notes what is asked of it. */
class OneLane implements Server {
  static final Column GUID = new Column("mailbox-guid", Column.HIDE_TITLE);
  static final Column UID = new Column("uid", Column.HIDE_TITLE | Column.NUMBER);

  /** Of a search. */
  static final Message COLUMNS = new Message.Columns(1, List.of(GUID, UID));

  /** How many rows are many. */
  static final int MANY = 40;

  private final String name;
  private final List<String> users;
  private final Work work;

  final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  final List<Integer> limits = Collections.synchronizedList(new ArrayList<>());
  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger abandoned = new AtomicInteger();

  /** What is said of one user. */
  interface Work {
    void on(Assignment.Attempt attempt) throws IOException;
  }

  /**
   * @param users whom it lists
   */
  OneLane(String name, List<String> users, Work work) {
    this.name = name;
    this.users = users;
    this.work = work;
  }

  /** Of the only user there is, joe. */
  static OneLane lane(Work work) {
    return new OneLane("s", List.of("joe"), work);
  }

  /** One row, and the end. */
  static void row(Assignment.Attempt attempt) throws IOException {
    attempt.send(COLUMNS);
    attempt.send(new Message.Row(1, List.of(Value.of("g"), Value.of(1))));
    ok(attempt);
  }

  /** So many rows that they are printed as they come, and no end. */
  static void manyRows(Assignment.Attempt attempt) throws IOException {
    attempt.send(COLUMNS);
    for (int i = 0; i < MANY; i++) {
      attempt.send(new Message.Row(1, List.of(Value.of("x".repeat(10_000)), Value.of(i))));
    }
  }

  /** The end, and no row. */
  static void ok(Assignment.Attempt attempt) throws IOException {
    attempt.send(done(Outcome.OK, ""));
  }

  /** The end of a request. */
  static Message done(Outcome outcome, String text) {
    return new Message.Done(1, outcome, text, Map.of(), 10);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean mayHave(String user) {
    return true;
  }

  @Override
  public void listUsers(UserMask mask, Consumer<String> taker) throws Failure {
    users.stream().filter(mask::matches).forEach(taker);
  }

  @Override
  public void work(UserQueue queue, int limit) throws Failure {
    limits.add(limit);
    try {
      workOff(queue);
    } catch (IOException e) {
      throw Failure.temporary("Server " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What one lane does. */
  final void workOff(UserQueue queue) throws IOException, InterruptedException {
    for (Assignment next; (next = queue.take()) != null; ) {
      asked.add(next.user());
      work.on(next.attempt(0, this::givenUp));
    }
  }

  /** Somebody waits no more for what is done for a user. */
  void givenUp() {}

  @Override
  public void cancel() {
    cancelled.incrementAndGet();
  }

  @Override
  public void abandon() {
    abandoned.incrementAndGet();
  }
}
