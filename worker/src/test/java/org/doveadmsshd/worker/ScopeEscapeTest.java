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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Login;
import org.doveadmsshd.accounts.MailboxMasks;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.auth.HashedPassdb;
import org.doveadmsshd.auth.Hashing;
import org.doveadmsshd.auth.PassdbMasters;
import org.doveadmsshd.auth.passwdfile.PasswdFile;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.command.ServerContext;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.protocol.MessageSink;
import org.doveadmsshd.storage.QuotaRules;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries to reach outside a scope with every command and option that names a user or a mailbox. */
class ScopeEscapeTest {
  private static final String OWN = "a@example.org";
  private static final String FOREIGN = "x@example.com";

  /** Stands in every mail, mailbox and path that is out of reach. */
  private static final String SECRET = "secret";

  private static final String GUID = "00112233445566778899aabbccddeeff";

  /** All users of a domain, with all commands. */
  private static final Scope DOMAIN = new Scope(List.of(new UserMask("*@example.org")), Set.of());

  /** One mailbox of these users, with all commands. */
  private static final Scope TRASH =
      new Scope(
          List.of(
              new ScopeRule(
                  true,
                  List.of(new UserMask("*@example.org")),
                  Set.of(),
                  Optional.of(new MailboxMasks(List.of("Trash"), "Trash"::equals)),
                  Optional.empty(),
                  Optional.empty(),
                  "")));

  /**
   * Commands with which a user's mail or mailboxes are reached; each is tried for a foreign one.
   */
  private static final List<List<String>> PER_USER =
      List.of(
          List.of("search", "all"),
          List.of("fetch", "hdr", "all"),
          List.of("expunge", "mailbox", "secret", "all"),
          List.of("flags add", "\\Seen", "all"),
          List.of("flags remove", "\\Seen", "all"),
          List.of("flags replace", "\\Seen", "all"),
          List.of("copy", "Trash", "mailbox", "secret"),
          List.of("move", "Trash", "mailbox", "secret", "all"),
          List.of("deduplicate", "mailbox", "secret"),
          List.of("import", "maildir:~/Maildir", "", "all"),
          List.of("save", "-m", "secret"),
          List.of("index", "*"),
          List.of("force-resync", "*"),
          List.of("mailbox list", "*"),
          List.of("mailbox status", "all", "*"),
          List.of("mailbox path", "secret"),
          List.of("mailbox create", "secret.new"),
          List.of("mailbox delete", "secret"),
          List.of("mailbox rename", "secret", "other"),
          List.of("mailbox subscribe", "secret"),
          List.of("mailbox unsubscribe", "secret"),
          List.of("mailbox update", "--min-next-uid", "99", "secret"),
          List.of("mailbox cache purge", "secret"),
          List.of("quota get"),
          List.of("quota recalc"),
          List.of("rebuild attachments", "mailbox", "secret"),
          List.of("batch", ":", "search", "all"));

  /** Other ways to a foreign user. */
  private static final List<List<String>> OTHER_USERS =
      List.of(
          List.of("copy", "Trash", "user", FOREIGN, "all"),
          List.of("move", "Trash", "user", FOREIGN, "mailbox", "secret", "all"),
          List.of("batch", ":", "copy", "Trash", "user", FOREIGN, "all"),
          List.of("batch", ":", "import", "-U", FOREIGN, "maildir:~/Maildir", "", "all"),
          List.of("import", "--source-user", FOREIGN, "maildir:~/Maildir", "", "all"),
          List.of("import", "-U", "X@EXAMPLE.COM", "maildir:~/Maildir", "", "all"),
          List.of("import", "-U", "alias@example.org", "maildir:~/Maildir", "", "all"),
          List.of("import", "maildir:~/../" + FOREIGN + "/Maildir", "", "all"),
          List.of("import", "maildir:~/link/Maildir", "", "all"),
          List.of("import", "maildir:%s/" + FOREIGN + "/Maildir", "", "all"),
          List.of("import", "maildir:~" + FOREIGN + "/Maildir", "", "all"),
          List.of("user", FOREIGN),
          List.of("user", "-f", "home", FOREIGN),
          List.of("user", "X@Example.Com"),
          List.of("user", "alias@example.org"),
          List.of("user", "*"),
          List.of("user", "x*", "*@example.com"),
          List.of("who"),
          List.of("kick", "*"),
          List.of("kick", "7"),
          List.of("kick", "-f", "root"),
          List.of("slow", "7", "1"),
          List.of("auth test", "root", "pw"),
          List.of("auth login", "root", "pw"),
          List.of("auth lookup", "root"),
          List.of("auth lookup", "-f", "scope", "root"),
          List.of("config"),
          List.of("reload"),
          List.of("stop"));

