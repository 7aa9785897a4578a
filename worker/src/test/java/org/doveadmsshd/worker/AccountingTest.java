package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.worker.audit.Audit;
import org.doveadmsshd.worker.audit.AuditEvent;
import org.doveadmsshd.worker.isolation.Isolation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a worker says of what it cannot account for, and what it accounts for. */
class AccountingTest {
  private static final Master MASTER =
      new Master("a", new Scope(List.of(new UserMask("j*")), Set.of()), Login.NONE);

  private static final Master ALL = new Master("a", Scope.UNLIMITED, Login.NONE);

  @TempDir Path directory;
  private final List<AuditEvent> noted = new ArrayList<>();
  private final List<Message> sent = new ArrayList<>();
  private boolean full;
  private Worker worker;

  @BeforeEach
  void makeWorker() throws Exception {
    Files.writeString(directory.resolve("users"), "jane:::::/x::\njoe:::::/x::\nmax:::::/x::\n");
    PasswdFile users = new PasswdFile(directory.resolve("users").toString(), "%u");
    QuotaRules quota = QuotaRules.of("count:q", List.of()).orElseThrow();
    InProcessWork.MailDefaults defaults =
        new InProcessWork.MailDefaults(
            UserMail.at("maildir:~/M"), Duration.ofSeconds(5), quota, CompressionRules.NONE, false);
    Audit audit =
        new Audit() {
          @Override
          public void check() {}

          @Override
          public void note(AuditEvent event) throws Failure {
            if (full) {
              throw Failure.temporary("the disk is full", null);
            }
            noted.add(event);
          }
        };
    worker =
        new Worker(
            users,
            new InProcessWork(name -> users, defaults, MemoryTurns.unlimited(), Isolation.NONE),
            (master, input, output) -> {
              throw Failure.usage("not here: " + "sesame");
            },
            audit);
  }

  private Message.Done list() throws Exception {
    worker.list(MASTER, new Message.ListUsers(1, "*"), new RequestControl(), sent::add);
    return (Message.Done) sent.get(sent.size() - 1);
  }

  @Test
  void aListOfUsersIsAccountedFor() throws Exception {
    assertThat(list().outcome()).isEqualTo(Outcome.OK);
    assertThat(noted).hasSize(1);
    AuditEvent event = noted.get(0);
    assertThat(event.kind()).isEqualTo("list");
    assertThat(event.arguments()).containsExactly("*");
    assertThat(event.counts()).isEqualTo(Map.of("users", 2L));
  }

  @Test
  void aListThatCannotBeAccountedForIsAFailure() throws Exception {
    full = true;
    Message.Done done = list();
    assertThat(done.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
    assertThat(done.text()).isEqualTo("the disk is full");
  }

  @Test
  void passwordsAreNotAccountedForWhateverIsWrongWithTheWords() throws Exception {
    for (String command : List.of("auth test", "auth login", "pw", "auth  test")) {
      Message.Run run =
          new Message.Run(1, "", command, List.of("jane", "sesame", "-x", "sesame"), 0, 0, false);
      worker.run(
          ALL,
          List.of(
              new Worker.Request(
                  run, new RequestControl(), InputStream::nullInputStream, sent::add)));
    }
    assertThat(noted).hasSize(4);
    assertThat(noted.toString()).doesNotContain("sesame");
  }

  /** A worker of which each order only notes who it is for. */
  private Worker noting(List<String> order) throws Exception {
    UserWork work =
        new UserWork() {
          @Override
          public int together() {
            return 16;
          }

          @Override
          public void run(List<Order> orders, Listener listener) throws IOException {
            for (Order each : orders) {
              listener.begun(each);
              order.add(each.request().user());
              listener.ended(each, null);
            }
          }
        };
    PasswdFile users = new PasswdFile(directory.resolve("users").toString(), "%u");
    Worker.ServerContexts contexts =
        (master, input, output) -> {
          order.add("server");
          throw Failure.temporary("as a whole", null);
        };
    return new Worker(users, work, contexts, Audit.NONE);
  }

  private static List<Worker.Request> requests(MessageSink sink, String... users) {
    List<Worker.Request> requests = new ArrayList<>();
    for (String user : users) {
      String command = user.isEmpty() ? "reload" : "mailbox list";
      int id = requests.size() + 1;
      Message.Run run = new Message.Run(id, user, command, List.of(), 0, 0, false);
      requests.add(
          new Worker.Request(run, new RequestControl(), InputStream::nullInputStream, sink));
    }
    return requests;
  }

  private List<Integer> done() {
    return sent.stream()
        .filter(each -> each instanceof Message.Done)
        .map(Message::requestId)
        .toList();
  }

  @Test
  void requestsOfALaneAreCarriedOutInTheirOrder() throws Exception {
    List<String> order = new ArrayList<>();
    noting(order).run(ALL, requests(sent::add, "jane", "joe", "", "jane", ""));
    assertThat(order).containsExactly("jane", "joe", "server", "jane", "server");
    assertThat(done()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void aRequestThatIsRefusedKeepsItsPlace() throws Exception {
    List<String> order = new ArrayList<>();
    List<Worker.Request> requests = requests(sent::add, "jane", "joe", "a\nb", "jane", "joe");
    requests.get(4).control().cancel();
    noting(order).run(ALL, requests);
    assertThat(order).containsExactly("jane", "joe", "jane");
    assertThat(done()).containsExactly(1, 2, 3, 4, 5);
  }

  @Test
  void nobodyIsBegunAfterAnEndThatCannotBeTold() throws Exception {
    List<String> order = new ArrayList<>();
    IOException gone = new IOException("nobody listens");
    MessageSink sink =
        message -> {
          throw gone;
        };
    Worker worker = noting(order);
    List<Worker.Request> requests = requests(sink, "jane", "joe");
    assertThatThrownBy(() -> worker.run(ALL, requests)).isSameAs(gone);
    assertThat(order).containsExactly("jane");
    assertThatThrownBy(() -> worker.run(ALL, requests.subList(0, 1))).isSameAs(gone);
  }
}
