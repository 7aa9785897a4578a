package org.doveadmsshd.worker.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TermTableTest {
  @TempDir Path parent;
  private final List<TermTable> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(TermTable::close);
  }

  private Path directory() {
    return parent.resolve("terms");
  }

  /** One whose first file has room for a hundred users or so. */
  private TermTable table(Path directory) {
    TermTable table = new TermTable(directory, 1);
    open.add(table);
    return table;
  }

  private TermTable table() {
    return table(directory());
  }

  private static void assertRefused(ThrowingCallable check, String text) {
    assertThatThrownBy(check)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE))
        .hasMessageContaining(text)
        .hasMessageEndingWith("nothing was done");
  }

  private static void assertStale(ThrowingCallable check) {
    assertRefused(check, "The placement is stale");
  }

  @Test
  void aTermThatIsAsHighOrHigherIsTakenAndALowerOneRefused() throws Exception {
    TermTable table = table();
    table.check("jane", 7);
    table.check("jane", 7);
    assertRefused(
        () -> table.check("jane", 6),
        "The placement is stale: it has term 6 for this user, and this server has been asked with 7");
    table.check("jane", 9);
    assertStale(() -> table.check("jane", 7));
    table.check("joe", 1);
  }

  @Test
  void aUserIsTheSameInAnyCase() throws Exception {
    TermTable table = table();
    table.check("Jane@Example.org", 7);
    assertStale(() -> table.check("jane@example.ORG", 6));
  }

  @Test
  void theHighestTermIsMinusOneWithoutSign() throws Exception {
    TermTable table = table();
    table.check("jane", 0);
    table.check("jane", Long.MAX_VALUE);
    table.check("jane", -1);
    assertRefused(() -> table.check("jane", Long.MAX_VALUE), "18446744073709551615");
  }

  @Test
  void nothingIsForgottenHoweverManyUsersThereAreAndHoweverOftenTheServerStarts() throws Exception {
    Map<String, Long> model = new HashMap<>();
    Random random = new Random(5);
    for (int start = 0; start < 4; start++) {
      try (TermTable table = table()) {
        for (int i = 0; i < 400; i++) {
          String user = "user" + random.nextInt(1500);
          long term = random.nextInt(1000);
          long highest = model.getOrDefault(user, 0L);
          if (term < highest) {
            assertStale(() -> table.check(user, term));
          } else {
            table.check(user, term);
            model.put(user, term);
          }
        }
      }
    }
    try (Stream<Path> files = Files.list(directory())) {
      assertThat(files.filter(file -> file.getFileName().toString().startsWith("terms-")))
          .as("files, each twice as large as the one before")
          .hasSizeGreaterThan(2);
    }
  }

  /** What a process that is killed leaves is what another one finds at that moment. */
  @Test
  void whatWasTakenIsThereAfterACrashAtAnyMoment() throws Exception {
    TermTable table = table();
    for (int i = 0; i < 200; i++) {
      table.check("user" + i, 10 + i);
      if (i % 50 == 7) {
        Path crashed = copy("crash" + i);
        try (TermTable after = table(crashed)) {
          for (int j = 0; j <= i; j++) {
            int user = j;
            assertStale(() -> after.check("user" + user, 9 + user));
          }
          after.check("user" + (i + 1), 1);
        }
      }
    }
  }

  private Path copy(String name) throws IOException {
    Path copy = Files.createDirectory(parent.resolve(name));
    try (Stream<Path> files = Files.list(directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void aFileThatWasBeingMadeInACrashIsMadeAnew() throws Exception {
    Files.createDirectory(directory());
    Files.writeString(directory().resolve("terms-00.new"), "half");
    table().check("jane", 1);
    assertThat(directory().resolve("terms-00.new")).doesNotExist();
  }

  @Test
  void onlyTheServerMayReadIt() throws Exception {
    table().check("jane", 1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory().resolve("terms-00"))))
        .isEqualTo("rw-------");
  }

  @Test
  void noUsersNameIsInTheFile() throws Exception {
    table().check("janes-name", 1);
    assertThat(new String(Files.readAllBytes(directory().resolve("terms-00")), "ISO-8859-1"))
        .doesNotContain("janes-name");
  }

  @Test
  void aSecondServerIsRefusedUntilTheFirstHasEnded() throws Exception {
    TermTable first = table();
    first.check("jane", 5);
    TermTable second = table();
    assertRefused(() -> second.check("jane", 5), "another server keeps its terms there");
    first.close();
    assertStale(() -> second.check("jane", 4));
    assertRefused(() -> first.check("jane", 5), "the server is stopping");
  }

  @Test
  void aDamagedRecordIsTakenForNoTermAndWhatToDoIsSaid() throws Exception {
    try (TermTable table = table()) {
      table.check("jane", 5);
    }
    try (RandomAccessFile file =
        new RandomAccessFile(directory().resolve("terms-00").toFile(), "rw")) {
      file.seek(4096 + 23); // the last byte of the term
      file.write(1);
    }
    TermTable table = table();
    assertRefused(() -> table.check("jane", 9), "terms-00 is damaged; move the directory away");
  }

  @Test
  void aFileThatIsCutOrOfSomethingElseIsRefused() throws Exception {
    try (TermTable table = table()) {
      table.check("jane", 5);
    }
    Path file = directory().resolve("terms-00");
    byte[] whole = Files.readAllBytes(file);
    for (byte[] other :
        List.of(
            new byte[0],
            java.util.Arrays.copyOf(whole, 4096),
            java.util.Arrays.copyOf(whole, whole.length - 1),
            java.util.Arrays.copyOf(whole, whole.length + 4096 * 2),
            new byte[whole.length])) {
      Files.write(file, other);
      assertRefused(() -> table().check("jane", 9), "is damaged");
    }
    Files.write(file, whole);
    assertStale(() -> table().check("jane", 4));
  }

  @Test
  void filesOfTwoTablesAreNotMixed() throws Exception {
    try (TermTable table = table();
        TermTable other = table(parent.resolve("other"))) {
      for (int i = 0; i < 300; i++) {
        table.check("user" + i, 1);
        other.check("user" + i, 1);
      }
    }
    Files.copy(
        parent.resolve("other/terms-01"),
        directory().resolve("terms-01"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    assertRefused(() -> table().check("user1", 1), "does not belong to");
  }

  @Test
  void whereItCannotBeMadeNobodyIsTouched() {
    TermTable table = table(parent.resolve("no/such/terms"));
    assertRefused(() -> table.check("jane", 1), "cannot be kept in " + parent.resolve("no/such"));
  }

  @Test
  void aThreadThatIsInterruptedSpoilsItForNobody() throws Exception {
    TermTable table = table();
    Thread.currentThread().interrupt();
    table.check("jane", 5);
    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    assertStale(() -> table.check("jane", 4));
    table.check("joe", 1);
  }

  @Test
  void ofManyThreadsNoneGoesOnWithLessThanWasTakenBeforeItBegan() throws Exception {
    TermTable table = table();
    int threads = 8;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CyclicBarrier together = new CyclicBarrier(threads);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int own = thread;
        all.add(
            executor.submit(
                () -> {
                  together.await();
                  for (int term = 0; term < 30; term++) {
                    table.check("user" + own + "-" + term, 1);
                    try {
                      table.check("jane", term * threads + own);
                    } catch (Failure e) {
                      assertThat(e).hasMessageContaining("stale");
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      executor.shutdownNow();
    }
    long highest = 30 * threads - 1;
    assertStale(() -> table.check("jane", highest - 1));
    assertThatCode(() -> table.check("jane", highest)).doesNotThrowAnyException();
  }

  @Test
  void whereNoneAreKeptATermIsRefused() {
    assertThat(Terms.NONE.areKept()).isFalse();
    assertRefused(() -> Terms.NONE.check("jane", 1), "This server keeps no terms");
  }
}
