package org.doveadmsshd.server.ssh;

import java.util.function.LongConsumer;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Takes the time from a connection to its login.
 *
 * @param taker told microseconds; must not wait
 */
record LoginTimes(LongConsumer taker) implements SessionListener {
  private static final AttributeRepository.AttributeKey<Long> BEGUN =
      new AttributeRepository.AttributeKey<>();

  @Override
  public void sessionCreated(Session session) {
    session.setAttribute(BEGUN, System.nanoTime());
  }

  @Override
  public void sessionEvent(Session session, Event event) {
    Long begun = session.getAttribute(BEGUN);
    if (event == Event.Authenticated && begun != null) {
      taker.accept((System.nanoTime() - begun) / 1000);
    }
  }
}
