package org.doveadmsshd.console;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.console.line.KnownNames;
import org.doveadmsshd.console.line.Names;
import org.doveadmsshd.console.line.Surroundings;

/** What counts for a line that is typed in a session: what has been chosen there. */
final class SessionSurroundings implements Surroundings {
  private final Session session;
  private final Names names;

  /**
   * @param executor asks for names
   */
  SessionSurroundings(Session session, Executor executor) {
    this.session = session;
    this.names =
        new KnownNames(
            new RunnerNames(session.runner(), () -> session.choices().servers()), executor);
  }

  @Override
  public Optional<String> user() {
    return session.choices().users();
  }

  @Override
  public boolean hasColours() {
    return session.choices().colors();
  }

  @Override
  public void check(List<String> words) throws Failure {
    session.check(words);
  }

  @Override
  public Names names() {
    return names;
  }
}
