package org.doveadmsshd.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.brain.About;
import org.doveadmsshd.brain.Brain;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.FixedResources;
import org.doveadmsshd.server.local.LocalServer;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.checked.Mail;
import org.doveadmsshd.setup.written.NewFile;
import org.doveadmsshd.supervision.Identity;
import org.doveadmsshd.worker.Worker;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.isolation.ThreadIdentity;
import org.doveadmsshd.worker.isolation.UserThreads;

/** Mail as the server sees it, for a program that does not serve. */
final class LocalMail implements Mail {
  private static final Identity.ValidIds ANY = new Identity.ValidIds(1, 0, 1);

  @Override
  public String run(Settings settings, Userdb users, List<String> words) throws Failure {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    Console console =
        new Console(InputStream.nullInputStream(), out, error, false, Console.DEFAULT_WIDTH);
    MemoryBudget budget = MemoryBudget.ofHeap();
    ExecutorService threads = Executors.newCachedThreadPool(LocalMail::thread);
    try (WorkPlace place = new WorkPlace(settings, budget.all());
        MemoryBudget.Share rows = budget.all().share(budget.all().most())) {
      Worker worker =
          new Worker(
              users,
              place.work(settings, users),
              (master, input, output) -> {
                throw new Failure(Outcome.NOT_FOUND, "Only mail is looked at");
              },
              Audit.NONE);
      Master master = new Master("setup", Scope.UNLIMITED, Login.NONE);
      LocalServer server = new LocalServer(worker, master, 1, threads);
      Brain brain = new Brain(threads, Clock.systemDefaultZone(), new About("doveadm-sshd"));
      int code =
          brain.run(words, console, new FixedResources(List.of(server), rows), running -> {});
      if (code != 0) {
        String said = error.toString(StandardCharsets.UTF_8).strip();
        throw new Failure(
            Outcome.TEMPORARY_FAILURE,
            said.isEmpty() ? "exit code " + code : said.lines().findFirst().orElseThrow());
      }
      return out.toString(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw Failure.temporary("Mail cannot be looked at: " + e.getMessage(), e);
    } finally {
      threads.shutdown();
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "setup");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public boolean canRead(NewFile.Owner user, Path file) {
    MailUser asked =
        new MailUser(
            "server", Map.of("uid", Long.toString(user.uid()), "gid", Long.toString(user.gid())));
    boolean[] can = {false};
    try {
      ThreadIdentity.check();
      new UserThreads(new ThreadIdentity(ANY), false)
          .run(asked, () -> can[0] = Files.isReadable(file));
      return can[0];
    } catch (Failure | IOException e) {
      return true; // it cannot be found out
    }
  }
}
