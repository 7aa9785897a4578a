package org.doveadmsshd.settings;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.doveadmsshd.base.Nearest;
import org.doveadmsshd.settings.Settings.AuditSettings;
import org.doveadmsshd.settings.Settings.AuthCache;
import org.doveadmsshd.settings.Settings.AuthSettings;
import org.doveadmsshd.settings.Settings.ClientSettings;
import org.doveadmsshd.settings.Settings.CompressionSettings;
import org.doveadmsshd.settings.Settings.Connections;
import org.doveadmsshd.settings.Settings.JournalSettings;
import org.doveadmsshd.settings.Settings.KeySettings;
import org.doveadmsshd.settings.Settings.LoginSettings;
import org.doveadmsshd.settings.Settings.MailSettings;
import org.doveadmsshd.settings.Settings.QuotaSettings;
import org.doveadmsshd.settings.Settings.ReachSettings;
import org.doveadmsshd.settings.Settings.RuleSettings;
import org.doveadmsshd.settings.Settings.ShellSettings;
import org.doveadmsshd.settings.Settings.SshSettings;
import org.doveadmsshd.settings.Settings.WorkSettings;

/** Makes records of the tree that a configuration file is. */
final class SettingsBinder {
  /** Bytes; hardly a mail is larger, and a limit below that would be a mistake. */
  private static final long LEAST_INFLATED = 1 << 20;

  private static final String METHOD = "publickey|password|keyboard-interactive";

  /** Estimated memory of an entry of the cache, in bytes. */
  private static final long CACHED_BYTES = 512;

  private static final long LARGEST_CACHE = 1L << 30;

  private final Path file;
  private final ImmutableNode root;
  private final List<String> commands;
  private final List<Problem> problems;

