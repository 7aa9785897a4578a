package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real terminal in which a program runs, and who sits at it: a tmux(1) of our own with one
 * window.
 */
final class Tmux implements AutoCloseable {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_MILLIS = 20;

  /** What tmux sends when a window has no other name. */
  private static final String TERM = "tmux-256color";

  /**
   * Says how the program has ended: tmux itself does not always know. Ctrl-C goes to the shell
   * around the program, too, which would end.
   */
  private static final String AND_THEN = "trap : INT; \"$@\"; echo \"[exit code $?]\"; read line";

  private static final Pattern ENDED = Pattern.compile("\\[exit code ([0-9]+)]");

  private final Path directory;
  private final Path socket;

  Tmux(Path directory, List<String> program) throws IOException, InterruptedException {
    this(directory, TERM, program);
  }

  /**
   * Starts a program in a terminal of 100 columns and 30 rows.
   *
   * @param term what the program finds in TERM
   */
  Tmux(Path directory, String term, List<String> program) throws IOException, InterruptedException {
    this.directory = directory;
    socket = Files.createTempDirectory(directory, "tmux").resolve("socket");
    List<String> start = new ArrayList<>(List.of("new-session", "-d", "-x", "100", "-y", "30"));
    start.addAll(List.of("env", "TERM=" + term, "sh", "-c", AND_THEN, "sh"));
    start.addAll(program);
    List<String> words = new ArrayList<>(List.of("set-option", "-g", "status", "off", ";"));
    words.addAll(List.of("set-option", "-g", "history-limit", "5000", ";"));
    words.addAll(List.of("set-option", "-s", "escape-time", "0", ";"));
    words.addAll(start);
    tmux(words.toArray(String[]::new));
  }

  /** Whether this machine has one. */
  static boolean isThere() {
    return isThere("tmux");
  }

  /** Whether this machine has a program. */
  static boolean isThere(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private String tmux(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("tmux", "-u", "-S", socket.toString()));
    line.addAll(List.of("-f", "/dev/null"));
    line.addAll(Arrays.asList(words));
    Path out = Files.createTempFile(directory, "tmux", "");
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().remove("TMUX");
    Process process = builder.redirectOutput(out.toFile()).start();
    assertThat(process.waitFor(LONG_NANOS, TimeUnit.NANOSECONDS)).as("tmux answers").isTrue();
    String said = Files.readString(out, StandardCharsets.UTF_8);
    Files.delete(out);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }

  /** Types characters as they are. */
  Tmux type(String text) throws IOException, InterruptedException {
    tmux("send-keys", "-l", "--", text);
    return this;
  }

  /** Presses keys by the names that tmux has for them. */
  Tmux press(String... names) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("send-keys", "--"));
    words.addAll(Arrays.asList(names));
    tmux(words.toArray(String[]::new));
    return this;
  }

  /** Types a line and ends it. */
  Tmux line(String text) throws IOException, InterruptedException {
    return type(text).press("Enter");
  }

  /** Pastes a text, which the terminal marks as pasted if the program has asked for that. */
  Tmux paste(String text) throws IOException, InterruptedException {
    Path file = Files.createTempFile(directory, "paste", "");
    Files.writeString(file, text);
    tmux("load-buffer", file.toString());
    tmux("paste-buffer", "-p");
    return this;
  }

  Tmux resize(int columns, int rows) throws IOException, InterruptedException {
    tmux("resize-window", "-x", "" + columns, "-y", "" + rows);
    return this;
  }

  /** What can be seen, a line each; blanks at their ends are left out. */
  List<String> screen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p").lines().toList();
  }

  /** As {@link #screen}, with what has gone out of sight above. */
  List<String> all() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p", "-S", "-").lines().toList();
  }

  /** As {@link #screen}, with the sequences of its colours. */
  String styled() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p", "-e");
  }

  /** The line in which the cursor stands. */
  String cursorLine() throws IOException, InterruptedException {
    return cursorLine(screen());
  }

  private String cursorLine(List<String> lines) throws IOException, InterruptedException {
    int row = Integer.parseInt(tmux("display-message", "-p", "#{cursor_y}").strip());
    return row < lines.size() ? lines.get(row) : "";
  }

  /** The title of the window, as programs may set it. */
  String title() throws IOException, InterruptedException {
    return tmux("display-message", "-p", "#{pane_title}");
  }

  /** Kills the program, which cannot say goodbye. */
  void kill() throws IOException, InterruptedException {
    long shell = Long.parseLong(tmux("display-message", "-p", "#{pane_pid}").strip());
    ProcessHandle.of(shell).orElseThrow().children().forEach(ProcessHandle::destroyForcibly);
    awaitsEnd();
  }

  /** Waits until a text can be seen. */
  Tmux awaits(String text) throws IOException, InterruptedException {
    return awaits(text, lines -> lines.stream().anyMatch(line -> line.contains(text)));
  }

  /** Waits until the line in which the cursor stands is this one, blanks at its end aside. */
  Tmux awaitsLine(String text) throws IOException, InterruptedException {
    long end = System.nanoTime() + LONG_NANOS;
    while (!cursorLine().stripTrailing().equals(text)) {
      goesOn(end, "the cursor in the line " + text);
    }
    return this;
  }

  /**
   * Waits until the screen is as it should be.
   *
   * @param what is waited for, in words
   */
  Tmux awaits(String what, Predicate<List<String>> screen)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + LONG_NANOS;
    while (!screen.test(screen())) {
      goesOn(end, what);
    }
    return this;
  }

  /** Waits until the program has ended; returns its exit code. */
  int awaitsEnd() throws IOException, InterruptedException {
    awaits("[exit code ");
    Matcher ended = ENDED.matcher(String.join("\n", screen()));
    assertThat(ended.find()).isTrue();
    return Integer.parseInt(ended.group(1));
  }

  private void goesOn(long end, String what) throws IOException, InterruptedException {
    if (System.nanoTime() > end) {
      throw new AssertionError(what + " does not come, only:\n" + String.join("\n", screen()));
    }
    Thread.sleep(LOOK_MILLIS);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    tmux("kill-server");
  }
}
