package org.doveadmsshd.server;

import java.time.Instant;
import org.doveadmsshd.keys.HostKeys;
import org.doveadmsshd.server.metrics.Metric;
import org.doveadmsshd.server.metrics.ServerMetrics.Teller;
import org.doveadmsshd.settings.site.BackendHealth;
import org.doveadmsshd.worker.supervised.SupervisedWork;

/** Tells the metrics of the moment. */
final class VitalGauges {
  private final Vitals vitals;
  private final Teller teller;

  VitalGauges(Vitals vitals, Teller teller) {
    this.vitals = vitals;
    this.teller = teller;
  }

  void tell() {
    String version = vitals.software().substring(vitals.software().lastIndexOf(' ') + 1);
    teller.tell(Metric.BUILD, 1, version, System.getProperty("java.version"));
    teller.tell(Metric.START, seconds(vitals.started()));
    teller.tell(Metric.CONFIGURATION, seconds(vitals.loaded()));
    connections();
    backends();
    workers();
    vitals
        .settings()
        .ssh()
        .hostCertificate()
        .flatMap(HostKeys::expiry)
        .ifPresent(end -> teller.tell(Metric.CERTIFICATE, seconds(end)));
    teller.tell(Metric.HEAP_USED, Vitals.heapUsed());
    teller.tell(Metric.HEAP_MAX, Runtime.getRuntime().maxMemory());
    teller.tell(Metric.BUDGET_HELD, vitals.memory().held());
    teller.tell(Metric.BUDGET_MAX, vitals.memory().most());
  }

  private static double seconds(Instant when) {
    return when.toEpochMilli() / 1000.0;
  }

  private void connections() {
    int strangers = vitals.connections().strangers();
    teller.tell(Metric.CONNECTIONS, strangers, "no");
    teller.tell(Metric.CONNECTIONS, vitals.connections().open() - strangers, "yes");
    teller.tell(Metric.REFUSED, vitals.connections().refused());
    teller.tell(Metric.SESSIONS, vitals.sessions().runs(), "run");
    teller.tell(Metric.SESSIONS, vitals.sessions().lanes(), "lane");
    teller.tell(Metric.SESSIONS, vitals.sessions().shells(), "shell");
    teller.tell(Metric.QUEUE, vitals.sessions().waiting(), "runs");
    teller.tell(Metric.QUEUE, vitals.connections().passwords(), "passwords");
    teller.tell(Metric.RECEIVED, vitals.connections().received());
    teller.tell(Metric.SENT, vitals.connections().sent());
  }

  private void backends() {
    for (BackendHealth each : vitals.backends()) {
      teller.tell(Metric.BACKEND_ANSWERS, each.answers(), each.name(), "answered");
      teller.tell(Metric.BACKEND_ANSWERS, each.failures(), each.name(), "failed");
      teller.tell(Metric.BACKEND_UP, each.isFailing() ? 0 : 1, each.name());
    }
  }

  private void workers() {
    if (vitals.workers().isPresent()) {
      SupervisedWork.Figures figures = vitals.workers().get();
      teller.tell(Metric.WORKERS, figures.working());
      teller.tell(Metric.WORKERS_TAKEN, figures.taken());
      teller.tell(Metric.WORKERS_LOST, figures.lost());
      teller.tell(Metric.SUPERVISOR_UP, figures.answers() ? 1 : 0);
    }
  }
}
