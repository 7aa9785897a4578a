package org.doveadmsshd.storage.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespace.Auto;
import org.doveadmsshd.accounts.Namespace.ConfiguredMailbox;
import org.doveadmsshd.accounts.Namespace.Listed;
import org.doveadmsshd.accounts.Namespace.Type;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.storage.Delivery;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.Mailbox;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.compression.CompressionRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and listings are those that Dovecot 2.3.19 has with the same namespaces. */
class NamespaceStoreTest {
  @TempDir Path directory;
  private final List<String> warnings = new ArrayList<>();
  private final List<MailStore> open = new ArrayList<>();

  @AfterEach
  void close() {
    open.forEach(MailStore::close);
  }

  private static Namespace namespace(String name, String prefix, char separator) {
    return new Namespace(
        name,
        Type.PRIVATE,
        prefix,
        separator,
        Optional.empty(),
        true,
        Listed.YES,
        true,
        false,
        Optional.empty(),
        List.of(
            new ConfiguredMailbox("Trash", Set.of("\\Trash"), Auto.NO),
            new ConfiguredMailbox("Sent", Set.of("\\Sent"), Auto.NO),
            new ConfiguredMailbox("Sent Messages", Set.of("\\Sent"), Auto.NO),
            new ConfiguredMailbox("Spam", Set.of("\\Junk"), Auto.SUBSCRIBE)));
  }

  private Namespace other(
      String name, Type type, String prefix, String location, Listed listed, String alias) {
    char separator = prefix.charAt(prefix.length() - 1);
    return new Namespace(
        name,
        type,
        prefix,
        separator,
        Optional.ofNullable(location).map(text -> "maildir:" + directory + text),
        false,
        listed,
        type == Type.PRIVATE,
        false,
        Optional.ofNullable(alias),
        List.of());
  }

  /** As many sites have it: a slash, no prefix. */
  private NamespaceStore slashes() throws Exception {
    return store(
        namespace("inbox", "", '/'),
        other("pub", Type.PUBLIC, "Public/", "/public", Listed.YES, null),
        other("empty", Type.PUBLIC, "Empty/", "/none", Listed.CHILDREN, null),
        other("hid", Type.PRIVATE, "Hidden/", "/hidden", Listed.NO, null),
        other("compat", Type.PRIVATE, "mail/", null, Listed.NO, ""),
        other("dots", Type.PRIVATE, "INBOX.", null, Listed.NO, ""),
        other("shared", Type.SHARED, "shared/%%u/", "/%%n", Listed.CHILDREN, null));
  }

  /** As Courier has it. */
  private NamespaceStore dots() throws Exception {
    return store(
        namespace("inbox", "INBOX.", '.'),
        other("pub", Type.PUBLIC, "Public.", "/public", Listed.CHILDREN, null));
  }

  private NamespaceStore store(Namespace... namespaces) throws Exception {
    for (String folder :
        List.of(
            "jane",
            "jane/.Trash",
            "jane/.Sent",
            "jane/.Work.2024",
            "joe",
            "joe/.Trash",
            "public/.News",
            "public/.Info.All",
            "hidden/.One")) {
      for (String part : List.of("cur", "new", "tmp")) {
        Files.createDirectories(directory.resolve(folder).resolve(part));
      }
    }
    Namespaces all = new Namespaces(Arrays.asList(namespaces));
    assertThat(all.mistakes()).isEmpty();
    UserMail mail = new UserMail("maildir:" + directory + "/%n", all);
    NamespaceStore store =
        new NamespaceStore(
            all,
            "jane@example.org",
            (namespace, owner, shown) -> tree(mail, namespace, owner, shown),
            warnings::add);
    open.add(store);
    return store;
  }

  private MailStore tree(
      UserMail mail, Namespace namespace, Optional<String> owner, NamespaceStore.Shown shown)
      throws Failure {
    MailUser user = new MailUser(owner.orElse("jane@example.org"), Map.of());
    MailLocation location =
        owner.isPresent() ? mail.locationOf(user, namespace) : mail.location(namespace, user);
    MaildirStore.Context context =
        new MaildirStore.Context(
            Duration.ofSeconds(5),
            () -> {},
            warnings::add,
            QuotaRules.NONE,
            CompressionRules.NONE,
            Optional.empty(),
            MemoryTurns.unlimited().holder());
    MaildirStore tree = MaildirStore.open(location, context).showing(shown::of);
    return namespace.inbox() ? tree : tree.withoutInbox();
  }

  private static String names(List<MailStore.ListedName> entries, String masks) {
    List<String> all = List.of(masks.split(" "));
    StringBuilder names = new StringBuilder();
    entries.stream()
        .filter(entry -> org.doveadmsshd.storage.search.MailboxPattern.anyMatches(all, entry))
        .map(entry -> entry.selectable() ? entry.name() : "(" + entry.name() + ")")
        .sorted()
        .forEach(name -> names.append(' ').append(name));
    return names.toString().strip();
  }

