package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.command.PartStatus;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.storage.QuotaRules;

/** A worker with a user in each of two domains, of whom a master may have one in his scope. */
final class TwoDomains {
  static final String OWN = "a@example.org";
  static final String FOREIGN = "x@example.com";

  /** Stands in every mail, mailbox and path that is out of reach. */
  static final String SECRET = "secret";

  static final String GUID = "00112233445566778899aabbccddeeff";

  private final Path directory;
  private final UserMail mail;
  private Worker worker;

  /**
   * @param directory where all homes are; empty
   */
  TwoDomains(Path directory) throws IOException {
    this(directory, UserMail.at("maildir:~/Maildir"));
  }

  /** One whose users' mail consists of that. */
  TwoDomains(Path directory, UserMail mail) throws IOException {
    this.directory = directory;
    this.mail = mail;
    makeUsers();
  }

  private void makeUsers() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (String user : List.of(OWN, FOREIGN)) {
      Path home = directory.resolve(user);
      lines.append(user + ":pw:::" + ":" + home + "::\n");
      boolean own = user.equals(OWN);
      mailbox(home.resolve("Maildir"), true);
      mailbox(home.resolve("Maildir/.Trash"), !own);
      mailbox(home.resolve("Maildir/.Trash.secret"), true);
      mailbox(home.resolve("Maildir/.secret"), true);
      mailbox(home.resolve("Maildir/.secret.deep"), true);
      Files.writeString(home.resolve("Maildir/subscriptions"), "Trash\nsecret\n");
    }
    Files.createSymbolicLink(directory.resolve(OWN).resolve("link"), directory.resolve(FOREIGN));
    Files.writeString(directory.resolve("users"), lines);
    PasswdFile file = new PasswdFile(directory.resolve("users").toString(), "%u");
    Masters masters =
        new PassdbMasters(
            Map.of("root", Scope.UNLIMITED),
            new HashedPassdb(file, "PLAIN", new Hashing(new MemoryBudget(1L << 28).all())));
    Userdb users = new Aliased(file);
    QuotaRules quota = QuotaRules.of("count:q", List.of()).orElseThrow();
    worker = LocalWorker.of(users, masters, quota, new Busy(), mail);
  }

  /** Everything as it was. */
  void makeUsersAnew() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
    makeUsers();
  }

  /**
   * Makes a mailbox with one mail.
   *
   * @param secret whether the mail is out of reach
   */
  static void mailbox(Path directory, boolean secret) throws IOException {
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(directory.resolve(sub));
    }
    Files.createFile(directory.resolve("maildirfolder"));
    Files.writeString(
        directory.resolve("cur/1.mail:2,"), "Subject: " + (secret ? SECRET : "own") + "\n\n");
    Files.writeString(directory.resolve("dovecot-uidlist"), "3 V1 N2 G" + GUID + "\n1 :1.mail\n");
  }

  /** A userdb that knows a foreign user by a name that is in scope. */
  private record Aliased(PasswdFile file) implements Userdb {
    @Override
    public Optional<MailUser> find(String name) throws Failure {
      return file.find(name.equals("alias@example.org") ? FOREIGN : name);
    }

    @Override
    public boolean canList() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, IOException {
      file.forEach(visitor);
    }
  }

  /** Another process works, and every command about the server as a whole fails. */
  private static final class Busy implements ServerContext.Activity {
    private static final ActiveSession RUN =
        new ActiveSession(
            "7", "run", "root", "192.0.2.1", 1, 0, 0, "fetch " + SECRET, OptionalLong.empty());

    @Override
    public List<ActiveSession> activeSessions() {
      return List.of(RUN);
    }

    @Override
    public List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate) {
      assertThat(which.test(RUN)).as("slowed down").isFalse();
      return List.of();
    }

    @Override
    public List<ActiveSession> kick(Predicate<ActiveSession> which) {
      assertThat(which.test(RUN)).as("kicked").isFalse();
      return List.of();
    }

    @Override
    public List<PartStatus> status() {
      return List.of();
    }

    @Override
    public List<String> settings() {
      throw new AssertionError("settings shown");
    }

    @Override
    public void reload() {
      throw new AssertionError("reloaded");
    }

    @Override
    public void stop() {
      throw new AssertionError("stopped");
    }
  }

  /** All that was answered, and the end of it. */
  record Answer(String text, Message.Done done) {}

  /** What a master of this scope learns of the users there are. */
  List<Message> list(Scope scope, String mask) throws IOException {
    List<Message> messages = new ArrayList<>();
    worker.list(
        new Master("a", scope, Login.NONE),
        new Message.ListUsers(1, mask),
        new RequestControl(),
        messages::add);
    return messages;
  }

  /** Carries a command out for a user, as a master of this scope wishes. */
  Answer run(Scope scope, String user, List<String> words) throws IOException {
    Master master = new Master("a", scope, Login.NONE);
    List<String> arguments = new ArrayList<>(words.subList(1, words.size()));
    arguments.replaceAll(word -> word.replace("%s", directory.toString()));
    StringBuilder text = new StringBuilder();
    List<Message> ends = new ArrayList<>();
    Message.Run run =
        new Message.Run(1, user, words.get(0), arguments, Instant.now().toEpochMilli(), 0, false);
    MessageSink sink =
        message -> {
          if (message instanceof Message.Row) {
            ((Message.Row) message).values().forEach(value -> text.append(value.text() + "\n"));
          } else if (message instanceof Message.Chunk) {
            text.append(
                StandardCharsets.UTF_8.decode(((Message.Chunk) message).data().duplicate()));
          } else if (message instanceof Message.Done) {
            ends.add(message);
          }
        };
    byte[] mail = "Subject: new\n\n".getBytes(StandardCharsets.UTF_8);
    worker.run(
        master,
        List.of(
            new Worker.Request(
                run, new RequestControl(), () -> new ByteArrayInputStream(mail), sink)));
    assertThat(ends).hasSize(1);
    return new Answer(text.toString(), (Message.Done) ends.get(0));
  }

  /** Every file below a directory with what is in it. */
  static Map<String, String> tree(Path directory) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String content = Files.isRegularFile(file) ? Files.readString(file) : "";
        tree.put(directory.relativize(file).toString(), content);
      }
    }
    return tree;
  }
}
