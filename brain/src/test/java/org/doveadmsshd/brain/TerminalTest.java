package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.CommandLineOptions;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.Value;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a terminal is sent of what strangers have written, and what a pipe is. */
@Timeout(60)
class TerminalTest {
  /** ESC, a C1 control, an override of the reading direction, BEL, a lone CR; some text. */
  private static final String EVIL = "a\u001b[31mb\u009b2Jc\u202ed\u0007e\rf\u0085g\u2028h ä €";

  private static final byte[] NO_UTF8 = {'x', (byte) 0x9b, '3', '1', 'm', (byte) 0xff, 'y'};

  /** Of {@code fetch hdr.subject text mailbox}. */
  private static final List<Column> COLUMNS = columns();

  private static List<Column> columns() {
    try {
      Command.Time time = new Command.Time(Instant.EPOCH, () -> ZoneOffset.UTC);
      Command fetch = CommandCatalog.find("fetch").orElseThrow();
      Words words = Words.parse("fetch", List.of(), List.of("hdr.subject text mailbox", "all"));
      return fetch.prepare(words, time).columns();
    } catch (Failure e) {
      throw new AssertionError(e);
    }
  }

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream error = new ByteArrayOutputStream();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** Its users have names of that kind, and so has everything that it says of them. */
  private static final class EvilServer implements Server {
    private final boolean lists;

    EvilServer(boolean lists) {
      this.lists = lists;
    }

    @Override
    public String name() {
      return "s" + EVIL;
    }

    @Override
    public boolean mayHave(String user) {
      return true;
    }

    @Override
    public void listUsers(UserMask mask, Consumer<String> taker) {
      taker.accept("user" + EVIL.replaceAll("\\p{Cntrl}", "") + "1");
      taker.accept("user2");
    }

    @Override
    public void work(UserQueue queue, int limit) throws Failure {
      try {
        for (Assignment next; (next = queue.take()) != null; ) {
          answer(next.attempt(0, () -> {}));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        throw Failure.temporary("gone", e);
      }
    }

    private void answer(Assignment.Attempt attempt) throws IOException {
      if (lists) {
        attempt.send(new Message.Columns(1, List.of(new Column("mailbox", Column.HIDE_TITLE))));
        attempt.send(new Message.Row(1, List.of(Value.of(EVIL))));
      } else {
        fetch(attempt);
      }
      attempt.send(new Message.Log(1, Message.Log.Level.WARNING, "warned " + EVIL));
      Map<String, Long> counts = Map.of("found" + EVIL, 1L);
      attempt.send(new Message.Done(1, Outcome.TEMPORARY_FAILURE, "failed " + EVIL, counts, 10));
    }

    private static void fetch(Assignment.Attempt attempt) throws IOException {
      attempt.send(new Message.Columns(1, COLUMNS));
      Value subject = Value.of(EVIL);
      attempt.send(new Message.Row(1, List.of(subject, Value.CHUNKED, subject)));
      byte[] text = (EVIL + "\r\nnext\n").getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < text.length; i++) { // characters come in pieces
        attempt.send(new Message.Chunk(1, false, ByteBuffer.wrap(text, i, 1)));
      }
      attempt.send(new Message.Chunk(1, true, ByteBuffer.wrap(NO_UTF8)));
    }

    @Override
    public void cancel() {}

    @Override
    public void abandon() {}
  }

  private int run(boolean terminal, String... words) throws IOException {
    Console console = new Console(InputStream.nullInputStream(), out, error, terminal, 80);
    MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
    List<Server> servers = List.of(new EvilServer(List.of(words).contains("list")));
    Brain.Resources resources = new FixedResources(servers, budget.all());
    return new Brain(threads, Clock.systemUTC(), new About("doveadm"))
        .run(List.of(words), console, resources, started -> {});
  }

  /** Nothing but what stands in its place; CR and the like place the lines of progress. */
  private static void expectHarmless(ByteArrayOutputStream shown, boolean progress) {
    String all = shown.toString(StandardCharsets.UTF_8);
    String text = progress ? all.replaceAll("\r\u001b\\[J", "\r") : all;
    text.codePoints()
        .forEach(
            c ->
                assertThat(c)
                    .as(text)
                    .matches(
                        x ->
                            x == '\n'
                                || x == '\t'
                                || x == '\f'
                                || progress && x == '\r'
                                || !Character.isISOControl(x)
                                    && (x < 0x202a || x > 0x202e)
                                    && x != 0x2028));
  }

  private static List<String> formatters() {
    return CommandLineOptions.FORMATTERS;
  }

  @ParameterizedTest
  @MethodSource("formatters")
  void aTerminalIsSentNothingThatItObeys(String formatter) throws Exception {
    boolean streams = !formatter.equals("table"); // which refuses them
    int code =
        streams
            ? run(true, "-v", "-f", formatter, "fetch", "-A", "hdr.subject text mailbox", "all")
            : run(true, "-v", "-f", formatter, "mailbox", "list", "-A");
    assertThat(code).isEqualTo(75);
    expectHarmless(out, false);
    expectHarmless(error, true);
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("ä €");
    assertThat(error.toString(StandardCharsets.UTF_8))
        .contains("failed a\ufffd[31mb\ufffd2Jc\ufffdd", "warned a\ufffd", "found");
  }

  @Test
  void aPipeIsSentTheBytesThatAreThere() throws Exception {
    run(false, "-f", "flow", "fetch", "-A", "hdr.subject text mailbox", "all");
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.write((EVIL + "\r\nnext\n").getBytes(StandardCharsets.UTF_8));
    expected.write(NO_UTF8);
    assertThat(out.toString(StandardCharsets.ISO_8859_1))
        .contains("hdr.subject=" + new String(EVIL.getBytes(StandardCharsets.UTF_8), "ISO-8859-1"))
        .contains(expected.toString(StandardCharsets.ISO_8859_1));
    expectHarmless(error, false);
  }

  @Test
  void complaintsAboutTheWordsAreHarmlessToo() throws Exception {
    for (String[] words :
        List.of(
            new String[] {EVIL},
            new String[] {"help", EVIL},
            new String[] {"mailbox", EVIL},
            new String[] {"-f", EVIL, "who"},
            new String[] {"search", "-A", EVIL},
            new String[] {"search", "--" + EVIL},
            new String[] {"pw", "-s", EVIL, "-p", "x"},
            new String[] {"mailbox", "mutf7", "-7", EVIL})) {
      error.reset();
      assertThat(run(false, words)).as(words[0]).isNotZero();
      assertThat(error.size()).isPositive();
      expectHarmless(error, false);
      assertThat(error.toString(StandardCharsets.UTF_8)).endsWith("\n").hasLineCount(1);
    }
  }

  @Test
  void whatIsCarriedOutHereIsShownLikewise() throws Exception {
    assertThat(run(true, "pw", "-s", "PLAIN", "-p", EVIL)).isZero();
    expectHarmless(out, false);
    out.reset();
    assertThat(run(false, "pw", "-s", "PLAIN", "-p", EVIL)).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("{PLAIN}" + EVIL + "\n");
  }
}
