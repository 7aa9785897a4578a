package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What administrators may do wrong with a fleet, or what may be wrong around it, as {@code
 * doveadm-ssh} answers it: one clear line, the right exit code, and nothing changed.
 *
 * <p>Variations of these are tested where they are decided:
 *
 * <ul>
 *   <li>unknown servers in masks: {@code
 *       PlacementSettingsTest.whatIsWrongWithMasksIsSaidWithItsLine}
 *   <li>files of users with any mistake, bytes that are no UTF-8, lines without end: {@code
 *       FilePlacementTest}
 *   <li>queries whose answer cannot be a place: {@code SqlPlacementTest}; databases that are down,
 *       silent or mad: {@code SqlDownTest}; a placement that keeps users waiting: {@code
 *       PlacementDriversTest.aPlacementThatKeepsOneUserWaitingInVainIsSparedTheOthers}
 *   <li>one server under two names: {@code PlacementTest.oneServerUnderTwoNamesIsRefusedWithBoth}
 *   <li>an empty list of servers, and what is wrong behind {@code servers}: {@code
 *       ServersCommandTest}
 *   <li>journals of another command, of another input, damaged, newer: {@code JournaledRunTest},
 *       {@code JournalFormatTest}; two programs that write one: {@code
 *       JournalFormatTest.twoRunsCannotWriteOne}
 *   <li>a brain that is killed and resumed: {@code KilledBrainTest}
 * </ul>
 */
@Timeout(300)
class FleetMistakesTest {
  private static final String USER = "user0001@example.com";
  private static final String NOBODY = "No user is called ";
  private static final byte[] NOTHING = new byte[0];

  @TempDir static Path directory;
  private static TestSite site;

  /** A run over several users, which is written down and may be gone on with. */
  private static Path journal;

  @BeforeAll
  static void start() throws Exception {
    site = new TestSite(directory, 4);
    TestSite.Result made = run("", NOTHING, List.of("mailbox", "create", "-A", "Fleet"));
    assertThat(made.code()).as(made.error()).isZero();
    try (Stream<Path> files = Files.walk(directory.resolve("fleet-state"))) {
      journal =
          files.filter(file -> file.toString().endsWith(".journal")).findFirst().orElseThrow();
    }
  }

  @AfterAll
  static void stop() {
    site.close();
  }

  private Path users;

  @BeforeEach
  void write() throws Exception {
    users = directory.resolve("places");
    Files.writeString(users, USER + " one\n");
  }

  /** Carries a line out on the one server there is. */
  private static TestSite.Result run(String settings, byte[] input, List<String> words)
      throws Exception {
    return site.exec(input, line(settings, words).toArray(String[]::new));
  }

  private static List<String> line(String settings, List<String> words) throws IOException {
    Files.writeString(
        directory.resolve("doveadm-ssh.conf"),
        """
        known_hosts = known_hosts
        identity = key-admin
        state_directory = fleet-state
        %s
        """
                .formatted(settings.contains("server one") ? "" : server())
            + settings);
    return site.doveadmSshWords(words.toArray(String[]::new));
  }

  private static String server() {
    return "server one {\nhost = 127.0.0.1\nport = %d\nuser = admin\nworkers = 1\n}\n"
        .formatted(site.port());
  }

  private static String placement(String lines) {
    return "placement {\n" + lines + "\n}\n";
  }

  private static String inFile() {
    return placement("driver = static\nfile = " + directory.resolve("places"));
  }

  private static String query(String settings) throws IOException {
    Path file = directory.resolve("sql-" + Integer.toHexString(settings.hashCode()) + ".conf");
    Files.writeString(file, settings);
    return placement("driver = sql\nargs = " + file);
  }

  /**
   * Something that is wrong.
   *
   * @param settings further lines of the configuration
   * @param input on standard input
   * @param says what the line has in it, beside others
   */
  private record Wrong(
      String what, String settings, byte[] input, List<String> words, int code, String says) {
    Wrong(String what, String settings, int code, String says, String... words) {
      this(what, settings, NOTHING, List.of(words), code, says);
    }

    @Override
    public String toString() {
      return what;
    }
  }

