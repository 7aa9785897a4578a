package org.doveadmsshd.settings;

import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.Sizes;
import org.doveadmsshd.base.Times;

/** All settings: the section of each, its type and its default. */
final class Schema {
  /** All that are not broken. */
  private static final String MECHANISMS =
      "external oauthbearer xoauth2 scram-sha-256 scram-sha-1 plain";

  /** Name of the section that is the file itself. */
  static final String TOP = "";

  private static final Map<String, Map<String, Setting>> SECTIONS = new LinkedHashMap<>();
  private static final Map<String, Map<String, Setting>> FILES = new LinkedHashMap<>();
  private static final Map<String, List<String>> INSIDE = new LinkedHashMap<>();

  /** Sections whose settings have any names. */
  private static final Set<String> FREE = new HashSet<>();

  /**
   * A setting.
   *
   * @param standard its value when it is not set; null when it must be set where its section is
   *     used
   */
  record Setting(Type type, String standard) {}

  static {
    section(TOP)
        .add("listen", Type.TEXT, "127.0.0.1 ::1")
        .add("port", Type.PORT, "2222")
        .add("host_key", Type.TEXT, "host_ed25519")
        .add("host_certificate", Type.TEXT, "")
        .add("authorized_keys", Type.TEXT, "authorized_keys/%u")
        .add("authorized_keys_passdb", Type.YES_OR_NO, "no")
        .add("trusted_user_ca_keys", Type.TEXT, "")
        .add("certificate_commands", Type.TEXT, "read")
        .add("revoked_keys", Type.TEXT, "")
        .add("mail_location", Type.MAIL_LOCATION, "maildir:~/Maildir")
        .add("mail_driver", Type.TEXT, "")
        .add("mail_path", Type.TEXT, "")
        .add("mail_control_path", Type.TEXT, "")
        .add("mail_index_path", Type.TEXT, "")
        .add("mail_inbox_path", Type.TEXT, "")
        .add("mail_volatile_path", Type.TEXT, "")
        .add("mailbox_list_layout", Type.TEXT, "")
        .add("mailbox_list_utf8", Type.YES_OR_NO, "no")
        .add("mailbox_list_drop_noselect", Type.YES_OR_NO, "no")
        .add("mailbox_directory_name", Type.TEXT, "")
        .add("mailbox_directory_name_legacy", Type.YES_OR_NO, "no")
        .add("mailbox_subscriptions_filename", Type.TEXT, "")
        .add("lock_timeout", Type.TIME, "30s")
        .add("mail_cache", Type.YES_OR_NO, "yes")
        .add("mail_compress", Type.COMPRESSION, "no")
        .add("mail_compress_level", Type.TEXT, "")
        .add("mail_inflate_limit", Type.SIZE, "1G")
        .add("login_timeout", Type.TIME_LIMIT, "30s")
        .add("audit_log", Type.TEXT, "")
        .add("audit_required", Type.YES_OR_NO, "yes")
        .add("auth_failure_delay", Type.TIME, "2s")
        .add("authentication_methods", Type.TEXT, "")
        .add("auth_mechanisms", Type.TEXT, MECHANISMS)
        .add("auth_cache_size", Type.SIZE, "0")
        .add("auth_cache_ttl", Type.TIME, "1 hour")
        .add("auth_cache_negative_ttl", Type.TIME, "1 hour")
        .add("first_valid_uid", Type.ID, "500")
        .add("last_valid_uid", Type.ID, "0")
        .add("first_valid_gid", Type.ID, "1")
        .add("valid_mail_dirs", Type.TEXT, "")
        .add("base_dir", Type.TEXT, "/run/doveadm-sshd")
        .add("terms_directory", Type.TEXT, "/var/lib/doveadm-sshd/terms")
        .add("rehearsal", Type.YES_OR_NO, "yes")
        .add("metrics_listen", Type.LOOPBACK, "")
        .add("max_connections", Type.COUNT, "200")
        .add("max_connections_before_login", Type.EARLY_DROP, "10:30:100")
        .add("max_connections_before_login_per_address", Type.EARLY_DROP, "8:30:16")
        .add("max_channels_per_connection", Type.COUNT, "64")
        .add("input_timeout", Type.TIME, "10 mins")
        .add("write_timeout", Type.TIME, "0s")
        .add("shell_idle_timeout", Type.TIME, "2 hours")
        .add("state_directory", Type.TEXT, "")
        .add("journal_keep", Type.TIME, "30 days")
        .add("journal_size", Type.SIZE, "1G")
        .add("journal_full", Type.STOP_OR_CONTINUE, "continue")
        .add("shell_history_directory", Type.TEXT, "/var/lib/doveadm-sshd/shell_history")
        .add("scripts_ask", Type.YES_OR_NO, "no")
        .add("shutdown_timeout", Type.TIME, "30s")
        .add("known_hosts", Type.TEXT, "~/.ssh/known_hosts")
        .add("identity", Type.TEXT, "~/.ssh/id_ed25519")
        .add("connect_timeout", Type.TIME_LIMIT, "20s")
        .add("server_timeout", Type.TIME_LIMIT, "30s")
        .add("server_return", Type.TIME, "60s");
    section("passdb")
        .add("driver", Type.PASSDB_DRIVER, null)
        .add("args", Type.TEXT, "")
        .add("master", Type.YES_OR_NO, "yes")
        .add("deny", Type.YES_OR_NO, "no")
        .add("skip", Type.TEXT, "never")
        .add("result_success", Type.RESULT, "return-ok")
        .add("result_failure", Type.RESULT, "continue")
        .add("result_internalfail", Type.RESULT, "continue");
    section("userdb")
        .add("driver", Type.USERDB_DRIVER, null)
        .add("args", Type.TEXT, "")
        .add("skip", Type.TEXT, "never")
        .add("result_success", Type.RESULT, "return-ok")
        .add("result_failure", Type.RESULT, "continue")
        .add("result_internalfail", Type.RESULT, "continue");
    file("ldap")
        .add("uris", Type.TEXT, "")
        .add("hosts", Type.TEXT, "")
        .add("dn", Type.TEXT, "")
        .add("dnpass", Type.TEXT, "")
        .add("tls", Type.YES_OR_NO, "no")
        .add("tls_ca_cert_file", Type.TEXT, "")
        .add("tls_require_cert", Type.VERIFIED, "demand")
        .add("auth_bind", Type.YES_OR_NO, "no")
        .add("auth_bind_userdn", Type.TEXT, "")
        .add("ldap_version", Type.NUMBER, "3")
        .add("base", Type.TEXT, null)
        .add("scope", Type.TEXT, "subtree")
        .add("user_attrs", Type.TEXT, "homeDirectory=home,uidNumber=uid,gidNumber=gid")
        .add("user_filter", Type.TEXT, "(&(objectClass=posixAccount)(uid=%u))")
        .add("pass_attrs", Type.TEXT, "uid=user,userPassword=password")
        .add("pass_filter", Type.TEXT, "(&(objectClass=posixAccount)(uid=%u))")
        .add("iterate_attrs", Type.TEXT, "uid=user")
        .add("iterate_filter", Type.TEXT, "(objectClass=posixAccount)")
        .add("default_pass_scheme", Type.TEXT, "CRYPT")
        .add("debug_level", Type.NUMBER, "0")
        .add("blocking", Type.YES_OR_NO, "no");
    file("oauth2")
        .add("jwks_file", Type.TEXT, "")
        .add("introspection_url", Type.TEXT, "")
        .add("client_id", Type.TEXT, "")
        .add("client_secret", Type.TEXT, "")
        .add("issuer", Type.TEXT, "")
        .add("audience", Type.TEXT, "")
        .add("scope", Type.TEXT, "")
        .add("username_attribute", Type.TEXT, "email");
    file("sql")
        .add("driver", Type.TEXT, null)
        .add("connect", Type.TEXT, null)
        .add("default_pass_scheme", Type.TEXT, "CRYPT")
        .add("password_query", Type.TEXT, "")
        .add("user_query", Type.TEXT, "")
        .add("iterate_query", Type.TEXT, "")
        .add("userdb_warning_disable", Type.YES_OR_NO, "no");
    rule(section("master_user"));
    rule(inside("master_user", "allow"));
    rule(inside("master_user", "deny"));
    section("service")
        .add("service_count", Type.NUMBER, "1")
        .add("isolation", Type.ISOLATION, "auto")
        .add("user", Type.TEXT, "doveadm")
        .add("process_min_avail", Type.NUMBER, "2")
        .add("process_limit", Type.COUNT, "16")
        .add("idle_kill", Type.TIME, "60s")
        .add("answer_timeout", Type.TIME, "60s")
        .add("confine", Type.CONFINE, "auto")
        .add("lock_stacks", Type.YES_OR_NO, "no")
        .add("umask", Type.UMASK, "0077")
        .add("nice", Type.NICE, "0")
        .add("ionice", Type.IONICE, "")
        .add("vsz_limit", Type.SIZE, "256M")
        .add("limit_open_files", Type.NUMBER, "1024")
        .add("limit_cpu_time", Type.WHOLE_SECONDS, "0s")
        .add("limit_file_size", Type.SIZE, "0")
        .add("limit_core", Type.SIZE, "0")
        .add("workers", Type.LANES_OR_USUAL, "0");
    inside("service", "unix_listener").add("mode", Type.MODE, "0600").add("group", Type.TEXT, "");
    section("plugin")
        .add("quota", Type.QUOTA, "")
        .add("quota_vsizes", Type.YES_OR_NO, "yes")
        .add("quota_rule", Type.QUOTA_RULE, "")
        .add("quota_rule2", Type.QUOTA_RULE, "")
        .add("quota_rule3", Type.QUOTA_RULE, "")
        .add("quota_rule4", Type.QUOTA_RULE, "");
    section("namespace")
        .add("type", Type.NAMESPACE_TYPE, "private")
        .add("prefix", Type.TEXT, "")
        .add("separator", Type.SEPARATOR, "")
        .add("location", Type.TEXT, "")
        .add("inbox", Type.YES_OR_NO, "no")
        .add("list", Type.LISTED, "yes")
        .add("subscriptions", Type.YES_OR_NO, "yes")
        .add("hidden", Type.YES_OR_NO, "no")
        .add("alias_for", Type.TEXT, "");
    inside("namespace", "mailbox")
        .add("special_use", Type.SPECIAL_USE, "")
        .add("auto", Type.AUTO, "no");
    section("server")
        .add("host", Type.TEXT, "")
        .add("port", Type.REMOTE_PORT, "2222")
        .add("user", Type.TEXT, "")
        .add("socket", Type.TEXT, "")
        .add("mechanism", Type.TEXT, "external")
        .add("secret_file", Type.TEXT, "")
        .add("identity", Type.TEXT, "")
        .add("workers", Type.LANES, "8")
        .add("connections", Type.LANES, "1")
        .add("max_rate", Type.RATE, "")
        .add("weight", Type.COUNT, "100")
        .add("users", Type.TEXT, "*");
    section("placement")
        .add("driver", Type.PLACEMENT_DRIVER, "any")
        .add("file", Type.TEXT, "")
        .add("args", Type.TEXT, "");
    inside("placement", "masks");
    FREE.add("masks");
    file("placement")
        .add("driver", Type.TEXT, null)
        .add("connect", Type.TEXT, null)
        .add("query", Type.TEXT, null);
  }