  /** Ways to other mailboxes than the one in scope. */
  private static final List<List<String>> OTHER_MAILBOXES =
      List.of(
          List.of("search", "mailbox", "s*"),
          List.of("search", "mailbox", "secret.%"),
          List.of("search", "mailbox-guid", GUID),
          List.of("search", "(", "mailbox", "Trash", "or", "mailbox", "secret", ")"),
          List.of("search", "not", "mailbox", "Trash"),
          List.of("fetch", "text", "mailbox", "INBOX"),
          List.of("fetch", "text", "mailbox", "inbox"),
          List.of("flags add", "\\Seen", "mailbox", "INBOX"),
          List.of("expunge", "-d", "mailbox", "secret", "all"),
          List.of("expunge", "mailbox", "INBOX", "all"),
          List.of("copy", "secret", "mailbox", "Trash"),
          List.of("move", "secret", "mailbox", "Trash", "all"),
          List.of("copy", "Trash", "user", OWN, "mailbox", "secret"),
          List.of("import", "maildir:~/Maildir", "Trash", "all"),
          List.of("import", "maildir:~/Maildir/.secret", "Trash", "all"),
          List.of("import", "-s", "maildir:~/old", "secret", "all"),
          List.of("save", "--mailbox", "secret"),
          List.of("save"),
          List.of("mailbox status", "-t", "messages", "secret"),
          List.of("mailbox path", "-t", "mailbox", "secret"),
          List.of("mailbox create", "secret"),
          List.of("mailbox delete", "-r", ""),
          List.of("mailbox delete", "-r", "-s", "secret"),
          List.of("mailbox delete", "-Z", "secret.deep"),
          List.of("mailbox rename", "Trash", "secret"),
          List.of("mailbox rename", "-s", "Trash", "Bin"),
          List.of("mailbox list", "-s"),
          List.of("mailbox update", "--mailbox-guid", GUID, "secret"),
          List.of("mailbox subscribe", "Trash", "secret"),
          List.of("index", "secret"),
          List.of("force-resync", "secret"),
          List.of("batch", ":", "search", "all", ":", "mailbox list", "*"),
          List.of("batch", ":", "expunge", "mailbox", "secret", "all"));

  /**
   * Commands that are carried out where they are typed, or do nothing with Maildir for any master.
   */
  private static final Set<String> REACHES_NOTHING =
      Set.of(
          "pw",
          "mailbox mutf7",
          "purge",
          "altmove",
          "mailbox cache remove",
          "mailbox cache decision",
          "mailbox metadata get",
          "mailbox metadata list",
          "mailbox metadata set",
          "mailbox metadata unset",
          "backup",
          "sync");

  @TempDir Path directory;
  private Worker worker;

  @BeforeEach
  void makeUsers() throws IOException {
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
    worker = LocalWorker.of(users, masters, quota, new Busy());
  }

