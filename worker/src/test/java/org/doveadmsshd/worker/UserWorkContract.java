package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.StaticUserdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Words;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.Task;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Column;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.worker.isolation.Isolation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is promised of work for users, wherever it is done. */
@Timeout(120)
abstract class UserWorkContract {
  private static final UserContext.Input NO_INPUT = InputStream::nullInputStream;

  @TempDir Path directory;
  final ExecutorService threads = Executors.newCachedThreadPool();
  private final MemoryBudget budget = new MemoryBudget(64 * 1024 * 1024);
  private final List<String> course = Collections.synchronizedList(new ArrayList<>());
  private UserWork work;
  private int lastId;

  /**
   * What is tested.
   *
   * @param users those that there are
   * @param here does work in this process
   * @param memory for what waits on the way
   */
  abstract UserWork open(Userdb users, InProcessWork here, MemoryBudget.Share memory)
      throws Exception;

  /** Ends what was opened. */
  void close() throws Exception {}

  /** Waits until a cancel has arrived where the work is done. */
  void awaitCancel() throws InterruptedException {}

  @BeforeEach
  void openWork() throws Exception {
    for (String user : List.of("jane", "joe", "jim")) {
      mail(user, "1", "Subject: one\n\none\n");
    }
    mail("joe", "2", "Subject: two\n\ntwo\n");
    Userdb users = new StaticUserdb(Map.of("home", directory + "/%u"), false);
    InProcessWork.MailDefaults defaults =
        new InProcessWork.MailDefaults(
            UserMail.at("maildir:~/Maildir"),
            Duration.ofSeconds(5),
            QuotaRules.NONE,
            CompressionRules.NONE,
            false);
    InProcessWork here =
        new InProcessWork(
            name -> users, defaults, InProcessWork.turns(budget.all(), ""), Isolation.NONE);
    work = open(users, here, budget.all());
  }

