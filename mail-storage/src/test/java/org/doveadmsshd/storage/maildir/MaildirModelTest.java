package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.doveadmsshd.storage.MailStore;
import org.junit.jupiter.api.Test;

/**
 * Sequences of what we do to a Maildir and of what others do to it, at random, against a model: no
 * mail is lost, doubled, or given another's flags, keyword or UID.
 *
 * <p>{@code -Dmodel.sequences=1000000} tries more than usual, {@code -Dmodel.seed=N} one sequence
 * alone.
 */
class MaildirModelTest {
  private static final int SEQUENCES = Integer.getInteger("model.sequences", 10_000);
  private static final int STEPS = 6;
  private static final Path MEMORY = Path.of("/dev/shm");

  @Test
  void noSequenceOfStepsLosesDoublesOrMixesUpMail() throws Exception {
    Long seed = Long.getLong("model.seed");
    if (seed != null) {
      sequence(seed);
      return;
    }
    long first = System.nanoTime() & 0xffff_ffff_ffffL;
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Void>> parts = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int from = thread;
        Callable<Void> part =
            () -> {
              for (int i = from; i < SEQUENCES && !Thread.interrupted(); i += threads) {
                sequence(first + i);
              }
              return null;
            };
        parts.add(executor.submit(part));
      }
      for (Future<Void> part : parts) {
        part.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** In memory where that can be had: what is synced there costs nothing. */
  private static Path home() throws IOException {
    return Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "maildir-model")
        : Files.createTempDirectory("maildir-model");
  }

  private static void sequence(long seed) throws Exception {
    Random random = new Random(seed);
    Path home = home();
    List<String> done = new ArrayList<>();
    try {
      MaildirTree tree = new MaildirTree(home);
      tree.settled = random.nextBoolean() ? Optional.of(Duration.ofMillis(20)) : Optional.empty();
      MaildirModel model = new MaildirModel();
      tree.mailbox(".Box");
      model.mailboxes.put("INBOX", new ArrayList<>());
      model.mailboxes.put("Box", new ArrayList<>());
      steps(tree, model, random, done);
    } catch (Exception | AssertionError e) {
      throw new AssertionError("-Dmodel.seed=" + seed + ": " + done + ": " + e.getMessage(), e);
    } finally {
      remove(home);
    }
  }

  private static void steps(MaildirTree tree, MaildirModel model, Random random, List<String> done)
      throws Exception {
    ModelSteps ours = new ModelSteps(model, random);
    ForeignSteps others = new ForeignSteps(tree.root, model, random);
    for (int i = 0; i < STEPS; i++) {
      try (MailStore store = tree.open()) {
        if (i == 0) {
          model.check(store, false);
        }
        done.add(i == 0 || random.nextInt(5) < 2 ? ours.step(store) : others.step());
      }
      try (MailStore store = tree.open()) {
        model.check(store, i == STEPS - 1);
      }
    }
    assertThat(tree.root.resolve("dovecot-uidlist.lock")).doesNotExist();
  }

  private static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
