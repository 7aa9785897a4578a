package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Times;
import org.junit.jupiter.api.Test;

/** Every setting with its default: a default that changes is a line here that does. */
class DefaultsTest {
  private static final String DEFAULTS =
      """
      listen = 127.0.0.1 ::1
      port = 2222
      host_key = host_ed25519
      host_certificate =
      authorized_keys = authorized_keys/%u
      authorized_keys_passdb = no
      trusted_user_ca_keys =
      certificate_commands = read
      revoked_keys =
      mail_location = maildir:~/Maildir
      mail_driver =
      mail_path =
      mail_control_path =
      mail_index_path =
      mail_inbox_path =
      mail_volatile_path =
      mailbox_list_layout =
      mailbox_list_utf8 = no
      mailbox_list_drop_noselect = no
      mailbox_directory_name =
      mailbox_directory_name_legacy = no
      mailbox_subscriptions_filename =
      lock_timeout = 30s
      mail_cache = yes
      mail_compress = no
      mail_compress_level =
      mail_inflate_limit = 1G
      login_timeout = 30s
      audit_log =
      audit_required = yes
      auth_failure_delay = 2s
      authentication_methods =
      auth_mechanisms = external oauthbearer xoauth2 scram-sha-256 scram-sha-1 plain
      auth_cache_size = 0
      auth_cache_ttl = 1 hour
      auth_cache_negative_ttl = 1 hour
      first_valid_uid = 500
      last_valid_uid = 0
      first_valid_gid = 1
      valid_mail_dirs =
      base_dir = /run/doveadm-sshd
      terms_directory = /var/lib/doveadm-sshd/terms
      rehearsal = yes
      metrics_listen =
      max_connections = 200
      max_connections_before_login = 10:30:100
      max_connections_before_login_per_address = 8:30:16
      max_channels_per_connection = 64
      input_timeout = 10 mins
      write_timeout = 0s
      shell_idle_timeout = 2 hours
      state_directory =
      journal_keep = 30 days
      journal_size = 1G
      journal_full = continue
      shell_history_directory = /var/lib/doveadm-sshd/shell_history
      scripts_ask = no
      shutdown_timeout = 30s
      known_hosts = ~/.ssh/known_hosts
      identity = ~/.ssh/id_ed25519
      connect_timeout = 20s
      server_timeout = 30s
      server_return = 60s
      passdb {
        driver must be set
        args =
        master = yes
        deny = no
        skip = never
        result_success = return-ok
        result_failure = continue
        result_internalfail = continue
      }
      userdb {
        driver must be set
        args =
        skip = never
        result_success = return-ok
        result_failure = continue
        result_internalfail = continue
      }
      master_user {
        users =
        domains =
        commands =
        mailboxes =
        from =
        until =
        allow {
          users =
          domains =
          commands =
          mailboxes =
          from =
          until =
        }
        deny {
          users =
          domains =
          commands =
          mailboxes =
          from =
          until =
        }
      }
      service {
        service_count = 1
        isolation = auto
        user = doveadm
        process_min_avail = 2
        process_limit = 16
        idle_kill = 60s
        answer_timeout = 60s
        confine = auto
        lock_stacks = no
        umask = 0077
        nice = 0
        ionice =
        vsz_limit = 256M
        limit_open_files = 1024
        limit_cpu_time = 0s
        limit_file_size = 0
        limit_core = 0
        workers = 0
        unix_listener {
          mode = 0600
          group =
        }
      }
      plugin {
        quota =
        quota_vsizes = yes
        quota_rule =
        quota_rule2 =
        quota_rule3 =
        quota_rule4 =
      }
      namespace {
        type = private
        prefix =
        separator =
        location =
        inbox = no
        list = yes
        subscriptions = yes
        hidden = no
        alias_for =
        mailbox {
          special_use =
          auto = no
        }
      }
      server {
        host =
        port = 2222
        user =
        socket =
        mechanism = external
        secret_file =
        identity =
        workers = 8
        connections = 1
        max_rate =
        weight = 100
        users = *
      }
      placement {
        driver = any
        file =
        args =
        masks {
        }
      }
      """;

