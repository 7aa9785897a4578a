package org.doveadmsshd.server.ssh;

import java.util.Map;
import org.apache.sshd.common.kex.KexProposalOption;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.doveadmsshd.base.Printable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes in the log which clients cannot connect because they know no algorithm of ours. */
final class MisfitClients implements SessionListener {
  private static final Logger LOG = LoggerFactory.getLogger(MisfitClients.class);
  private static final int MAX_NAME = 80;
  private static final int MAX_ALGORITHMS = 600;

  @Override
  public void sessionNegotiationEnd(
      Session session,
      Map<KexProposalOption, String> client,
      Map<KexProposalOption, String> server,
      Map<KexProposalOption, String> agreed,
      Throwable reason) {
    if (reason == null) {
      return;
    }
    KexProposalOption.VALUES.stream()
        .filter(kind -> !agreed.containsKey(kind))
        .findFirst()
        .ifPresent(kind -> log(session, kind, client.get(kind), server.get(kind)));
  }

  private static void log(Session session, KexProposalOption kind, String theirs, String ours) {
    LOG.info(
        "No algorithm in common with {} at {}: {}; it offers {}; the server offers {}",
        Printable.line(String.valueOf(session.getClientVersion()), MAX_NAME),
        session.getIoSession().getRemoteAddress(),
        kind.getDescription(),
        Printable.line(String.valueOf(theirs), MAX_ALGORITHMS),
        ours);
  }
}
