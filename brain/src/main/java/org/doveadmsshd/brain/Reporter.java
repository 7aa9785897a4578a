package org.doveadmsshd.brain;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.UserName;
import org.doveadmsshd.brain.journal.Fate;
import org.doveadmsshd.brain.journal.UserEnd;
import org.doveadmsshd.brain.progress.StatusLine;
import org.doveadmsshd.brain.progress.StatusLines;
import org.doveadmsshd.protocol.Message;

/**
 * What a run says on standard error: messages about users, progress, and the summary. Counts
 * outcomes and knows the exit code. Safe for several threads.
 *
 * <p>Its lock is held while a line is written, and so as long as a client does not read. The counts
 * that {@code who} shows are read without it.
 */
final class Reporter implements RunListener {
  private static final int MAX_NOTES = 100;
  private static final int TEMPORARY = Outcome.TEMPORARY_FAILURE.exitCode();

  private final OutputStream error;
  private final StatusLines status;
  private final boolean verbose;
  private final boolean several;
  private final String command;
  private final long begun = System.nanoTime();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Map<String, String> held = new TreeMap<>();
  private final Repeats ofUsers = new Repeats();
  private final Map<Message.Log.Level, Repeats> ofWorkers = new EnumMap<>(Message.Log.Level.class);
  private final Map<Fate, Long> fates = new EnumMap<>(Fate.class);
  private volatile long done; // changed with the lock held
  private volatile long failed; // changed with the lock held
  private long doneBefore;
  private boolean listCut;
  private int impossible;
  private long misplaced;
  private int exitCode;
  private boolean asking;
  private String lastFailure = "";
  private final Set<String> noted = new HashSet<>();

  /**
   * @param status where progress is shown; cleared before anything else is written
   * @param several whether the run is for as many users as there are
   */
  Reporter(
      OutputStream error, StatusLines status, boolean verbose, boolean several, String command) {
    this.error = error;
    this.status = status;
    this.verbose = verbose;
    this.several = several;
    this.command = command;
  }

  /** Passes on a line of a worker, unless the like has been said often enough. */
  synchronized void log(String user, Message.Log.Level level, String text) throws IOException {
    if (level == Message.Log.Level.DEBUG && !verbose) {
      return;
    }
    Repeats repeats = ofWorkers.computeIfAbsent(level, each -> new Repeats());
    if (repeats.isToBeSaid(text) || verbose) {
      say(user, level, text);
    }
  }

  /** Writes a line: {@code doveadm(user): Warning: text}. */
  private void say(String user, Message.Log.Level level, String text) throws IOException {
    String word =
        switch (level) {
          case DEBUG -> "Debug";
          case INFO -> "Info";
          case WARNING -> "Warning";
          case ERROR -> "Error";
        };
    String about = user.isEmpty() ? "doveadm" : "doveadm(" + user + ")";
    line(about + ": " + word + ": " + text);
  }

  @Override
  public synchronized void ended(UserEnd end) throws IOException {
    Fate fate = Fate.of(end.outcome());
    fates.merge(fate, 1L, Long::sum);
    if (fate.isUndone()) {
      return;
    }
    if (fate == Fate.SKIPPED && several) {
      repeated(end.user(), Message.Log.Level.INFO, skippedText(end));
      return;
    }
    end.counts().forEach((what, number) -> counts.merge(what, number, Long::sum));
    done = count(Fate.DONE) + count(Fate.FAILED);
    failed = count(Fate.FAILED);
    if (fate != Fate.DONE) {
      sayWhy(end);
    }
  }

  /** Called with this locked. */
  private long count(Fate fate) {
    return fates.getOrDefault(fate, 0L);
  }

  /** Says why the command was not carried out. */
  private void sayWhy(UserEnd end) throws IOException {
    if (end.user().isEmpty()) {
      failed(end.outcome(), end.text());
      return;
    }
    exit(end.outcome());
    if (end.outcome() == Outcome.UNKNOWN) {
      say(end.user(), Message.Log.Level.ERROR, end.text()); // somebody must look after each
    } else {
      repeated(end.user(), Message.Log.Level.ERROR, end.text());
    }
  }

  private static String skippedText(UserEnd end) {
    return end.attempts() == 0 ? end.text() : "User no longer exists, skipping";
  }

  /** Says something of a user, unless it has been said of many already. */
  private void repeated(String user, Message.Log.Level level, String text) throws IOException {
    if (ofUsers.isToBeSaid(text) || verbose) {
      say(user, level, text);
    }
  }

  /** Notes a failure that is not one user's. */
  synchronized void failed(Outcome outcome, String text) throws IOException {
    exit(outcome);
    once(text);
  }

  /** Notes a name that no user can have. A list may be full of them. */
  synchronized void impossible(String name) throws IOException {
    exit(Outcome.NO_USER);
    impossible++;
    if (impossible <= Repeats.SAID || verbose) {
      say("", Message.Log.Level.ERROR, UserName.explanation(name));
    }
  }

  /**
   * Notes that a server cannot be used. Whether that is a failure depends on the users that need
   * it.
   */
  synchronized void unavailable(Failure failure) throws IOException {
    once(failure.getMessage());
  }

