package org.doveadmsshd.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.auth.sasl.Mechanisms;
import org.doveadmsshd.base.AddressPatterns;

/**
 * All of a configuration. Immutable. Paths are absolute: relative ones count from the directory of
 * the configuration file, {@code ~} is the home of who runs the program.
 *
 * @param file where it was read from
 * @param effective all settings with their values or defaults, a line each, secrets masked
 */
public record Settings(
    List<String> listen,
    int port,
    Path hostKey,
    Optional<Path> hostCertificate,
    String authorizedKeys,
    boolean authorizedKeysPassdb,
    Optional<Path> trustedUserCaKeys,
    List<String> certificateCommands,
    Optional<Path> revokedKeys,
    String mailLocation,
    Duration lockTimeout,
    boolean mailCache,
    Duration loginTimeout,
    Duration authFailureDelay,
    Set<String> authMechanisms,
    List<String> authenticationMethods,
    Optional<Path> auditLog,
    boolean auditRequired,
    Duration shutdownTimeout,
    Connections connections,
    Path knownHosts,
    Path identity,
    int workers,
    List<Backend.Passdb> passdbs,
    List<Backend.Userdb> userdbs,
    AuthCache authCache,
    Map<String, List<RuleSettings>> masters,
    Path baseDir,
    IsolationSettings isolation,
    ProcessSettings processes,
    List<SocketSettings> sockets,
    List<ServerSettings> servers,
    QuotaSettings quota,
    Path file,
    List<String> effective) {

  private static final String METHOD = "publickey|password|keyboard-interactive";

  /** What an entry of the cache is taken to need. */
  private static final long CACHED_BYTES = 512;

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
   * What is remembered of what passdbs and userdbs say.
   *
   * @param entries 0 for nothing
   */
  public record AuthCache(int entries, Duration ttl, Duration negativeTtl) {}

  /**
   * What a master user may do, and what not.
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
   * What users may store.
   *
   * @param quota as for Dovecot's quota plugin; empty for none
   * @param rules in order
   */
  public record QuotaSettings(String quota, List<String> rules) {}

  /**
   * With whose rights mail is worked on.
   *
   * @param kind {@code none}, {@code thread}, {@code process}, or {@code auto} for whichever of the
   *     first and the last can be had
   * @param lastUid 0 for no limit
   * @param mailDirs directories below which mail must lie; none for anywhere
   */
  public record IsolationSettings(
      String kind, long firstUid, long lastUid, long firstGid, List<Path> mailDirs) {}

  /**
   * Worker processes.
   *
   * @param user whom the server runs as, who alone may have users' work done
   * @param serviceCount how many users a process serves before it ends; 0 for no limit
   * @param minAvail how many are started ahead of need
   * @param idleKill how long one may wait for a further user
   * @param answerTimeout how long one that works may give no sign of life; zero for ever
   * @param confine whether a worker is to see nothing but its user's mail
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
      boolean confine,
      boolean lockStacks,
      int umask,
      int nice,
      String ionice,
      ResourceLimits limits) {}

  /**
   * What a worker process may take at most; 0 for no limit, but for the memory and core files.
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
   * @param user whom to log in as
   * @param socket where it is on this machine; empty when it is reached over SSH
   * @param mechanism of SASL, for a socket that wants to know
   * @param secretFile password or token for that
   * @param workers how many lanes
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
      int workers,
      List<String> users) {}

  /** A configuration that has problems. */
  public static final class InvalidException extends Exception {
    private final transient List<Problem> problems;

    InvalidException(List<Problem> problems) {
      super(problems.size() + " problems");
      this.problems = List.copyOf(problems);
    }

    /** All of them, in the order of the file. */
    public List<Problem> problems() {
      return problems;
    }
  }

  /**
   * Reads a configuration file.
   *
   * @param commands what a rule of a master user may name: commands, and kinds of them
   * @throws InvalidException with everything that is wrong
   */
  public static Settings read(Path file, List<String> commands) throws InvalidException {
    List<Problem> problems = new ArrayList<>();
    DovecotConfiguration configuration = DovecotConfiguration.read(file, problems);
    if (!Files.isReadable(file)) {
      throw new InvalidException(problems);
    }
    ImmutableNode root = configuration.getNodeModel().getNodeHandler().getRootNode();
    Settings settings = new Binder(file, root, commands, problems).bind();
    if (!problems.isEmpty()) {
      throw new InvalidException(problems);
    }
    return settings;
  }

  /** Makes records of the tree. */
  private static final class Binder {
    private final Path file;
    private final ImmutableNode root;
    private final List<String> commands;
    private final List<Problem> problems;

    Binder(Path file, ImmutableNode root, List<String> commands, List<Problem> problems) {
      this.file = file.toAbsolutePath();
      this.root = root;
      this.commands = commands;
      this.problems = problems;
    }

    Settings bind() {
      Section top = Section.read(Schema.TOP, root, file.toString(), problems);
      Map<String, List<Section>> sections = sections();
      ServiceBinder service = new ServiceBinder(top, sections.get("service"), this::path, problems);
      BackendBinder backends = new BackendBinder(top, this::path, problems);
      return new Settings(
          top.words("listen"),
          top.number("port"),
          path(top.text("host_key")),
          optionalPath(top, "host_certificate"),
          path(top.text("authorized_keys")).toString(),
          top.yes("authorized_keys_passdb"),
          optionalPath(top, "trusted_user_ca_keys"),
          top.words("certificate_commands", commands),
          optionalPath(top, "revoked_keys"),
          top.text("mail_location"),
          top.time("lock_timeout"),
          top.yes("mail_cache"),
          top.time("login_timeout"),
          top.time("auth_failure_delay"),
          mechanisms(top),
          methods(top),
          optionalPath(top, "audit_log"),
          top.yes("audit_required"),
          top.time("shutdown_timeout"),
          new Connections(
              top.number("max_connections"),
              EarlyDrop.parse(top.text("max_connections_before_login")),
              EarlyDrop.parse(top.text("max_connections_before_login_per_address")),
              top.number("max_channels_per_connection"),
              top.time("input_timeout"),
              top.time("write_timeout")),
          path(top.text("known_hosts")),
          path(top.text("identity")),
          service.workers(),
          sections.get("passdb").stream().map(backends::passdb).toList(),
          sections.get("userdb").stream().map(backends::userdb).toList(),
          new AuthCache(
              (int) (top.size("auth_cache_size") / CACHED_BYTES),
              top.time("auth_cache_ttl"),
              top.time("auth_cache_negative_ttl")),
          masters(sections.get("master_user")),
          path(top.text("base_dir")),
          service.isolation(),
          service.processes(),
          service.sockets(),
          new ServerBinder(top, this::path).servers(sections.get("server")),
          quota(sections.get("plugin")),
          file,
          effective(top, sections));
    }

    private static Set<String> mechanisms(Section top) {
      List<String> known =
          Mechanisms.NAMES.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
      return top.words("auth_mechanisms", known).stream()
          .map(name -> name.toUpperCase(Locale.ROOT))
          .collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> methods(Section top) {
      String text = top.text("authentication_methods").strip();
      List<String> lists = text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
      for (String list : lists) {
        if (!list.matches("(" + METHOD + ")(,(" + METHOD + "))*")) {
          top.problem(
              "authentication_methods: expected lists of publickey, password and"
                  + " keyboard-interactive, such as publickey,password: "
                  + list);
        }
      }
      return lists;
    }

    private QuotaSettings quota(List<Section> sections) {
      if (sections.isEmpty()) {
        return new QuotaSettings("", List.of());
      }
      Section plugin = Section.together(sections);
      List<String> rules = new ArrayList<>();
      for (String key : List.of("quota_rule", "quota_rule2", "quota_rule3", "quota_rule4")) {
        if (!plugin.text(key).isEmpty()) {
          rules.add(plugin.text(key));
        }
      }
      return new QuotaSettings(plugin.text("quota"), rules);
    }

    private static List<String> effective(Section top, Map<String, List<Section>> sections) {
      List<String> lines = new ArrayList<>(top.effective(""));
      sections.forEach(
          (type, all) -> {
            for (Section section : all) {
              lines.add((type + " " + section.name()).strip() + " {");
              lines.addAll(section.effective("  "));
              lines.add("}");
            }
          });
      return lines;
    }

    private Map<String, List<Section>> sections() {
      Map<String, List<Section>> sections = new LinkedHashMap<>();
      Schema.sections().forEach(type -> sections.put(type, new ArrayList<>()));
      for (ImmutableNode node : root.getChildren()) {
        if (node.getAttributes().containsKey(DovecotConfiguration.NAME)) {
          String type = node.getNodeName();
          if (Schema.settings(type) == null) {
            int line = (Integer) node.getAttributes().get(DovecotConfiguration.LINE);
            String from = node.getAttributes().get(DovecotConfiguration.FILE).toString();
            String near = Section.nearest(type, Schema.sections());
            problems.add(new Problem(from, line, "unknown section: " + type + near));
          } else {
            sections.get(type).add(Section.read(type, node, file.toString(), problems));
          }
        }
      }
      return sections;
    }

    private Map<String, List<RuleSettings>> masters(List<Section> sections) {
      RuleBinder rules = new RuleBinder(commands);
      Map<String, List<RuleSettings>> masters = new LinkedHashMap<>();
      for (Section section : sections) {
        if (section.name().isEmpty()) {
          section.problem("a master_user needs a name: master_user admin {");
        }
        if (masters.put(section.name(), rules.rules(section)) != null) {
          section.problem("master_user " + section.name() + " stands here twice");
        }
      }
      return masters;
    }

    private Optional<Path> optionalPath(Section section, String key) {
      return Optional.of(section.text(key)).filter(text -> !text.isEmpty()).map(this::path);
    }

    private Path path(String text) {
      if (text.equals("~") || text.startsWith("~/")) {
        return Path.of(System.getProperty("user.home") + text.substring(1));
      }
      return file.resolveSibling(text).normalize();
    }
  }
}