  private static Wrong named(String what, byte[] name, int code, String says) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes(name);
    input.write('\n');
    List<String> words = List.of("mailbox", "create", "-F", "-", "Wrong");
    return new Wrong(what, "", input.toByteArray(), words, code, says);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static List<Wrong> all() throws Exception {
    String[] create = {"mailbox", "create", "-u", USER, "Wrong"};
    String longest = "x".repeat(255);
    Path empty = directory.resolve("empty.db");
    if (!Files.exists(empty)) {
      Files.createFile(empty); // a database without tables
    }
    List<Wrong> all = new ArrayList<>();
    all.add(
        new Wrong(
            "an unknown server in masks",
            placement("driver = static\nmasks {\n* = nine\n}"),
            78,
            "there is no server nine",
            create));
    all.add(
        new Wrong(
            "an unknown server that a query names",
            query("driver = sqlite\nconnect = " + empty + "\nquery = SELECT 'nine'\n"),
            65,
            "The user is placed on \"nine\", and the configuration has no server of that name",
            create));
    all.add(
        new Wrong(
            "a database of places that is down",
            query("driver = sqlite\nconnect = /nonexistent/db\nquery = SELECT 'one'\n"),
            75,
            "It cannot be said where the user is",
            create));
    all.add(
        new Wrong(
            "a file of places that is not there",
            placement("driver = static\nfile = /nonexistent/places"),
            78,
            "/nonexistent/places",
            create));
    all.add(
        new Wrong(
            "no server at all",
            "server one {\nhost = 127.0.0.1\nuser = admin\n}\n",
            78,
            "The configuration has no server two",
            "-s",
            "two",
            "mailbox",
            "create",
            "-u",
            USER,
            "Wrong"));
    all.add(new Wrong("a name with a line end", "", 64, NOBODY, "search", "-u", "a\nb", "all"));
    all.add(new Wrong("an empty name", "", 64, NOBODY, "mailbox", "create", "-u", "", "Wrong"));
    all.add(
        new Wrong(
            "a name that is too long",
            "",
            64,
            NOBODY,
            "mailbox",
            "create",
            "-u",
            longest + "x",
            "Wrong"));
    all.add(
        new Wrong(
            "a name of 255 characters that nobody has",
            "",
            67,
            "User doesn't exist",
            "mailbox",
            "create",
            "-u",
            longest,
            "Wrong"));
    all.add(
        new Wrong(
            "a name with spaces and quotes that nobody has",
            "",
            67,
            "User doesn't exist: no 'such' \"user\"",
            "mailbox",
            "create",
            "-u",
            "no 'such' \"user\"",
            "Wrong"));
    all.add(named("a listed name that is no UTF-8", new byte[] {'j', (byte) 0xff}, 67, NOBODY));
    all.add(named("a listed name with a bell", utf8("j\u0007"), 67, NOBODY));
    all.add(named("a listed name that is too long", utf8(longest + "x"), 67, NOBODY));
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void whatIsWrongIsOneLineAndChangesNothing(Wrong wrong) throws Exception {
    List<String> before = mailboxes();
    List<String> journals = journals();
    TestSite.Result result = run(wrong.settings(), wrong.input(), wrong.words());
    assertThat(result.error()).contains(wrong.says()).doesNotContain("\u0007", "Exception");
    List<String> lines =
        said(result).stream().filter(line -> !line.contains("mailbox create: ")).toList();
    boolean explains = wrong.code() == 78 && result.error().contains("has mistakes");
    assertThat(lines).as(result.error()).hasSize(explains ? 2 : 1);
    assertThat(result.code()).as(result.error()).isEqualTo(wrong.code());
    assertThat(result.out()).isEmpty();
    assertThat(mailboxes()).isEqualTo(before);
    if (wrong.input().length == 0) {
      assertThat(journals()).isEqualTo(journals);
    }
  }

  /** Without what the loggers of the tests' own class path say. */
  private static List<String> said(TestSite.Result result) {
    return result.error().lines().filter(line -> !line.startsWith("SLF4J")).toList();
  }

  private static List<String> mailboxes() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("homes"))) {
      return files
          .filter(Files::isDirectory)
          .map(Path::toString)
          .sorted(Comparator.naturalOrder())
          .toList();
    }
  }

  private static List<String> journals() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("fleet-state"))) {
      return files.map(Path::toString).filter(name -> name.endsWith(".journal")).sorted().toList();
    }
  }

  private static Path copy(String change, String into) throws IOException {
    Path copy = directory.resolve("copy.journal");
    Files.writeString(copy, Files.readString(journal).replaceFirst(change, into));
    return copy;
  }

  @Test
  void aJournalOfAnotherCommandIsNotGoneOnWith() throws Exception {
    String before = Files.readString(journal);
    List<String> words =
        List.of("--resume", journal.toString(), "mailbox", "delete", "-A", "Fleet");
    TestSite.Result result = run("", NOTHING, words);
    assertThat(result.code()).isEqualTo(64);
    assertThat(said(result)).singleElement().asString().contains("is of another command: mailbox");
    assertThat(journal).hasContent(before);
  }

  @Test
  void aJournalOfANewerVersionIsLeftAlone() throws Exception {
    Path newer = copy("\"journal\":1", "\"journal\":2");
    String before = Files.readString(newer);
    TestSite.Result result = run("", NOTHING, List.of("--resume", newer.toString()));
    assertThat(result.code()).isEqualTo(78);
    assertThat(said(result)).singleElement().asString().contains("a newer one wrote it");
    assertThat(newer).hasContent(before);
  }

  /** The first one waits for the names of its users. */
  private static Process begin(String settings, String... words) throws Exception {
    return new ProcessBuilder(line(settings, List.of(words)))
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("error").toFile())
        .start();
  }

  private static void name(Process run, String user) throws IOException {
    OutputStream in = run.getOutputStream();
    in.write(utf8(user + "\n"));
    in.flush();
  }

  private static String read(String file) throws IOException {
    return Files.readString(directory.resolve(file));
  }

  private interface Look {
    boolean isThere() throws IOException;
  }

  private static void await(Look look) throws Exception {
    BooleanSupplier there =
        () -> {
          try {
            return look.isThere();
          } catch (IOException e) {
            return false;
          }
        };
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!there.getAsBoolean()) {
      assertThat(System.nanoTime()).as(read("error")).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static int end(Process run) throws Exception {
    run.getOutputStream().close();
    assertThat(run.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return run.exitValue();
  }

  @Test
  void ofTwoThatGoOnWithOneJournalTheSecondIsRefused() throws Exception {
    Path own = directory.resolve("two.journal");
    Files.deleteIfExists(own);
    List<String> words = List.of("--journal", own.toString(), "search", "-F", "-", "all");
    Process first = begin("", words.toArray(String[]::new));
    try {
      name(first, USER);
      await(() -> read("two.journal").contains(USER));
      TestSite.Result second = run("", utf8(USER + "\n"), List.of("--resume", own.toString()));
      assertThat(second.code()).isEqualTo(75);
      assertThat(said(second))
          .singleElement()
          .asString()
          .contains("is being written by another run");
      assertThat(end(first)).isZero();
      TestSite.Result third = run("", utf8(USER + "\n"), List.of("--resume", own.toString()));
      assertThat(third.code()).as(third.error()).isZero();
    } finally {
      first.destroyForcibly();
    }
  }

  private void place(String text) throws IOException {
    Path next = Files.writeString(directory.resolve("places.new"), text);
    Files.move(next, users, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aPlacementThatChangesDuringARunCountsForTheUsersThatFollow() throws Exception {
    String other = "server two {\nsocket = /nonexistent/lanes\n}\n";
    String second = "user0003@example.com";
    place(USER + " one\n" + second + " one\n");
    Process run = begin(inFile() + other, "search", "-F", "-", "all");
    try {
      name(run, USER);
      await(() -> read("out").contains(USER));
      place(USER + " one\n" + second + " two\n");
      name(run, second);
      await(() -> read("error").contains(second + "): Error: "));
      assertThat(read("error")).contains("/nonexistent/lanes");
      place(USER + " nine\n");
      name(run, "user0004@example.org");
      await(() -> read("error").contains("user0004@example.org): Error: "));
      assertThat(read("error")).contains("line 1: the configuration has no server \"nine\"");
      place("user0002@example.org one\n");
      name(run, "user0002@example.org");
      await(() -> read("out").contains("user0002@example.org"));
      assertThat(end(run)).as(read("error")).isEqualTo(75);
      assertThat(read("error")).contains("search: 4 users", "2 failed");
    } finally {
      run.destroyForcibly();
    }
  }

  @Test
  void aDatabaseOfPlacesThatSaysNothingHoldsNobodyUpForLong() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String settings =
          query(
              "driver = pgsql\nconnect = host=127.0.0.1 port=%d dbname=x user=x password=x\n"
                      .formatted(silent.getLocalPort())
                  + "query = SELECT 'one'\n");
      byte[] names = utf8(USER + "\nuser0004@example.org\nuser0002@example.org\n");
      TestSite.Result result =
          run(settings, names, List.of("mailbox", "create", "-F", "-", "Wrong"));
      assertThat(result.code()).as(result.error()).isEqualTo(75);
      assertThat(result.error()).contains("It cannot be said where the user is", "3 failed");
      assertThat(mailboxes()).noneMatch(path -> path.contains("Wrong"));
    }
  }
}