  /** What only doveadm-ssh reads. */
  private static final List<String> OF_THE_SHELL =
      List.of("known_hosts", "identity", "connect_timeout", "server_timeout", "server_return");

  /** In files that a passdb or userdb names. */
  private static final String DEFAULTS_OF_FILES =
      """
      ldap {
        uris =
        hosts =
        dn =
        dnpass =
        tls = no
        tls_ca_cert_file =
        tls_require_cert = demand
        auth_bind = no
        auth_bind_userdn =
        ldap_version = 3
        base must be set
        scope = subtree
        user_attrs = homeDirectory=home,uidNumber=uid,gidNumber=gid
        user_filter = (&(objectClass=posixAccount)(uid=%u))
        pass_attrs = uid=user,userPassword=password
        pass_filter = (&(objectClass=posixAccount)(uid=%u))
        iterate_attrs = uid=user
        iterate_filter = (objectClass=posixAccount)
        default_pass_scheme = CRYPT
        debug_level = 0
        blocking = no
      }
      oauth2 {
        jwks_file =
        introspection_url =
        client_id =
        client_secret =
        issuer =
        audience =
        scope =
        username_attribute = email
      }
      sql {
        driver must be set
        connect must be set
        default_pass_scheme = CRYPT
        password_query =
        user_query =
        iterate_query =
        userdb_warning_disable = no
      }
      placement {
        driver must be set
        connect must be set
        query must be set
      }
      """;

  private static final Pattern LINE = Pattern.compile("\\s*#?([a-z_0-9]+) =(.*)");

  private static List<String> lines(Map<String, Schema.Setting> settings, String indent) {
    List<String> lines = new ArrayList<>();
    settings.forEach(
        (name, setting) ->
            lines.add(
                indent
                    + (setting.standard() == null
                        ? name + " must be set"
                        : (name + " = " + setting.standard()).stripTrailing())));
    return lines;
  }

  @Test
  void everySettingHasItsDefault() {
    List<String> all = new ArrayList<>();
    for (String section : Schema.sections()) {
      boolean top = section.equals(Schema.TOP);
      if (!top) {
        all.add(section + " {");
      }
      all.addAll(lines(Schema.settings(section), top ? "" : "  "));
      for (String inside : Schema.sectionsIn(section)) {
        all.add("  " + inside + " {");
        all.addAll(lines(Schema.settingsOfFile(section + "/" + inside), "    "));
        all.add("  }");
      }
      if (!top) {
        all.add("}");
      }
    }
    assertThat(String.join("\n", all) + "\n").isEqualTo(DEFAULTS);
  }

  @Test
  void everySettingOfOtherFilesHasItsDefault() {
    List<String> all = new ArrayList<>();
    for (String kind : List.of("ldap", "oauth2", "sql", "placement")) {
      all.add(kind + " {");
      all.addAll(lines(Schema.settingsOfFile(kind), "  "));
      all.add("}");
    }
    assertThat(String.join("\n", all) + "\n").isEqualTo(DEFAULTS_OF_FILES);
  }

  @Test
  void everyDefaultIsAValueThatTheSettingMayHave() {
    for (String section : Schema.sections()) {
      Schema.settings(section)
          .forEach(
              (name, setting) -> {
                if (setting.standard() != null) {
                  assertThat(setting.type().mistake(setting.standard())).as(name).isEmpty();
                }
              });
    }
  }