  @AfterEach
  void everythingIsGivenBack() throws Exception {
    close();
    threads.shutdownNow();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).as("no thread stays").isTrue();
    assertThat(budget.all().held()).as("memory that is held").isZero();
  }

  private Path maildir(String user) {
    return directory.resolve(user).resolve("Maildir");
  }

  private void mail(String user, String name, String text) throws IOException {
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(maildir(user).resolve(part));
    }
    Files.writeString(maildir(user).resolve("cur").resolve(name + ".mail:2,S"), text);
  }

  /** So much mail that it never fits between two threads. */
  private void muchMail(String user) throws IOException {
    String text = "Subject: long\n\n" + "x".repeat(300_000) + "\n";
    for (int i = 10; i < 40; i++) {
      mail(user, Integer.toString(i), text);
    }
  }

  private List<String> mails(String user) throws IOException {
    List<String> texts = new ArrayList<>();
    for (String part : List.of("cur", "new")) {
      try (Stream<Path> files = Files.list(maildir(user).resolve(part))) {
        for (Path file : files.sorted().toList()) {
          texts.add(Files.readString(file));
        }
      }
    }
    return texts;
  }

  /** One order, and what comes of it. */
  private final class Asked {
    final List<Message> output = Collections.synchronizedList(new ArrayList<>());
    final RequestControl control = new RequestControl();
    Scope scope = Scope.UNLIMITED;
    UserContext.Input input = NO_INPUT;
    MessageSink sink = output::add;
    long deadlineMillis;
    private final String user;
    private final String command;
    private final List<String> words;

    Asked(String user, String command, String... words) {
      this.user = user;
      this.command = command;
      this.words = List.of(words);
    }

    UserWork.Order order() throws Failure {
      long now = System.currentTimeMillis();
      Message.Run run = new Message.Run(++lastId, user, command, words, now, deadlineMillis, false);
      Command known = CommandCatalog.find(command).orElseThrow();
      Words parsed = Words.parse(command, known.manual().options(), words);
      Command.Time time = new Command.Time(Instant.ofEpochMilli(now), ZoneId::systemDefault);
      Task.OfUser task = (Task.OfUser) known.prepare(parsed, time);
      List<Column> columns = task.columns();
      RequestOutput out = new RequestOutput(run.requestId(), columns, false, control, sink);
      Master master = new Master("m", scope, Login.NONE);
      return new UserWork.Order(master, List.of(command), run, task, control, input, out);
    }

    long rows() {
      return output.stream().filter(Message.Row.class::isInstance).count();
    }
  }

  private Asked search(String user) {
    return new Asked(user, "search", "all");
  }

  private static List<UserWork.Order> orders(List<Asked> all) throws Failure {
    List<UserWork.Order> orders = new ArrayList<>();
    for (Asked each : all) {
      orders.add(each.order());
    }
    return orders;
  }

  private void run(Asked... all) throws Exception {
    work.run(orders(List.of(all)), new Course(course));
  }

  /** Notes who begins, who ends, and how; and starts the clock, as who accounts for it does. */
  private static class Course implements UserWork.Listener {
    private final List<String> course;

    Course(List<String> course) {
      this.course = course;
    }

    @Override
    public void begun(UserWork.Order order) {
      order.control().begin(order.request().deadlineMillis());
      course.add("begun " + order.request().user());
    }

    @Override
    public void ended(UserWork.Order order, Failure failure) throws IOException {
      Failure why = failure == null ? order.output().firstFailure() : failure;
      Outcome outcome = why == null ? Outcome.OK : why.outcome();
      course.add("ended " + order.request().user() + " " + outcome);
    }
  }

  @Test
  void usersBeginAndEndOneAfterTheOtherHoweverManyTheyAre() throws Exception {
    List<Asked> all = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3 * Math.max(10, work.together()); i++) {
      String user = List.of("jane", "joe", "jim").get(i % 3);
      all.add(search(user));
      expected.add("begun " + user);
      expected.add("ended " + user + " OK");
    }
    run(all.toArray(Asked[]::new));
    assertThat(course).isEqualTo(expected);
    for (int i = 0; i < all.size(); i++) {
      Asked each = all.get(i);
      assertThat(each.output.get(0)).isInstanceOf(Message.Columns.class);
      assertThat(each.rows()).as(each.user).isEqualTo(i % 3 == 1 ? 2 : 1);
      assertThat(each.output).noneMatch(Message.Done.class::isInstance);
    }
  }

  @Test
  void atLeastOneOrderIsWorthGiving() {
    assertThat(work.together()).isPositive();
  }

  @Test
  void whoIsNoUserFailsAndTheOthersAreDone() throws Exception {
    run(search("nobody"), search("jane"), search("../jane"), search("joe"));
    assertThat(course)
        .containsExactly(
            "begun nobody",
            "ended nobody NO_USER",
            "begun jane",
            "ended jane OK",
            "begun ../jane",
            "ended ../jane NO_USER",
            "begun joe",
            "ended joe OK");
  }

  @Test
  void whoIsOutOfScopeIsNotTouched() throws Exception {
    Asked joe = new Asked("joe", "expunge", "mailbox", "INBOX", "all");
    joe.scope = new Scope(List.of(new UserMask("j?ne")), Set.of());
    Asked jane = search("jane");
    jane.scope = joe.scope;
    run(jane, joe, search("jim"));
    assertThat(course)
        .containsExactly(
            "begun jane",
            "ended jane OK",
            "begun joe",
            "ended joe NO_PERMISSION",
            "begun jim",
            "ended jim OK");
    assertThat(mails("joe")).hasSize(2);
  }

  @Test
  void mailThatCannotBeOpenedIsItsUsersFailure() throws Exception {
    Files.createDirectories(directory.resolve("jack"));
    Files.writeString(directory.resolve("jack/Maildir"), "no directory");
    run(search("jack"), search("jane"));
    assertThat(course).hasSize(4).endsWith("begun jane", "ended jane OK");
    assertThat(course.get(1)).startsWith("ended jack ").doesNotContain("OK");
  }

  @Test
  void whoWasCancelledBeforeHisTurnIsNotTouched() throws Exception {
    Asked joe = new Asked("joe", "expunge", "mailbox", "INBOX", "all");
    joe.control.cancel();
    run(search("jane"), joe, search("jim"));
    assertThat(course)
        .containsExactly(
            "begun jane",
            "ended jane OK",
            "begun joe",
            "ended joe CANCELLED",
            "begun jim",
            "ended jim OK");
    assertThat(mails("joe")).hasSize(2);
  }

  @Test
  void aCancelStopsItsUserAtTheNextCheckpointAndNobodyElse() throws Exception {
    muchMail("jane");
    Asked jane = new Asked("jane", "fetch", "text", "all");
    jane.sink =
        message -> {
          if (message instanceof Message.Row && !jane.control.isCancelled()) {
            jane.control.cancel();
            uninterrupted(this::awaitCancel);
          }
        };
    run(jane, search("joe"));
    assertThat(course)
        .containsExactly("begun jane", "ended jane CANCELLED", "begun joe", "ended joe OK");
  }

  @Test
  void aCancelThatComesTooLateDoesNothing() throws Exception {
    Asked jane = search("jane");
    run(jane);
    jane.control.cancel();
    run(search("joe"), search("jane"));
    assertThat(course).hasSize(6).endsWith("ended joe OK", "begun jane", "ended jane OK");
  }

  @Test
  void aDeadlineEndsItsUserAndNobodyElse() throws Exception {
    muchMail("jane");
    Asked jane = new Asked("jane", "fetch", "text", "all");
    jane.deadlineMillis = 200;
    jane.sink =
        message -> {
          if (message instanceof Message.Row) {
            uninterrupted(() -> Thread.sleep(jane.deadlineMillis)); // a reader who is slow
          }
        };
    run(jane, search("joe"));
    assertThat(course)
        .containsExactly("begun jane", "ended jane TIMED_OUT", "begun joe", "ended joe OK");
  }

  @Test
  void whatACommandReadsArrivesWhole() throws Exception {
    String text = "Subject: s\n\n" + "0123456789abcde\n".repeat(100_000);
    Asked jane = save("jane", text);
    Asked joe = save("joe", text + "another end\n");
    run(jane, search("jim"), joe);
    assertThat(mails("jane")).hasSize(2).contains(text);
    assertThat(mails("joe")).hasSize(3).contains(text + "another end\n");
  }

  private Asked save(String user, String text) {
    Asked asked = new Asked(user, "save");
    asked.input = () -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return asked;
  }

  @Test
  void inputThatCannotBeReadFailsItsUserAndNobodyElse() throws Exception {
    Asked jane = save("jane", "");
    jane.input =
        () -> {
          throw new IOException("the disk says no");
        };
    Asked joe = save("joe", "");
    joe.input =
        () -> {
          throw Failure.temporary("there is none", new IOException("no more"));
        };
    Asked jim = save("jim", "Subject: s\n\ns\n");
    run(jane, joe, jim);
    assertThat(course)
        .containsExactly(
            "begun jane",
            "ended jane TEMPORARY_FAILURE",
            "begun joe",
            "ended joe TEMPORARY_FAILURE",
            "begun jim",
            "ended jim OK");
    assertThat(mails("jane")).hasSize(1);
    assertThat(mails("jim")).hasSize(2);
  }

  @Test
  void aCancelDuringTheWaitForInputStopsItsUserAndNobodyElse() throws Exception {
    Asked jane = save("jane", "");
    jane.input =
        () -> {
          jane.control.cancel();
          throw new InterruptedIOException("nothing comes any more");
        };
    run(jane, search("joe"));
    assertThat(course)
        .containsExactly("begun jane", "ended jane CANCELLED", "begun joe", "ended joe OK");
    assertThat(mails("jane")).hasSize(1);
  }

  @Test
  void outputThatCannotBeDeliveredEndsTheWork() throws Exception {
    Asked joe = search("joe");
    IOException gone = new IOException("nobody listens");
    joe.sink =
        message -> {
          throw gone;
        };
    assertThatThrownBy(() -> run(search("jane"), joe, search("jim"))).isSameAs(gone);
    assertThat(course).containsExactly("begun jane", "ended jane OK", "begun joe");
    run(search("jane"));
    assertThat(course).hasSize(5).endsWith("ended jane OK");
  }

  @Test
  void anEndThatCannotBeToldEndsTheWork() throws Exception {
    IOException gone = new IOException("nobody listens");
    UserWork.Listener listener =
        new Course(course) {
          @Override
          public void ended(UserWork.Order order, Failure failure) throws IOException {
            throw gone;
          }
        };
    List<UserWork.Order> orders = orders(List.of(search("jane"), search("joe")));
    assertThatThrownBy(() -> work.run(orders, listener)).isSameAs(gone);
    assertThat(course).containsExactly("begun jane");
  }

  @Test
  void severalThreadsMayHaveWorkDoneAtOnce() throws Exception {
    List<Future<List<String>>> all = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String user = List.of("jane", "joe", "jim").get(i % 3);
      List<Asked> asked = Stream.generate(() -> search(user)).limit(20).toList();
      List<UserWork.Order> orders = orders(asked);
      all.add(
          threads.submit(
              () -> {
                List<String> own = new ArrayList<>();
                work.run(orders, new Course(own));
                asked.forEach(each -> own.add("rows " + each.rows()));
                return own;
              }));
    }
    for (int i = 0; i < 6; i++) {
      String user = List.of("jane", "joe", "jim").get(i % 3);
      List<String> own = all.get(i).get(60, TimeUnit.SECONDS);
      assertThat(own).hasSize(60);
      assertThat(own.subList(0, 40)).containsOnly("begun " + user, "ended " + user + " OK");
      assertThat(own.subList(40, 60)).containsOnly(i % 3 == 1 ? "rows 2" : "rows 1");
    }
  }

  /** Waits for something. */
  private interface Wait {
    void run() throws InterruptedException;
  }

  private static void uninterrupted(Wait wait) throws IOException {
    try {
      wait.run();
    } catch (InterruptedException e) {
      throw new InterruptedIOException("the test is over");
    }
  }
}