  private void makeUsersAnew() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
    makeUsers();
  }

  private static void mailbox(Path directory, boolean secret) throws IOException {
    for (String sub : List.of("cur", "new", "tmp")) {
      Files.createDirectories(directory.resolve(sub));
    }
    Files.createFile(directory.resolve("maildirfolder"));
    Files.writeString(
        directory.resolve("cur/1.mail:2,"), "Subject: " + (secret ? SECRET : "own") + "\n\n");
    Files.writeString(directory.resolve("dovecot-uidlist"), "3 V1 N2 G" + GUID + "\n1 :1.mail\n");
  }

  /** A userdb that knows a foreign user by a name that is in scope. */
  private record Aliased(PasswdFile file) implements org.doveadmsshd.accounts.Userdb {
    @Override
    public Optional<org.doveadmsshd.accounts.MailUser> find(String name)
        throws org.doveadmsshd.base.Failure {
      return file.find(name.equals("alias@example.org") ? FOREIGN : name);
    }

    @Override
    public boolean canList() {
      return true;
    }

    @Override
    public void forEach(Visitor visitor) throws org.doveadmsshd.base.Failure, IOException {
      file.forEach(visitor);
    }
  }

  /** Another process works, and every command about the server as a whole fails. */
  private static final class Busy implements ServerContext.Activity {
    private static final ActiveSession RUN =
        new ActiveSession(
            "7",
            "run",
            "root",
            "192.0.2.1",
            1,
            0,
            0,
            "fetch " + SECRET,
            java.util.OptionalLong.empty());

    @Override
    public List<ActiveSession> activeSessions() {
      return List.of(RUN);
    }

    @Override
    public List<ActiveSession> slow(Predicate<ActiveSession> which, int usersPerSecond) {
      assertThat(which.test(RUN)).as("slowed down").isFalse();
      return List.of();
    }

    @Override
    public List<ActiveSession> kick(Predicate<ActiveSession> which) {
      assertThat(which.test(RUN)).as("kicked").isFalse();
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

  private record Answer(String text, Message.Done done) {}

  private Answer run(Scope scope, String user, List<String> words) throws IOException {
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
  private static Map<String, String> tree(Path directory) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String content = Files.isRegularFile(file) ? Files.readString(file) : "";
        tree.put(directory.relativize(file).toString(), content);
      }
    }
    return tree;
  }

  private static List<List<String>> otherUsers() {
    List<List<String>> all = new ArrayList<>(OTHER_USERS);
    PER_USER.forEach(words -> all.add(words));
    return all;
  }

  @ParameterizedTest
  @MethodSource("otherUsers")
  void nobodyElsesMailIsReachedOrTouched(List<String> words) throws Exception {
    Map<String, String> before = tree(directory.resolve(FOREIGN));
    boolean perUser = PER_USER.contains(words);
    for (String name :
        perUser ? List.of(FOREIGN, "X@Example.COM", "alias@example.org") : List.of(OWN)) {
      Answer answer = run(DOMAIN, name, words);
      assertThat(answer.text()).doesNotContain(SECRET, FOREIGN);
      boolean shows = List.of("who", "user").contains(words.get(0));
      if (perUser || !shows) {
        assertThat(answer.done().outcome()).as(answer.done().text()).isNotEqualTo(Outcome.OK);
      }
      if (perUser) {
        assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
      }
    }
    assertThat(tree(directory.resolve(FOREIGN))).isEqualTo(before);
    assertThat(Files.readString(directory.resolve(OWN).resolve("Maildir/.Trash/cur/1.mail:2,")))
        .doesNotContain(SECRET);
  }

  private static List<List<String>> otherMailboxes() {
    List<List<String>> all = new ArrayList<>(OTHER_MAILBOXES);
    all.addAll(PER_USER);
    return all;
  }

  @ParameterizedTest
  @MethodSource("otherMailboxes")
  void noOtherMailboxIsReachedOrTouched(List<String> words) throws Exception {
    Path maildir = directory.resolve(OWN).resolve("Maildir");
    Map<String, String> before = withoutTrash(maildir);
    Answer answer = run(TRASH, OWN, words);
    boolean path = words.get(0).equals("mailbox path");
    assertThat(answer.text()).as(answer.done().text()).doesNotContain(SECRET);
    if (path) {
      assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    }
    assertThat(withoutTrash(maildir)).isEqualTo(before);
    Map<String, String> trash = tree(maildir);
    trash.keySet().removeIf(file -> !file.startsWith(".Trash/"));
    assertThat(trash.values()).as("brought in").noneMatch(mail -> mail.contains(SECRET));
  }

  private static Map<String, String> withoutTrash(Path maildir) throws IOException {
    Map<String, String> tree = tree(maildir);
    tree.keySet().removeIf(file -> file.equals(".Trash") || file.startsWith(".Trash/"));
    return tree;
  }

  @Test
  void whatIsInScopeIsReachedBySuchCommands() throws Exception {
    assertThat(run(DOMAIN, OWN, List.of("fetch", "text", "all")).text()).contains(SECRET, "own");
    Answer own = run(TRASH, OWN, List.of("fetch", "text", "all"));
    assertThat(own.text()).contains("own").doesNotContain(SECRET);
    assertThat(run(TRASH, OWN, List.of("mailbox list", "*")).text()).isEqualTo("Trash\n");
    Answer expunged = run(TRASH, OWN, List.of("expunge", "mailbox", "Trash", "all"));
    assertThat(expunged.done().counts()).containsEntry("expunged", 1L);
  }

  @Test
  void listingNamesOnlyUsersInScope() throws Exception {
    List<Message> messages = new ArrayList<>();
    worker.list(
        new Master("a", DOMAIN, Login.NONE),
        new Message.ListUsers(1, "*"),
        new RequestControl(),
        messages::add);
    assertThat(messages.toString()).contains(OWN).doesNotContain(FOREIGN);
  }

  /** What says whose mail, or which of it. */
  private static final Set<Argument.Kind> WHOSE =
      Set.of(
          Argument.Kind.USER,
          Argument.Kind.USER_MASK,
          Argument.Kind.MAILBOX,
          Argument.Kind.NEW_MAILBOX,
          Argument.Kind.MAILBOX_MASK);

  @Test
  void everyCommandAndEveryOptionThatNamesAUserOrMailboxIsTried() {
    Set<String> tried = new HashSet<>(REACHES_NOTHING);
    List<List<String>> all = new ArrayList<>(otherUsers());
    all.addAll(OTHER_MAILBOXES);
    all.forEach(words -> tried.add(words.get(0)));
    for (Command command : CommandCatalog.all()) {
      assertThat(tried).contains(command.name());
      for (Option option : command.manual().options()) {
        boolean names = option.argument().map(Argument::kind).filter(WHOSE::contains).isPresent();
        if (names && !REACHES_NOTHING.contains(command.name())) {
          assertThat(all)
              .as(command.name() + " " + option.usage())
              .anyMatch(
                  words ->
                      words.get(0).equals(command.name())
                          && (words.contains("-" + option.letter())
                              || words.contains("--" + option.name())));
        }
      }
    }
  }

  private static Scope only(String... commands) {
    return new Scope(List.of(new UserMask("*@example.org")), Set.of(commands));
  }

  /** Every command for a user, with words that do something where it is allowed. */
  private static List<List<String>> commandsForUsers() {
    List<List<String>> all = new ArrayList<>();
    for (Command command : CommandCatalog.all()) {
      boolean listed = command.manual().isPerUser() && !REACHES_NOTHING.contains(command.name());
      if (listed && !command.name().equals("batch")) {
        all.add(
            PER_USER.stream()
                .filter(words -> words.get(0).equals(command.name()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(command.name())));
      }
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("commandsForUsers")
  void aBatchMayWhatItsCommandsMayAndNoMore(List<String> words) throws Exception {
    Path maildir = directory.resolve(OWN).resolve("Maildir");
    Map<String, String> before = tree(maildir);
    List<String> batch = new ArrayList<>(List.of("batch", ":"));
    batch.addAll(List.of(words.get(0).split(" ")));
    batch.addAll(words.subList(1, words.size()));
    for (Scope scope : List.of(only("batch"), only(words.get(0)))) {
      assertThat(run(scope, OWN, batch).done().outcome())
          .isIn(Outcome.NO_PERMISSION, Outcome.USAGE);
    }
    assertThat(tree(maildir)).isEqualTo(before);
    boolean together =
        run(only("batch", words.get(0)), OWN, batch).done().outcome() == Outcome.NO_PERMISSION;
    if (!words.get(0).equals("save")) { // reads, and cannot be in a batch
      makeUsersAnew();
      boolean alone = run(only(words.get(0)), OWN, words).done().outcome() == Outcome.NO_PERMISSION;
      assertThat(together).isEqualTo(alone).isEqualTo(words.get(0).equals("move"));
    }
  }

  /** What options do besides is what other commands do. */
  private static List<List<String>> withOptions() {
    return List.of(
        List.of("expunge", "-d", "mailbox", "Trash", "all"),
        List.of("mailbox create", "-s", "Made"),
        List.of("mailbox delete", "-s", "Trash"),
        List.of("mailbox rename", "-s", "Trash", "Bin"),
        List.of("import", "-s", "maildir:~/Maildir", "Made", "all"),
        List.of("move", "Trash", "mailbox", "INBOX", "all"));
  }

  @ParameterizedTest
  @MethodSource("withOptions")
  void whatOptionsDoMustBeInScopeToo(List<String> words) throws Exception {
    Path maildir = directory.resolve(OWN).resolve("Maildir");
    Map<String, String> before = tree(maildir);
    Answer answer = run(only(words.get(0)), OWN, words);
    assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(answer.done().text())
        .startsWith("Your scope does not allow the command: ")
        .endsWith(", which this " + words.get(0) + " needs as well");
    assertThat(tree(maildir)).isEqualTo(before);
    assertThat(run(DOMAIN, OWN, words).done().outcome()).isEqualTo(Outcome.OK);
    assertThat(tree(maildir)).isNotEqualTo(before);
  }

  @Test
  void aHomeThatOthersMayHaveIsNoPlaceToImportFrom() throws Exception {
    Path shared = Files.createDirectories(directory.resolve("shared"));
    mailbox(shared.resolve("jane"), false);
    mailbox(shared.resolve("joe"), true);
    String line = "%s:pw:::" + ":" + shared + "::userdb_mail=maildir:~/%s%n";
    Files.writeString(
        directory.resolve("users"),
        line.formatted("jane@example.org", "jane") + line.formatted("joe@example.com", "joe"));
    List<String> words = List.of("import", "maildir:~/joe", "", "all");
    Answer answer = run(DOMAIN, "jane@example.org", words);
    assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(tree(shared.resolve("jane")).values()).noneMatch(mail -> mail.contains(SECRET));
  }
}
