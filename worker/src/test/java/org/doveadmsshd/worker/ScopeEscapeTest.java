package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.doveadmsshd.worker.TwoDomains.FOREIGN;
import static org.doveadmsshd.worker.TwoDomains.GUID;
import static org.doveadmsshd.worker.TwoDomains.OWN;
import static org.doveadmsshd.worker.TwoDomains.SECRET;
import static org.doveadmsshd.worker.TwoDomains.mailbox;
import static org.doveadmsshd.worker.TwoDomains.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.ScopeRule;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.doveadmsshd.base.options.Argument;
import org.doveadmsshd.base.options.Option;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.worker.TwoDomains.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tries to reach outside a scope with every command and option that names a user or a mailbox. */
class ScopeEscapeTest {
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
                  List.of("Trash"),
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
          List.of("check-mail"),
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
          List.of("status"),
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
          "runs",
          "runs cancel",
          "runs show",
          "runs watch",
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
  private TwoDomains users;

  @BeforeEach
  void makeUsers() throws IOException {
    users = new TwoDomains(directory);
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
      Answer answer = users.run(DOMAIN, name, words);
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
    Answer answer = users.run(TRASH, OWN, words);
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
    assertThat(users.run(DOMAIN, OWN, List.of("fetch", "text", "all")).text())
        .contains(SECRET, "own");
    Answer own = users.run(TRASH, OWN, List.of("fetch", "text", "all"));
    assertThat(own.text()).contains("own").doesNotContain(SECRET);
    assertThat(users.run(TRASH, OWN, List.of("mailbox list", "*")).text()).isEqualTo("Trash\n");
    Answer expunged = users.run(TRASH, OWN, List.of("expunge", "mailbox", "Trash", "all"));
    assertThat(expunged.done().counts()).containsEntry("expunged", 1L);
  }

  @Test
  void listingNamesOnlyUsersInScope() throws Exception {
    assertThat(users.list(DOMAIN, "*").toString()).contains(OWN).doesNotContain(FOREIGN);
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
      assertThat(users.run(scope, OWN, batch).done().outcome())
          .isIn(Outcome.NO_PERMISSION, Outcome.USAGE);
    }
    assertThat(tree(maildir)).isEqualTo(before);
    boolean together =
        users.run(only("batch", words.get(0)), OWN, batch).done().outcome()
            == Outcome.NO_PERMISSION;
    if (!words.get(0).equals("save")) { // reads, and cannot be in a batch
      users.makeUsersAnew();
      boolean alone =
          users.run(only(words.get(0)), OWN, words).done().outcome() == Outcome.NO_PERMISSION;
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
    Answer answer = users.run(only(words.get(0)), OWN, words);
    assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(answer.done().text())
        .startsWith("Your scope does not allow the command: ")
        .endsWith(", which this " + words.get(0) + " needs as well");
    assertThat(tree(maildir)).isEqualTo(before);
    assertThat(users.run(DOMAIN, OWN, words).done().outcome()).isEqualTo(Outcome.OK);
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
    Answer answer = users.run(DOMAIN, "jane@example.org", words);
    assertThat(answer.done().outcome()).isEqualTo(Outcome.NO_PERMISSION);
    assertThat(tree(shared.resolve("jane")).values()).noneMatch(mail -> mail.contains(SECRET));
  }
}