  @Test
  void withoutMasksAllIsListedThatIsNoAliasAndNotHidden() throws Exception {
    assertThat(names(slashes().list(), "*"))
        .isEqualTo(
            "(Public) (Public/Info) (Spam) (Work) INBOX Public/Info/All Public/News Sent Trash Work/2024");
    assertThat(names(slashes().own(), "*")).isEqualTo("(Spam) (Work) INBOX Sent Trash Work/2024");
    assertThat(names(dots().list(), "*"))
        .isEqualTo(
            "(INBOX.Spam) (INBOX.Work) (Public) (Public.Info) INBOX INBOX.Sent INBOX.Trash"
                + " INBOX.Work.2024 Public.Info.All Public.News");
  }

  /** Each answer is one of Dovecot's: mailbox status, and mailbox list for those in parentheses. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ | *                  | (Spam) (Work) INBOX Sent Trash Work/2024",
        "/ | %                  | (Spam) (Work) INBOX Sent Trash",
        "/ | INBOX*             | INBOX",
        "/ | Public*            | ",
        "/ | Public/*           | (Public/Info) Public/Info/All Public/News",
        "/ | Public/%           | (Public/Info) Public/News",
        "/ | Public *           | (Public) (Public/Info) (Spam) (Work) INBOX Public/Info/All Public/News Sent Trash Work/2024",
        "/ | *News              | ",
        "/ | Hidden/*           | Hidden/One",
        "/ | Hidden*            | ",
        "/ | mail/*             | (mail/Work) mail/Sent mail/Trash mail/Work/2024",
        "/ | INBOX.*            | (INBOX.Work) INBOX.Sent INBOX.Trash INBOX.Work.2024",
        "/ | shared/*           | ",
        ". | *                  | (INBOX)",
        ". | INBOX*             | (INBOX)",
        ". | INBOX.*            | (INBOX.Spam) (INBOX.Work) INBOX.Sent INBOX.Trash INBOX.Work.2024",
        ". | inbox.%            | (INBOX.Spam) (INBOX.Work) INBOX.Sent INBOX.Trash",
        ". | *.*                | (Public.Info) Public.Info.All Public.News",
        ". | %.%                | (Public.Info) Public.News",
        ". | Pub*               | ",
        ". | Public.*           | (Public.Info) Public.Info.All Public.News",
      })
  void aMaskReachesIntoANamespaceOnlyWhenItsPrefixStandsInIt(
      char separator, String masks, String expected) throws Exception {
    NamespaceStore store = separator == '/' ? slashes() : dots();
    assertThat(names(store.list(List.of(masks.split(" "))), masks.replace("inbox", "INBOX")))
        .isEqualTo(expected == null ? "" : expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ | inbox                          | INBOX                       | jane",
        "/ | Work/2024                      | Work/2024                   | jane/.Work.2024",
        "/ | Work.2024                      |                             |",
        "/ | Public/Info/All                | Public/Info/All             | public/.Info.All",
        "/ | Public/Info.All                |                             |",
        "/ | Public                         |                             | public",
        "/ | Public/                        |                             |",
        "/ | Hidden/One                     | Hidden/One                  | hidden/.One",
        "/ | mail/Trash                     | mail/Trash                  | jane/.Trash",
        "/ | mail/INBOX                     |                             |",
        "/ | INBOX.Work.2024                | INBOX.Work.2024             | jane/.Work.2024",
        "/ | inbox.Trash                    | INBOX.Trash                 | jane/.Trash",
        "/ | INBOX/Trash                    |                             | jane/.INBOX.Trash",
        "/ | shared/joe@example.org/Trash   | shared/joe@example.org/Trash | joe/.Trash",
        "/ | shared/joe@example.org/INBOX   | shared/joe@example.org/INBOX | joe",
        "/ | shared/joe@example.org         | shared/joe@example.org/INBOX | joe",
        "/ | shared                         |                             |",
        "/ | shared/                        |                             |",
        "/ | \\Trash                        | Trash                       | jane/.Trash",
        "/ | \\trash                        | Trash                       | jane/.Trash",
        "/ | \\Sent                         | Sent                        | jane/.Sent",
        "/ | \\Drafts                       |                             | jane/.\\Drafts",
        "/ | Nope                           |                             | jane/.Nope",
        ". | INBOX.Trash                    | INBOX.Trash                 | jane/.Trash",
        ". | Inbox.Trash                    | INBOX.Trash                 | jane/.Trash",
        ". | INBOX.trash                    |                             | jane/.trash",
        ". | Trash                          |                             |",
        ". | INBOX.INBOX                    |                             |",
        ". | INBOX.a/b                      |                             |",
        ". | Public.News                    | Public.News                 | public/.News",
      })
  void aNameLeadsToOneMailbox(char separator, String name, String shown, String path)
      throws Exception {
    NamespaceStore store = separator == '/' ? slashes() : dots();
    Optional<Mailbox> found = store.find(name);
    assertThat(found.map(Mailbox::name)).isEqualTo(Optional.ofNullable(shown));
    found.ifPresent(Mailbox::close);
    if (path == null) {
      assertThatThrownBy(() -> store.path(name, MailStore.PathType.MAILBOX))
          .isInstanceOf(Failure.class);
    } else {
      assertThat(store.path(name, MailStore.PathType.MAILBOX))
          .isEqualTo(directory.resolve(path).toString());
    }
  }

  @Test
  void whatIsMadeRenamedAndRemovedIsOnDiskWhereDovecotHasIt() throws Exception {
    NamespaceStore store = slashes();
    store.create("Foo/Bär", Optional.empty());
    store.create("Public/New", Optional.empty());
    store.create("mail/Alias", Optional.empty());
    store.create("INBOX/sub", Optional.empty());
    for (String made :
        List.of("jane/.Foo.B&AOQ-r", "public/.New", "jane/.Alias", "jane/.INBOX.sub")) {
      assertThat(directory.resolve(made)).isDirectory();
    }
    store.rename("mail/Alias", "Other");
    store.rename("Foo", "Old");
    store.rename("Public/New", "Public/Newer");
    assertThat(directory.resolve("jane/.Other")).isDirectory();
    assertThat(directory.resolve("jane/.Old.B&AOQ-r")).isDirectory();
    store.delete("mail/Other", false, false);
    assertThat(directory.resolve("jane/.Other")).doesNotExist();
    assertThat(directory.resolve("public/.Newer")).isDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/ | Foo.Bar         | 64",
        "/ | Public          | 65",
        "/ | mail/INBOX      | 65",
        "/ | inbox           | 65",
        "/ | Public/         | 64",
        "/ | x//y            | 64",
        ". | Foo             | 65",
        ". | INBOX.INBOX     | 65",
        ". | INBOX.a/b       | 64",
        ". | INBOX.          | 64",
      })
  void aNameThatNoMailboxCanHaveIsNotMade(char separator, String name, int code) throws Exception {
    NamespaceStore store = separator == '/' ? slashes() : dots();
    assertThatThrownBy(() -> store.create(name, Optional.empty()))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.outcome().exitCode()).isEqualTo(code))
        .hasMessageContaining(name.replace("inbox", "INBOX"));
  }

  @Test
  void mailboxesAreNotRenamedAcrossNamespaces() throws Exception {
    NamespaceStore store = slashes();
    assertThatThrownBy(() -> store.rename("Trash", "Public/Trash"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.DATA_ERROR));
    assertThatThrownBy(() -> store.delete("Public", false, false))
        .hasMessageContaining("can't be deleted");
    assertThat(directory.resolve("public/.News")).isDirectory();
  }

  @Test
  void mailMovesFromOneNamespaceIntoAnother() throws Exception {
    NamespaceStore store = slashes();
    save(store, "Trash");
    try (Mailbox trash = store.find("\\Trash").orElseThrow();
        Mailbox news = store.find("Public/News").orElseThrow();
        Delivery delivery = news.deliver()) {
      delivery.move(trash.mails(false).get(0));
      assertThat(delivery.commit()).isEqualTo(1);
      assertThat(trash.count()).isZero();
      assertThat(news.count()).isEqualTo(1);
    }
  }

  private static void save(MailStore store, String mailbox) throws Failure {
    byte[] mail = "Subject: x\n\nx\n".getBytes(StandardCharsets.US_ASCII);
    try (Mailbox target = store.find(mailbox).orElseThrow();
        Delivery delivery = target.deliver()) {
      delivery.save(new ByteArrayInputStream(mail), Delivery.About.NEW);
      delivery.commit();
    }
  }

  @Test
  void aMailboxThatIsMadeByItselfIsMadeWhenMailIsPutIntoIt() throws Exception {
    NamespaceStore store = slashes();
    try (Mailbox spam = store.find("\\Junk").orElseThrow()) {
      assertThat(spam.mails(true)).isEmpty();
      assertThat(directory.resolve("jane/.Spam")).doesNotExist();
    }
    save(store, "Spam");
    assertThat(directory.resolve("jane/.Spam/new")).isDirectoryContaining("glob:**");
    assertThat(names(store.list(), "Spam")).isEqualTo("Spam");
  }

  @Test
  void subscriptionsAreKeptAsDovecotKeepsThem() throws Exception {
    NamespaceStore store = slashes();
    assertThat(
            store.subscribe(
                List.of("Public", "Public/Info/All", "Work/2024", "Public/Übung/x", "INBOX"), true))
        .isEmpty();
    assertThat(store.subscribe(List.of("Hidden/One", "mail/Sent"), true)).isEmpty();
    assertThat(store.subscribe(List.of("Public/Info/All"), true))
        .containsExactly("Public/Info/All");
    assertThat(Files.readString(directory.resolve("jane/subscriptions")))
        .isEqualTo(
            "V\t2\n\nPublic/\nPublic/Info\tAll\nWork\t2024\nPublic/&ANw-bung\tx\nINBOX\nSent\n");
    assertThat(Files.readString(directory.resolve("hidden/subscriptions")))
        .isEqualTo("V\t2\n\nOne\n");
    assertThat(store.subscriptions())
        .containsExactlyInAnyOrder(
            "Work/2024", "INBOX", "Sent", "Spam", "Public", "Public/Info/All", "Public/Übung/x");
    assertThat(store.subscriptions(List.of("Hidden/*"))).containsExactly("Hidden/One");
    assertThat(store.subscriptions(List.of("Public/*")))
        .containsExactly("Public", "Public/Info/All", "Public/Übung/x");
    assertThat(store.subscribe(List.of("Public/Übung/x", "Public"), false)).isEmpty();
    assertThat(store.subscriptions(List.of("Public/*"))).containsExactly("Public/Info/All");
    assertThatThrownBy(() -> dots().subscribe(List.of("Public.News"), true))
        .hasMessage("This namespace has no subscriptions: Public.News");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Trash                        | Trash mail/Trash INBOX.Trash",
        "mail/Trash                   | Trash mail/Trash INBOX.Trash",
        "inbox.Trash                  | Trash mail/Trash INBOX.Trash",
        "Public/News                  | Public/News",
        "shared/jane@example.org/Trash | Trash mail/Trash INBOX.Trash shared/jane@example.org/Trash",
        "INBOX                        | INBOX mail shared/jane@example.org/INBOX",
        "Nope                         | Nope mail/Nope INBOX.Nope",
      })
  void aMailboxHasAllNamesThatLeadToIt(String name, String expected) throws Exception {
    NamespaceStore store = slashes();
    if (expected.contains("shared/")) {
      store.find("shared/jane@example.org").ifPresent(Mailbox::close);
    }
    List<String> names =
        store.aliases(name).stream().map(MailStore.ListedName::name).distinct().toList();
    assertThat(names.get(0)).isEqualTo(expected.split(" ")[0]);
    assertThat(names).contains(expected.split(" "));
  }

  @Test
  void mailThatLiesInsideThatOfAnotherNamespaceHasNoNamesThatAScopeCouldGoBy() throws Exception {
    NamespaceStore store =
        store(
            namespace("inbox", "", '/'),
            other("inner", Type.PRIVATE, "inner/", "/jane/.Trash", Listed.YES, null));
    assertThatThrownBy(() -> store.aliases("inner"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_PERMISSION));
  }

  @Test
  void aNamespaceThatCannotBeReadConcernsItsOwnMailboxesOnly() throws Exception {
    NamespaceStore store = slashes();
    Files.move(directory.resolve("public"), directory.resolve("elsewhere"));
    Files.writeString(directory.resolve("public"), "");
    assertThat(names(store.list(), "*"))
        .isEqualTo("(Spam) (Work) INBOX Public Sent Trash Work/2024");
    assertThat(warnings).singleElement().asString().startsWith("Cannot list the namespace Public/");
    assertThatThrownBy(() -> store.find("Public/News")).isInstanceOf(Failure.class);
    try (Mailbox trash = store.find("Trash").orElseThrow()) {
      assertThat(trash.count()).isZero();
    }
  }

  @Test
  void directoriesWithNamesOfAnotherNamespaceAreHidden() throws Exception {
    Files.createDirectories(directory.resolve("jane/.Public.Secret/cur"));
    assertThat(names(slashes().list(), "Public/*"))
        .isEqualTo("(Public/Info) Public/Info/All Public/News");
    try {
      assertThat(slashes().find("Public/Secret")).isEmpty();
    } catch (Failure e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatIsOddIsToldOfTheUsersOwnMailByTheNamesThatClientsSee() throws Exception {
    NamespaceStore store = slashes();
    for (String tree : List.of("jane", "jane/.Work.2024", "hidden/.One", "joe", "public/.News")) {
      Files.createSymbolicLink(directory.resolve(tree).resolve("cur/1.a"), Path.of("/etc/passwd"));
    }
    List<String> odd = new ArrayList<>();
    store.check(each -> odd.add(each.mailbox() + " " + each.file()));
    assertThat(odd)
        .containsExactlyInAnyOrder(
            "INBOX cur/1.a", "Work/2024 .Work.2024/cur/1.a", "Hidden/One .One/cur/1.a");
  }
}
