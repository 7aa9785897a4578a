package org.doveadmsshd.server;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Reason;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.keys.AuthorizedKey;
import org.doveadmsshd.keys.HostKeys;
import org.doveadmsshd.server.metrics.MetricsEndpoint;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.settings.site.BackendHealth;
import org.doveadmsshd.worker.supervised.SupervisedWork;

/** Says how each part of the server is. */
final class VitalStatus {
  /** How long all userdbs together may take to answer. */
  private static final long PATIENCE_MILLIS = 5000;

  /** So long before its end somebody should renew it. */
  private static final Duration SOON = Duration.ofDays(14);

  private static final long MIB = 1024 * 1024;

  private final Vitals vitals;
  private final Instant now = Instant.now();
  private final List<PartStatus> parts = new ArrayList<>();

  VitalStatus(Vitals vitals) {
    this.vitals = vitals;
  }

  List<PartStatus> parts() {
    Settings settings = vitals.settings();
    String up = Duration.between(vitals.started(), now).truncatedTo(ChronoUnit.SECONDS).toString();
    parts.add(
        PartStatus.ok(
            "server",
            "%s, Java %s, up %s"
                .formatted(
                    vitals.software(),
                    System.getProperty("java.version"),
                    up.substring(2).toLowerCase(Locale.ROOT))));
    parts.add(configuration());
    String addresses = String.join(" ", settings.ssh().listen());
    parts.add(
        PartStatus.ok(
            "ssh",
            "%s port %d; connections: %d, before their login: %d"
                .formatted(
                    addresses,
                    vitals.port(),
                    vitals.connections().open(),
                    vitals.connections().strangers())));
    settings.sockets().forEach(each -> parts.add(socket(each.path())));
    parts.add(
        PartStatus.ok(
            "sessions",
            "runs: %d, waiting to begin: %d, lanes: %d, shells and scripts: %d"
                .formatted(
                    vitals.sessions().runs(),
                    vitals.sessions().waiting(),
                    vitals.sessions().lanes(),
                    vitals.sessions().shells())));
    backends();
    workers();
    keys();
    memory();
    parts.add(
        PartStatus.ok(
            "metrics",
            vitals.metrics().map(MetricsEndpoint::text).orElse("off (metrics_listen is not set)")));
    return parts;
  }

  private PartStatus configuration() {
    Path file = vitals.settings().file();
    String read = "%s, read %s".formatted(file, vitals.loaded().truncatedTo(ChronoUnit.SECONDS));
    try {
      boolean same = Daemon.FILE.readAgain(file).effective().equals(vitals.settings().effective());
      return PartStatus.warningUnless(
          same, "configuration", read + (same ? "" : "; changed since: doveadm reload"));
    } catch (Failure e) {
      return PartStatus.warningUnless(
          false, "configuration", read + "; has mistakes now: " + e.getMessage());
    }
  }

  private static PartStatus socket(Path path) {
    return PartStatus.failedUnless(Files.exists(path), "socket " + path, is(Files.exists(path)));
  }

  private static String is(boolean there) {
    return there ? "there" : "gone";
  }

  private void backends() {
    List<BackendHealth> silent = probe();
    for (BackendHealth each : vitals.backends()) {
      boolean answers = !each.isFailing() && !silent.contains(each);
      String trouble =
          each.lastTrouble()
              .map(last -> "; last failure " + when(last.when()) + ": " + last.text())
              .orElse("");
      String silence = silent.contains(each) ? "; no answer within 5 s" : "";
      parts.add(
          PartStatus.failedUnless(
              answers,
              each.name(),
              "answers: %d, failures: %d%s%s"
                  .formatted(each.answers(), each.failures(), silence, trouble)));
    }
  }

  /** Asks all userdbs at once. Returns those that have not answered in time. */
  private List<BackendHealth> probe() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    List<CompletableFuture<Boolean>> asked =
        vitals.backends().stream()
            .map(each -> CompletableFuture.supplyAsync(each::probe, vitals.executor()))
            .toList();
    List<BackendHealth> silent = new ArrayList<>();
    for (int i = 0; i < asked.size(); i++) {
      try {
        long left = Math.max(end - System.nanoTime(), 0);
        if (!asked.get(i).get(left, TimeUnit.NANOSECONDS)) {
          silent.add(vitals.backends().get(i));
        }
      } catch (TimeoutException | ExecutionException e) {
        silent.add(vitals.backends().get(i));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return silent;
      }
    }
    return silent;
  }

  private void workers() {
    if (vitals.supervisor().isEmpty()) {
      return;
    }
    Path path = vitals.supervisor().get();
    String trouble = "listens";
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      probe.finishConnect();
    } catch (IOException e) {
      trouble = Reason.of(e) + "; is doveadm-supervisor running?";
    }
    parts.add(
        PartStatus.failedUnless(trouble.equals("listens"), "supervisor", path + ": " + trouble));
    if (vitals.workers().isPresent()) {
      SupervisedWork.Figures figures = vitals.workers().get();
      parts.add(
          PartStatus.ok(
              "worker processes",
              "%d work now; %d were had, %d of them lost"
                  .formatted(figures.working(), figures.taken(), figures.lost())));
    }
  }

  private void keys() {
    Settings settings = vitals.settings();
    parts.add(
        PartStatus.failedUnless(
            Files.isReadable(settings.ssh().hostKey()),
            "host key",
            settings.ssh().hostKey() + ": " + is(Files.isReadable(settings.ssh().hostKey()))));
    if (settings.ssh().hostCertificate().isPresent()) {
      Path file = settings.ssh().hostCertificate().get();
      parts.add(ending("host certificate", HostKeys.expiry(file), file + ""));
    }
    for (String master : settings.masters().keySet().stream().sorted().toList()) {
      List<AuthorizedKey> keys = vitals.keys().of(master);
      Optional<Instant> first =
          keys.stream().flatMap(key -> key.expiry().stream()).min(Instant::compareTo);
      if (first.isPresent()) {
        PartStatus end = ending("keys of " + master, first, keys.size() + " keys, the first");
        boolean well = end.state() == PartStatus.State.OK;
        parts.add(PartStatus.warningUnless(well, end.part(), end.text())); // others may do
      }
    }
  }

  /** Of something that ends, and is of no use afterwards. */
  private PartStatus ending(String part, Optional<Instant> end, String what) {
    if (end.isEmpty()) {
      return PartStatus.ok(part, what + " does not end");
    }
    String text = what + (end.get().isBefore(now) ? " ended " : " ends ") + when(end.get());
    return end.get().isBefore(now)
        ? PartStatus.failedUnless(false, part, text)
        : PartStatus.warningUnless(end.get().isAfter(now.plus(SOON)), part, text);
  }

  private static String when(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private void memory() {
    long most = vitals.memory().most();
    long held = vitals.memory().held();
    parts.add(
        PartStatus.warningUnless(
            held < most / 10 * 9,
            "memory",
            "%d of %d MiB heap in use; %d of %d MiB for what waits"
                .formatted(
                    Vitals.heapUsed() / MIB,
                    Runtime.getRuntime().maxMemory() / MIB,
                    held / MIB,
                    most / MIB)));
  }
}