  SettingsBinder(Path file, ImmutableNode root, List<String> commands, List<Problem> problems) {
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
        ssh(top),
        keys(top),
        logins(top),
        mail(top, sections),
        new AuditSettings(optionalPath(top, "audit_log"), top.yes("audit_required")),
        top.time("shutdown_timeout"),
        connections(top),
        shell(top),
        journals(top),
        client(top, sections, backends),
        new AuthSettings(
            sections.get("passdb").stream().map(backends::passdb).toList(),
            sections.get("userdb").stream().map(backends::userdb).toList(),
            authCache(top)),
        masters(sections.get("master_user")),
        new WorkSettings(
            service.lanes(),
            top.yes("rehearsal"),
            path(top.text("base_dir")),
            optionalPath(top, "terms_directory"),
            service.isolation(),
            service.services()),
        service.sockets(),
        metrics(top.text("metrics_listen")),
        file,
        effective(top, sections));
  }

  private MailSettings mail(Section top, Map<String, List<Section>> sections) {
    String location = new MailLocationBinder(top).location();
    return new MailSettings(
        location,
        top.time("lock_timeout"),
        top.yes("mail_cache"),
        compression(top),
        quota(sections.get("plugin")),
        new NamespaceBinder(location).namespaces(sections.get("namespace")));
  }

  private static CompressionSettings compression(Section top) {
    String method = top.text("mail_compress");
    String level = top.text("mail_compress_level");
    String levels =
        switch (method) {
          case "gz" -> "0 to 9";
          case "zstd" -> "1 to 19";
          case "xz" -> "0 to 6";
          default -> "1 to 9";
        };
    String[] ends = levels.split(" to ");
    boolean isNumber = level.matches("[0-9]{1,2}");
    int number = isNumber ? Integer.parseInt(level) : 0;
    boolean isIn = number >= Integer.parseInt(ends[0]) && number <= Integer.parseInt(ends[1]);
    if (!level.isEmpty() && !(isNumber && isIn)) {
      top.problem("mail_compress_level", "expected a level of " + method + ", from " + levels);
    } else if (!level.isEmpty() && method.equals("no")) {
      top.problem("mail_compress_level", "expected none where mail_compress is no");
    }
    long limit = top.size("mail_inflate_limit");
    if (limit < LEAST_INFLATED) {
      top.problem("mail_inflate_limit", "expected 1M or more");
    }
    return new CompressionSettings(method, level, limit);
  }

  private ShellSettings shell(Section top) {
    return new ShellSettings(
        top.time("shell_idle_timeout"),
        optionalPath(top, "shell_history_directory"),
        top.yes("scripts_ask"));
  }

  private JournalSettings journals(Section top) {
    return new JournalSettings(
        optionalPath(top, "state_directory"),
        top.time("journal_keep"),
        top.size("journal_size"),
        top.text("journal_full").equals("stop"));
  }

  private Optional<SocketAddress> metrics(String value) {
    if (Loopback.isPath(value)) {
      return Optional.of(UnixDomainSocketAddress.of(path(value)));
    }
    return Loopback.address(value).map(address -> address);
  }

  private ClientSettings client(
      Section top, Map<String, List<Section>> sections, BackendBinder backends) {
    List<Settings.ServerSettings> servers =
        new ServerBinder(top, this::path).servers(sections.get("server"));
    return new ClientSettings(
        path(top.text("known_hosts")),
        path(top.text("identity")),
        optionalPath(top, "state_directory"),
        new ReachSettings(
            top.time("connect_timeout"), top.time("server_timeout"), top.time("server_return")),
        servers,
        new PlacementBinder(this::path, backends, servers, problems)
            .placement(sections.get("placement"), sections.get("passdb")));
  }

  private SshSettings ssh(Section top) {
    List<String> listen = top.words("listen");
    if (listen.isEmpty()) {
      top.problem("listen", "expected addresses, such as 127.0.0.1 ::1");
    }
    return new SshSettings(
        listen,
        top.number("port"),
        path(top.text("host_key")),
        optionalPath(top, "host_certificate"));
  }

  private KeySettings keys(Section top) {
    return new KeySettings(
        path(top.text("authorized_keys")).toString(),
        top.yes("authorized_keys_passdb"),
        optionalFile(top, "trusted_user_ca_keys"),
        top.words("certificate_commands", commands),
        optionalFile(top, "revoked_keys"));
  }

  private static LoginSettings logins(Section top) {
    return new LoginSettings(
        top.time("login_timeout"), top.time("auth_failure_delay"), mechanisms(top), methods(top));
  }

  private static Connections connections(Section top) {
    return new Connections(
        top.number("max_connections"),
        EarlyDrop.parse(top.text("max_connections_before_login")),
        EarlyDrop.parse(top.text("max_connections_before_login_per_address")),
        top.number("max_channels_per_connection"),
        top.time("input_timeout"),
        top.time("write_timeout"));
  }

  private static AuthCache authCache(Section top) {
    long size = top.size("auth_cache_size");
    if (size != 0 && size < CACHED_BYTES || size > LARGEST_CACHE) {
      top.problem("auth_cache_size", "expected 0, or 1k to 1G");
      size = 0;
    }
    return new AuthCache(
        (int) (size / CACHED_BYTES),
        top.time("auth_cache_ttl"),
        top.time("auth_cache_negative_ttl"));
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
      if (!list.matches("(" + METHOD + ")(,(" + METHOD + "))*+")) {
        top.problem(
            "authentication_methods",
            "expected lists of publickey, password and keyboard-interactive, such as"
                + " publickey,password");
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
          String near = Nearest.question(type, Schema.sections());
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
        continue;
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

  /** A file without which the server would refuse every key or certificate. */
  private Optional<Path> optionalFile(Section section, String key) {
    Optional<Path> path = optionalPath(section, key);
    if (path.isPresent() && !Files.exists(path.get())) {
      section.problem(key, "No such file or directory");
    }
    return path;
  }

  private Path path(String text) {
    if (text.equals("~") || text.startsWith("~/")) {
      return Path.of(System.getProperty("user.home") + text.substring(1));
    }
    return file.resolveSibling(text).normalize();
  }
}