  /** Passes on, once, a warning about a server. */
  synchronized void note(String text) throws IOException {
    if (noted.size() < MAX_NOTES && noted.add(text)) {
      say("", Message.Log.Level.WARNING, text);
    }
  }

  private void once(String text) throws IOException {
    if (!text.equals(lastFailure)) { // a server that is down is met more than once
      lastFailure = text;
      say("", Message.Log.Level.ERROR, text);
    }
  }

  /** Notes it as a failure when users were named, and there is none of them. */
  synchronized void checkThatSomebodyExists() throws IOException {
    long skipped = count(Fate.SKIPPED);
    if (skipped > 0 && done == 0) {
      failed(Outcome.NO_USER, skipped == 1 ? "The user doesn't exist" : "No user of these exists");
    }
  }

  /** Whether something has failed, and nobody has come to a good end. */
  synchronized boolean isInVain() {
    return done == failed && (exitCode != 0 || count(Fate.SKIPPED) > 0);
  }

  /** Counts a user that was listed by a server where he is not worked on. */
  synchronized void addMisplaced() {
    misplaced++;
  }

  synchronized long misplaced() {
    return misplaced;
  }

  /** The first failure decides, but a temporary one overrides all. */
  private void exit(Outcome outcome) {
    if (exitCode == 0 || outcome.exitCode() == TEMPORARY) {
      exitCode = outcome.exitCode();
    }
  }

  synchronized int exitCode() {
    return exitCode;
  }

  long done() {
    return done;
  }

  long failedUsers() {
    return failed;
  }

  /** Shows how far the run is, in the place of what was shown before. */
  synchronized void show(List<StatusLine> lines) throws IOException {
    if (!asking) {
      status.show(lines);
    }
  }

  /** A question stands on the screen, or does no more: nothing is shown over it. */
  synchronized void setAsking(boolean begins) throws IOException {
    asking = begins;
    status.clear();
  }

  /** Notes what holds the run up at a server; nothing when nothing does any more. */
  synchronized void setHeld(String server, Optional<String> why) {
    held.remove(server);
    why.ifPresent(text -> held.put(server, text));
  }

  /** What has been counted beside users, as it is said behind their number; may be empty. */
  synchronized String counted() {
    StringBuilder text = new StringBuilder();
    counts.forEach((what, number) -> text.append(", %,d %s".formatted(number, what)));
    held.values().forEach(why -> text.append(", ").append(why));
    add(text, doneBefore, "done before");
    add(text, count(Fate.SKIPPED), "skipped");
    add(text, count(Fate.STOPPED), "stopped");
    add(text, count(Fate.NOT_BEGUN), "not begun");
    return text.toString();
  }

  /** Says how far the run is, on a line that stays. */
  synchronized void sayHowFar() throws IOException {
    if (!asking) {
      line(command + ": " + users() + tail());
    }
  }

  /** Says how often what was not said any more, as it had been said often enough. */
  synchronized void leftOut() throws IOException {
    if (verbose) {
      return;
    }
    List<String> lines = new ArrayList<>();
    ofWorkers.forEach(
        (level, repeats) ->
            repeats.forEachLeftOut(
                (text, times) -> lines.add(more(times, noun(level), "shows") + text)));
    ofUsers.forEachLeftOut((text, times) -> lines.add(more(times, "user", "names") + text));
    if (impossible > Repeats.SAID) {
      lines.add(more(impossible - Repeats.SAID, "name", "shows") + "No user can have it");
    }
    for (String line : lines) {
      line(line);
    }
  }

  private static String more(int times, String noun, String does) {
    String what = times == 1 ? "1 more " + noun : "%,d more %ss".formatted(times, noun);
    return "doveadm: %s (-v %s %s): "
        .formatted(what, does, "user".equals(noun) || times > 1 ? "them" : "it");
  }

  private static String noun(Message.Log.Level level) {
    return level == Message.Log.Level.ERROR
        ? "error"
        : level == Message.Log.Level.WARNING ? "warning" : "message";
  }

  /** Notes how many users have been left as an earlier run has left them. */
  synchronized void doneBefore(long users) {
    doneBefore = users;
  }

  /** Notes whether the run was stopped before all users had been named. */
  synchronized void setListCut(boolean isCut) {
    listCut = isCut;
  }

  /** Sums up a run over several users. */
  synchronized void summary() throws IOException {
    held.clear();
    if (misplaced > 0) {
      line("doveadm: " + Fleet.misplaced(misplaced));
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    line("%s: %s%s, %.1f s".formatted(command, users(), tail(), seconds));
  }

  private String users() {
    return done == 1 ? "1 user" : "%,d users".formatted(done);
  }

  private String tail() {
    StringBuilder text = new StringBuilder(counted());
    add(text, failed, "failed");
    text.append(listCut ? ", the list was not read to its end" : "");
    return text.toString();
  }

  private static void add(StringBuilder text, long number, String what) {
    if (number > 0) {
      text.append(", %,d %s".formatted(number, what));
    }
  }

  /** Takes what shows progress from the screen, if it is there, until it is shown again. */
  synchronized void clearStatus() throws IOException {
    status.clear();
  }

  /** Writes a line that stays. */
  synchronized void line(String text) throws IOException {
    status.clear();
    error.write((Printable.line(text) + "\n").getBytes(StandardCharsets.UTF_8));
    error.flush();
  }
}
