package org.doveadmsshd.settings;

import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Rate;

/**
 * All of a configuration. Immutable. Paths are absolute: relative ones count from the directory of
 * the configuration file, {@code ~} is the home of the user who runs the program.
 *
 * @param metrics where Prometheus may ask: a loopback address, or a UNIX socket's; nothing for
 *     nowhere
 * @param file where it was read from
 * @param effective all settings with their values or defaults, a line each, secrets masked
 */
public record Settings(
    SshSettings ssh,
    KeySettings keys,
    LoginSettings logins,
    MailSettings mail,
    AuditSettings audit,
    Duration shutdownTimeout,
    Connections connections,
    ShellSettings shell,
    JournalSettings journals,
    ClientSettings client,
    AuthSettings auth,
    Map<String, List<RuleSettings>> masters,
    WorkSettings work,
    List<SocketSettings> sockets,
    Optional<SocketAddress> metrics,
    Path file,
    List<String> effective) {
  /** The service that carries out doveadm's commands. */
  public static final String DOVEADM = "doveadm";

  /**
   * What doveadm-ssh connects to.
   *
   * @param identity file with the private key, where a server names none
   * @param stateDirectory for what is to outlive the program; nothing for the usual place
   */
  public record ClientSettings(
      Path knownHosts,
      Path identity,
      Optional<Path> stateDirectory,
      ReachSettings reach,
      List<ServerSettings> servers,
      PlacementSettings placement) {}

  /**
   * How long a server is waited for.
   *
   * @param connect until it is connected to and has let us in
   * @param silence until one that says nothing is taken for dead (the setting {@code
   *     server_timeout})
   * @param absence until one that was lost is given up (the setting {@code server_return})
   */
  public record ReachSettings(Duration connect, Duration silence, Duration absence) {}

  /** Where users and passwords are looked up. */
  public record AuthSettings(
      List<Backend.PassdbSection> passdbs, List<Backend.UserdbSection> userdbs, AuthCache cache) {}

  /**
   * How and where users' commands are carried out.
   *
   * @param lanes how many a run may have (the setting {@code workers}); 0 lets the server choose
   * @param rehearses whether the usual commands are rehearsed after the start
   * @param baseDir directory of the supervisor's sockets
   * @param termsDirectory where users' terms are kept, if they are
   * @param services worker processes by service; every known service is here, also one without a
   *     section
   */
  public record WorkSettings(
      int lanes,
      boolean rehearses,
      Path baseDir,
      Optional<Path> termsDirectory,
      IsolationSettings isolation,
      Map<String, ProcessSettings> services) {
    public WorkSettings {
      services = Map.copyOf(services);
    }

    /** Worker processes of the service {@link #DOVEADM}. */
    public ProcessSettings processes() {
      return services.get(DOVEADM);
    }
  }

  /** Where the server listens, and what it shows of itself. */
  public record SshSettings(
      List<String> listen, int port, Path hostKey, Optional<Path> hostCertificate) {}

  /**
   * The keys of logins.
   *
   * @param authorized path of a file, with {@code %u} for the master
   * @param fromPassdb whether passdbs are asked for keys as well
   * @param authorities whose certificates are taken
   * @param certificateCommands what a certificate for masks of users allows
   */
  public record KeySettings(
      String authorized,
      boolean fromPassdb,
      Optional<Path> authorities,
      List<String> certificateCommands,
      Optional<Path> revoked) {}

  /**
   * How masters log in.
   *
   * @param timeout how long that may take
   * @param failureDelay how late a wrong password is told
   * @param mechanisms of SASL, in capitals
   * @param methods lists of SSH's methods, each separated by commas; none for any one of them
   */
  public record LoginSettings(
      Duration timeout, Duration failureDelay, Set<String> mechanisms, List<String> methods) {}

  /**
   * Mail and how it is opened.
   *
   * @param location as in Dovecot, where the userdb does not say
   * @param lockTimeout how long a locked mailbox is waited for
   * @param cache whether mailboxes are remembered
   * @param namespaces that a user's mailboxes are in; none without sections of that name
   */
  public record MailSettings(
      String location,
      Duration lockTimeout,
      boolean cache,
      CompressionSettings compression,
      QuotaSettings quota,
      Namespaces namespaces) {
    /** What the mail of users consists of. */
    public UserMail users() {
      return new UserMail(location, namespaces);
    }
  }

  /**
   * Mails that are compressed.
   *
   * @param method how new mails are; {@code no} for not at all
   * @param level a number; empty for the usual one of the method
   * @param inflateLimit most bytes that a mail may inflate to
   */
  public record CompressionSettings(String method, String level, long inflateLimit) {}

  /**
   * The audit log.
   *
   * @param log the file for that, if there is one
   * @param required whether nothing is done that cannot be written there
   */
  public record AuditSettings(Optional<Path> log, boolean required) {}

  /**
   * Limits of connections.
   *
   * @param inputTimeout how long a command waits for its client's input; zero for any time
   * @param writeTimeout how long output waits for a client; zero for any time
   */
  public record Connections(
      int all,
      EarlyDrop beforeLogin,
      EarlyDrop beforeLoginPerAddress,
      int channels,
      Duration inputTimeout,
      Duration writeTimeout) {}

  /**
   * The interactive shell, and scripts.
   *
   * @param idleTimeout how long it waits for a key; zero for any time
   * @param historyDirectory where masters' lines are kept, if they are
   */
  public record ShellSettings(
      Duration idleTimeout, Optional<Path> historyDirectory, boolean scriptsAsk) {}

  /**
   * What is written down of runs.
   *
   * @param stateDirectory where; nothing for the usual place of the program
   * @param keep how long; zero for ever
   * @param size most bytes; 0 for any number
   * @param stopsWhenFull whether a run stops that cannot be written down any more
   */
  public record JournalSettings(
      Optional<Path> stateDirectory, Duration keep, long size, boolean stopsWhenFull) {}

  /**
   * The cache of answers of passdbs and userdbs.
   *
   * @param entries 0 for nothing
   */
  public record AuthCache(int entries, Duration ttl, Duration negativeTtl) {}

  /**
   * A rule of a master user's scope.
   *
   * @param allows whether the rule allows
   * @param users masks
   * @param commands names, and kinds of commands; none means all
   * @param mailboxes masks; none means all mail of a user
   */
  public record RuleSettings(
      boolean allows,
      List<String> users,
      List<String> commands,
      List<String> mailboxes,
      Optional<AddressPatterns> from,
      Optional<Instant> until,
      String text) {}

  /**
   * How much users may store.
   *
   * @param quota as for Dovecot's quota plugin; empty for none
   * @param rules in order
   */
  public record QuotaSettings(String quota, List<String> rules) {}

  /**
   * With whose rights mail is worked on.
   *
   * @param lastUid 0 for no limit
   * @param mailDirs directories below which mail must lie; none for anywhere
   */
  public record IsolationSettings(
      IsolationKind kind, long firstUid, long lastUid, long firstGid, List<Path> mailDirs) {}

  /** What keeps the work for one user from that for another; named as in the configuration. */
  public enum IsolationKind {
    /** Processes where there is a supervisor, else nothing. */
    AUTO,
    /** Nothing: the server works with the rights that it runs with. */
    NONE,
    /** Each user's work has a thread of its own, with that user's rights. */
    THREAD,
    /** Worker processes, which run as the user. */
    PROCESS;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Worker processes of a service.
   *
   * @param user the user that its server runs as; only this one and root may ask for users' work
   * @param serviceCount how many users a process serves before it ends; 0 for no limit
   * @param minAvail how many are started ahead of need
   * @param idleKill how long one may wait for a further user
   * @param answerTimeout how long one that works may give no sign of life; zero for ever
   * @param confine whose mail a worker is to see
   * @param lockStacks whether threads for users keep the memory of their stacks
   * @param umask of new files
   * @param ionice empty, {@code idle}, {@code best-effort} or {@code best-effort:<level>}
   */
  public record ProcessSettings(
      String user,
      int serviceCount,
      int minAvail,
      int limit,
      Duration idleKill,
      Duration answerTimeout,
      Confine confine,
      boolean lockStacks,
      int umask,
      int nice,
      String ionice,
      ResourceLimits limits) {}

  /**
   * Limits of a worker process; 0 for no limit, but for the memory and core files.
   *
   * @param memory bytes
   * @param cpuSeconds in all its life
   * @param fileSize bytes
   * @param core bytes of a core file
   */
  public record ResourceLimits(
      long memory, int openFiles, long cpuSeconds, long fileSize, long core) {}

  /**
   * A UNIX socket for brains on this machine.
   *
   * @param group empty for that of the process
   */
  public record SocketSettings(Path path, Set<PosixFilePermission> mode, String group) {}

  /**
   * A server of a brain.
   *
   * @param user the user to log in as
   * @param socket where it is on this machine; empty when it is reached over SSH
   * @param mechanism of SASL, for a socket that wants to know
   * @param secretFile password or token for that
   * @param lanes how many a run may have (the setting {@code workers})
   * @param connections how many the lanes are spread over
   * @param maxRate how many users a run begins there
   * @param weight how many users it gets by the placement {@code hash}, as against others
   * @param users masks of users that are there
   */
  public record ServerSettings(
      String name,
      String host,
      int port,
      String user,
      Path identity,
      Optional<Path> socket,
      String mechanism,
      Optional<Path> secretFile,
      int lanes,
      int connections,
      Rate maxRate,
      int weight,
      List<String> users) {}

  /** A configuration that has problems. */
  public static final class InvalidException extends Exception {
    private final transient List<Problem> problems;

    InvalidException(List<Problem> problems) {
      super("a configuration with mistakes");
      this.problems = problems.stream().distinct().toList();
    }

    /** All of them, in the order of the file. */
    public List<Problem> problems() {
      return problems;
    }
  }

  /**
   * Reads a configuration file.
   *
   * @param commands what a rule of a master user may name: commands, and kinds of them; empty when
   *     that is not to be checked
   * @throws InvalidException with everything that is wrong
   */
  public static Settings read(Path file, List<String> commands) throws InvalidException {
    List<Problem> problems = new ArrayList<>();
    DovecotConfiguration configuration = DovecotConfiguration.read(file, problems);
    if (!Files.isReadable(file)) {
      throw new InvalidException(problems);
    }
    ImmutableNode root = configuration.getNodeModel().getNodeHandler().getRootNode();
    Settings settings = new SettingsBinder(file, root, commands, problems).bind();
    if (!problems.isEmpty()) {
      throw new InvalidException(problems);
    }
    return settings;
  }
}
