package org.doveadmsshd.supervisor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.doveadmsshd.settings.Settings;

/**
 * Starts scripted children: the first ones play what was {@linkplain #next queued}, all others the
 * usual. What happens to them can be waited for.
 */
final class ScriptedProgram implements WorkerPool.Starter {
  private static final int PATIENCE_SECONDS = 30;

  /** What a child does in all its life. */
  @FunctionalInterface
  interface Script {
    void play(ScriptedChild child) throws Exception;
  }

  /** Something that a child has heard, or its end. */
  record Event(int child, String what) {}

  private final Queue<Script> scripts = new ArrayDeque<>(); // guarded by this
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private int started; // guarded by this

  /** The next child that has no script yet plays this one. */
  synchronized ScriptedProgram next(Script script) {
    scripts.add(script);
    return this;
  }

  /** How many have been started. */
  synchronized int started() {
    return started;
  }

  @Override
  public synchronized Process start(Settings.ProcessSettings settings, Path socket)
      throws IOException {
    ScriptedChild child = new ScriptedChild();
    int number = ++started;
    Script script = scripts.isEmpty() ? each -> serve(each, number) : scripts.remove();
    child.onExit().thenRun(() -> events.add(new Event(number, "ends " + child.exitValue())));
    Thread thread =
        new Thread(
            () -> {
              try {
                script.play(child);
              } catch (Exception e) {
                // its input has ended, or it was killed
              } finally {
                child.ends(0);
              }
            },
            "child-" + number);
    thread.setDaemon(true);
    thread.start();
    return child;
  }

  /** Serves one assignment after another until its input ends. */
  private void serve(ScriptedChild child, int number) throws IOException {
    events.add(new Event(number, "settings " + child.becomesReady()));
    while (true) {
      for (List<String> user : child.hearUsers()) {
        events.add(new Event(number, String.join(" ", user)));
      }
      child.say("TAKEN");
    }
  }

  /** Waits for something that a child hears or does; events before it are skipped. */
  Event await(String beginning) throws InterruptedException, TimeoutException {
    while (true) {
      Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new TimeoutException("no child hears or does: " + beginning);
      }
      if (event.what().startsWith(beginning)) {
        return event;
      }
    }
  }
}
