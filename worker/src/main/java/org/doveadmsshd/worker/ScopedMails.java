package org.doveadmsshd.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.MailLocation;
import org.doveadmsshd.accounts.MailTemplate;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Scope;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryTurns;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Variables;
import org.doveadmsshd.command.UserContext;
import org.doveadmsshd.protocol.Message;
import org.doveadmsshd.storage.MailStore;
import org.doveadmsshd.storage.QuotaRules;
import org.doveadmsshd.storage.maildir.MaildirStore;
import org.doveadmsshd.storage.namespace.NamespaceStore;
import org.doveadmsshd.storage.search.MailboxPattern;

/**
 * Opens the mail of users for one request, as far as the scope of its master reaches.
 *
 * @param commands what is going to be done there; the scope must cover each of them
 * @param memory for the mailboxes that are opened
 */
record ScopedMails(
    Scope scope,
    List<String> commands,
    Userdb userdb,
    InProcessWork.MailDefaults defaults,
    MemoryTurns.Holder memory,
    RequestControl control,
    RequestOutput output)
    implements UserContext.Others {

  /** Change times of files are at worst two seconds apart. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  ScopedMails {
    commands = List.copyOf(commands);
  }

  /**
   * Looks a user up. A user that the userdb calls by another name must be in scope by both names.
   *
   * @throws Failure with exit code 77 before any userdb is asked, 67 when there is no such user
   */
  MailUser user(String name) throws Failure {
    check(name);
    MailUser user =
        userdb
            .find(name)
            .orElseThrow(() -> new Failure(Outcome.NO_USER, "User doesn't exist: " + name));
    if (!user.name().equals(name)) {
      check(user.name());
    }
    if (user.proxyHost().isPresent()) {
      throw new Failure(
          Outcome.NO_USER,
          "The mail of " + name + " is on " + user.proxyHost().get() + ", not here");
    }
    return user;
  }

  private void check(String name) throws Failure {
    for (String command : commands) {
      scope.checkUser(name, command);
    }
  }

  private boolean hasAllMail(MailUser user) {
    return commands.stream().allMatch(command -> scope.hasAllMail(user.name(), command));
  }

  /**
   * @param names of the mailbox, the one that scopes go by first
   */
  private boolean hasMailbox(MailUser user, List<MailStore.ListedName> names) {
    Predicate<List<String>> name = masks -> MailboxPattern.anyMatches(masks, names.get(0));
    Predicate<List<String>> anyName =
        masks -> names.stream().anyMatch(each -> MailboxPattern.anyMatches(masks, each));
    return commands.stream()
        .allMatch(command -> scope.hasMailbox(user.name(), command, name, anyName));
  }

  /** The mail of a user. */
  MailStore store(MailUser user) throws Failure {
    UserMail mail = defaults.mail();
    MailStore store =
        mail.namespaces().isEmpty()
            ? store(user, MailLocation.of(user, mail.location()))
            : new NamespaceStore(
                mail.namespaces(),
                user.name(),
                (namespace, owner, shown) -> tree(user, namespace, owner, shown),
                warnings(output));
    return hasAllMail(user) ? store : new ScopedMailStore(store, names -> hasMailbox(user, names));
  }

  /** The mailboxes of a namespace; what is not the user's own counts for nobody's quota. */
  private MailStore tree(
      MailUser user, Namespace namespace, Optional<String> owner, NamespaceStore.Shown shown)
      throws Failure {
    MailLocation location =
        owner.isPresent()
            ? defaults.mail().locationOf(owner(owner.get()), namespace)
            : defaults.mail().location(namespace, user);
    boolean isOwn = namespace.type() == Namespace.Type.PRIVATE;
    MaildirStore tree = store(location, isOwn ? quota(user) : QuotaRules.NONE).showing(shown::of);
    return namespace.inbox() ? tree : tree.withoutInbox();
  }

  /**
   * Another user, whose mail a namespace shows. The scope must cover all his mail: mailboxes have
   * other names for him.
   */
  private MailUser owner(String name) throws Failure {
    MailUser owner;
    try {
      owner = user(name);
    } catch (Failure e) {
      throw e.outcome() == Outcome.NO_USER
          ? new Failure(Outcome.NOT_FOUND, "There is no mail of " + name + ": " + e.getMessage())
          : e;
    }
    if (!hasAllMail(owner)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Your scope covers some mailboxes of "
              + name
              + " only, so none is reached through the mail of others");
    }
    return owner;
  }

  private MaildirStore store(MailUser user, MailLocation location) throws Failure {
    return store(location, quota(user));
  }

  private MaildirStore store(MailLocation location, QuotaRules quota) throws Failure {
    MaildirStore.Context context =
        new MaildirStore.Context(
            defaults.lockPatience(),
            control::check,
            warnings(output),
            quota,
            defaults.compression(),
            defaults.cached() ? Optional.of(SETTLED) : Optional.empty(),
            memory);
    return MaildirStore.open(location, context);
  }

  private QuotaRules quota(MailUser user) throws Failure {
    String rule = user.fields().get("quota_rule");
    if (rule == null) {
      return defaults.quota();
    }
    return defaults
        .quota()
        .with(rule)
        .orElseThrow(
            () ->
                new Failure(
                    Outcome.CONFIGURATION_ERROR,
                    "The userdb has a malformed quota_rule for " + user.name()));
  }

  @Override
  public MailStore open(String name) throws Failure {
    return store(user(name));
  }

  @Override
  public MailStore open(String name, String location) throws Failure {
    MailUser user = user(name);
    checkLocation(user, location);
    MailStore store = store(user, MailLocation.at(user, location));
    if (!store.isThere()) {
      store.close();
      throw new Failure(Outcome.NOT_FOUND, "There is no mail in " + location);
    }
    return store;
  }

  /**
   * Mail in a home is the user's if the home is. A location may name a single mailbox, so the scope
   * must cover all mailboxes.
   */
  private void checkLocation(MailUser user, String location) throws Failure {
    if (!hasAllMail(user)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Your scope covers some mailboxes of "
              + user.name()
              + " only, so no location can be read");
    }
    boolean ownHome = hasHomeOfHisOwn(user);
    boolean inHome =
        MailTemplate.mistake(location).isEmpty() && MailTemplate.parse(location).isBelowHome();
    boolean everybody = commands.stream().allMatch(scope::hasAllUsers);
    if (!everybody && !(inHome && ownHome)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          "Your scope does not cover all users, so the source must be in a home: maildir:~/…"
              + (ownHome ? "" : " (and here homes are shared)"));
    }
  }

  /**
   * Whether a user's home holds no other user's mail. If all mail lies in homes by one template,
   * users who share a home share the mail. If the userdb names the mail of one user, others may
   * have theirs in the same home; then the home must be named after the user.
   */
  private boolean hasHomeOfHisOwn(MailUser user) {
    String usual = user.mail().orElse(defaults.mail().location());
    if (!usual.startsWith("maildir:~")
        || MailTemplate.mistake(usual).isPresent()
        || Variables.isIn(MailTemplate.parse(usual).path())) {
      return false;
    }
    return user.mail().isEmpty() || isNamedFor(user, user.home().orElse(""));
  }

  private static boolean isNamedFor(MailUser user, String home) {
    List<String> names = List.of(home.split("/"));
    int at = user.name().lastIndexOf('@');
    return names.contains(user.name())
        || at > 0
            && names.contains(user.name().substring(0, at))
            && names.contains(user.name().substring(at + 1));
  }

  /** A warning that cannot be delivered ends the request as any other message would. */
  private static Consumer<String> warnings(RequestOutput output) {
    return text -> {
      try {
        output.log(Message.Log.Level.WARNING, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