  /** The settings of a file that stand outside sections, or in the section that begins so. */
  private static Map<String, String> shown(String file, String section) throws IOException {
    Map<String, String> shown = new LinkedHashMap<>();
    String current = "";
    for (String line : Files.readAllLines(Path.of("../etc", file))) {
      Matcher setting = LINE.matcher(line);
      String bare = line.replaceFirst("^\\s*#? *", "");
      if (bare.matches("[a-z_]+ ?[^=]*\\{")) {
        current = current.isEmpty() ? bare : current + bare;
      } else if (bare.equals("}")) {
        current = current.contains("{") ? current.replaceFirst("[^{]*\\{$", "") : "";
      } else if (setting.matches() && current.equals(section)) {
        shown.put(setting.group(1), setting.group(2).strip());
      }
    }
    return shown;
  }

  private static Map<String, String> defaults(String section, List<String> without) {
    Map<String, String> defaults = new LinkedHashMap<>();
    Schema.settings(section)
        .forEach(
            (name, setting) -> {
              if (!without.contains(name)) {
                defaults.put(name, setting.standard());
              }
            });
    return defaults;
  }

  @Test
  void theExampleOfTheServerShowsEverySettingWithItsDefault() throws Exception {
    assertThat(shown("doveadm-sshd.conf", ""))
        .containsExactlyInAnyOrderEntriesOf(defaults(Schema.TOP, OF_THE_SHELL));
    assertThat(shown("doveadm-sshd.conf", "service doveadm {"))
        .containsExactlyInAnyOrderEntriesOf(defaults("service", List.of()));
  }

  @Test
  void theExampleOfTheShellShowsItsOwn() throws Exception {
    Map<String, String> shown = shown("doveadm-ssh.conf", "");
    List<String> own = new ArrayList<>(OF_THE_SHELL);
    own.addAll(
        List.of("scripts_ask", "state_directory", "journal_keep", "journal_size", "journal_full"));
    assertThat(shown).containsOnlyKeys(own.toArray(String[]::new));
    assertThat(defaults(Schema.TOP, List.of())).containsAllEntriesOf(shown);
    assertThat(shown("doveadm-ssh.conf", "server mail1 {"))
        .containsEntry("port", Schema.settings("server").get("port").standard())
        .containsEntry("workers", Schema.settings("server").get("workers").standard());
  }

  /** Cells of tables, by the setting that the first one names. */
  private static Map<String, String> cells(String document) throws IOException {
    Map<String, String> cells = new LinkedHashMap<>();
    Pattern row = Pattern.compile("\\| `([a-z_]+)` \\| (.*) \\|");
    for (String line : Files.readAllLines(Path.of("../docs", document))) {
      Matcher matcher = row.matcher(line);
      if (matcher.matches()) {
        cells.put(matcher.group(1), matcher.group(2));
      }
    }
    return cells;
  }

  @Test
  void theTableOfLimitsSaysTheDefaults() throws Exception {
    Map<String, String> rows = cells("LIMITS.md");
    assertThat(rows)
        .containsKeys("max_connections", "login_timeout", "input_timeout", "write_timeout");
    rows.forEach(
        (name, cell) -> {
          Schema.Setting setting = Schema.settings(Schema.TOP).get(name);
          assertThat(setting).as("a setting: " + name).isNotNull();
          String said = cell.split("\\|", -1)[0].strip();
          boolean isTime = setting.type() == Type.TIME || setting.type() == Type.TIME_LIMIT;
          if (isTime) {
            assertThat(Times.spanOrSeconds(said))
                .as(name)
                .isEqualTo(Times.spanOrSeconds(setting.standard()));
          } else {
            assertThat(said).as(name).isEqualTo(setting.standard());
          }
        });
  }

  @Test
  void theTableOfTheSupervisorSaysTheDefaults() throws Exception {
    Map<String, String> rows = cells("SUPERVISOR.md");
    assertThat(rows).containsKeys("isolation", "user", "service_count", "idle_kill", "umask");
    rows.forEach(
        (name, cell) -> {
          Schema.Setting setting = Schema.settings("service").get(name);
          assertThat(setting).as("a setting: " + name).isNotNull();
          assertThat(cell).as(name).containsPattern("\\b" + setting.standard() + "\\b");
        });
  }
}