  private Schema() {}

  /** Settings that stand in a file of their own. */
  private static SectionBuilder file(String name) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    FILES.put(name, settings);
    return new SectionBuilder(settings);
  }

  private static void rule(SectionBuilder section) {
    section
        .add("users", Type.TEXT, "")
        .add("domains", Type.TEXT, "")
        .add("commands", Type.TEXT, "")
        .add("mailboxes", Type.TEXT, "")
        .add("from", Type.ADDRESSES, "")
        .add("until", Type.MOMENT, "");
  }

  /** A section that may stand in another one, any number of times. */
  private static SectionBuilder inside(String outer, String name) {
    INSIDE.computeIfAbsent(outer, each -> new ArrayList<>()).add(name);
    Map<String, Setting> settings = new LinkedHashMap<>();
    FILES.put(outer + "/" + name, settings);
    return new SectionBuilder(settings);
  }

  /** The sections that may stand in a section. */
  static List<String> sectionsIn(String section) {
    return INSIDE.getOrDefault(section, List.of());
  }

  private static SectionBuilder section(String name) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    SECTIONS.put(name, settings);
    return new SectionBuilder(settings);
  }

  private record SectionBuilder(Map<String, Setting> settings) {
    SectionBuilder add(String name, Type type, String standard) {
      settings.put(name, new Setting(type, standard));
      return this;
    }
  }

  /** The settings of a section, or null when there is no such section. */
  static Map<String, Setting> settings(String section) {
    return SECTIONS.get(section);
  }

  /** The settings that a kind of file may have. */
  static Map<String, Setting> settingsOfFile(String kind) {
    return FILES.get(kind);
  }

  /** What any setting of the section is, where they have no names of their own. */
  static Optional<Setting> anySetting(String section) {
    return FREE.contains(section) ? Optional.of(new Setting(Type.TEXT, "")) : Optional.empty();
  }

  /** The names of all sections. */
  static Iterable<String> sections() {
    return SECTIONS.keySet();
  }

  /** Reads a value of the type MODE that has been checked. */
  static Set<PosixFilePermission> mode(String value) {
    int bits = Integer.parseInt(value, 8);
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission each : PosixFilePermission.values()) { // from owner's read on
      if ((bits & 0400 >> each.ordinal()) != 0) {
        mode.add(each);
      }
    }
    return mode;
  }

  /** Reads a value of the type SIZE that has been checked, in bytes. */
  static long size(String value) {
    return Sizes.bytes(value).orElseThrow();
  }

  /**
   * Reads a value of the type MOMENT: a time, or the end of a day, in the server's zone.
   *
   * @return nothing when it is empty
   */
  static Optional<Instant> moment(String value) {
    if (value.isEmpty()) {
      return Optional.empty();
    }
    LocalDateTime time =
        value.indexOf('T') < 0
            ? LocalDate.parse(value).plusDays(1).atStartOfDay()
            : LocalDateTime.parse(value);
    return Optional.of(time.atZone(ZoneId.systemDefault()).toInstant());
  }

  /** Reads a value of the type TIME that has been checked. */
  static Duration time(String value) {
    return Times.spanOrSeconds(value).orElseThrow();
  }
}
