package org.doveadmsshd.setup.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table: what becomes of each setting of Dovecot's. One that is not in it is named to the
 * administrator as unknown.
 */
final class Counterparts {
  /** What becomes of a setting. */
  enum Fate {
    /** Written as it is, under the name in {@code note}. */
    SAME,
    /** Read by the part that takes over locations, userdbs and the like; says so itself. */
    READ,
    /** Of what Dovecot does and this program does not; only counted. */
    ELSEWHERE,
    /** Not followed, because of what {@code note} says. */
    NOT_TAKEN
  }

  /** A row of the table. */
  record Counterpart(Fate fate, String note) {}

  private static final Map<String, Counterpart> TOP = new HashMap<>();
  private static final Map<String, Counterpart> PLUGIN = new HashMap<>();

  /** Beginnings of names of settings of other services. */
  private static final List<String> OTHERS =
      List.of(
          "ssl",
          "imap",
          "pop3",
          "lmtp",
          "lda_",
          "login_",
          "submission",
          "managesieve",
          "sieve",
          "log_",
          "info_log",
          "debug_log",
          "syslog",
          "verbose_",
          "protocol",
          "service_",
          "stats_",
          "metric",
          "event_",
          "auth_debug",
          "auth_verbose",
          "auth_failure",
          "auth_policy",
          "auth_winbind",
          "auth_gssapi",
          "auth_krb5",
          "auth_worker",
          "auth_internal",
          "director_",
          "replication_",
          "rawlog",
          "dsync_",
          "fts",
          "mail_log",
          "mail_max_userip",
          "anvil",
          "process_",
          "dict",
          "sql",
          "mysql",
          "pgsql",
          "sqlite",
          "cassandra",
          "ldap",
          "oauth2",
          "passwd_file",
          "passdb",
          "userdb",
          "fs_",
          "http_",
          "dns_",
          "quota_warning",
          "push_notification",
          "welcome",
          "apparmor",
          "trash_",
          "lazy_expunge",
          "notify",
          "recipient_",
          "mailbox_list_index",
          "mail_cache",
          "mail_never_cache",
          "mail_always_cache",
          "mail_sort",
          "mail_temp",
          "mail_prefetch");

  static {
    same("first_valid_uid", "last_valid_uid", "first_valid_gid", "mail_link_dirs");
    read("mail_location", "mail_driver", "mail_path", "mail_index_path", "mail_control_path");
    read("mail_inbox_path", "mail_volatile_path", "mailbox_list_layout", "mailbox_list_utf8");
    read("mailbox_directory_name", "mail_home", "mail_uid", "mail_gid", "mail_plugins", "base_dir");
    read("mailbox_directory_name_legacy", "mailbox_list_drop_noselect");
    read("mailbox_subscriptions_filename", "compress_gz_level", "compress_zstd_level");
    read("compress_deflate_level", "compress_bz2_block_size_100k");
    read("mail_compress_write_method", "auth_username_format", "auth_master_user_separator");
    read("mail_attachment_dir", "auth_default_realm", "default_internal_user", "doveadm_plugins");
    elsewhere("listen", "auth_mechanisms", "disable_plaintext_auth", "auth_allow_cleartext");
    elsewhere("instance_name", "state_dir", "haproxy_trusted_networks", "haproxy_timeout");
    elsewhere("dovecot_config_version", "dovecot_storage_version", "shutdown_clients", "hostname");
    elsewhere("postmaster_address", "rejection_reason", "rejection_subject", "quota_full_tempfail");
    elsewhere("deliver_log_format", "mail_debug", "auth_cache_size", "auth_cache_ttl");
    elsewhere(
        "auth_cache_negative_ttl",
        "auth_cache_verify_password_with_worker",
        "maildir_very_dirty_syncs");
    elsewhere("doveadm_password", "doveadm_port", "doveadm_socket_path", "doveadm_api_key");
    elsewhere(
        "doveadm_worker_count", "doveadm_allowed_commands", "doveadm_username", "doveadm_ssl");
    elsewhere(
        "default_process_limit", "default_client_limit", "default_vsz_limit", "default_login_user");
    elsewhere(
        "default_idle_kill",
        "mail_attribute_dict",
        "mail_attribute",
        "auth_ssl_require_client_cert");
    elsewhere(
        "auth_ssl_username_from_cert",
        "auth_realms",
        "auth_stats",
        "config_cache_size",
        "version_ignore");
    elsewhere(
        "mail_access_groups",
        "mail_server_admin",
        "mail_server_comment",
        "auth_use_winbind",
        "auth_proxy_self");
    elsewhere(
        "auth_request_timeout_secs",
        "auth_username_chars",
        "auth_username_translation",
        "auth_anonymous_username");
    elsewhere(
        "mailbox_idle_check_interval",
        "mmap_disable",
        "mail_nfs_index",
        "mail_nfs_storage",
        "dotlock_use_excl");
    elsewhere(
        "mail_privileged_group", "mail_chroot", "valid_chroot_dirs", "chroot", "maildir_empty_new");
    elsewhere(
        "mail_save_crlf",
        "maildir_broken_filename_sizes",
        "mailbox_list_iter_from_index_dir",
        "quota_exceeded_message");
    elsewhere(
        "auth_allow_weak_schemes",
        "import_environment",
        "sendmail_path",
        "submission_host",
        "ssl_client_ca_dir");
    elsewhere(
        "libexec_dir",
        "mail_plugin_dir",
        "mail_max_lock_timeout",
        "mail_max_keyword_length",
        "lock_method",
        "mail_fsync");
    elsewhere(
        "maildir_stat_dirs",
        "maildir_copy_with_hardlinks",
        "first_valid_gid_all",
        "last_valid_gid",
        "mail_full_filesystem_access");
    notTaken("mail_attachment_fs", "attachments that Dovecot keeps apart are not put back");
    notTaken("quota_max_mail_size", "no limit for one mail");
    notTaken("lock_directory", "locks lie beside the mail");
    notTaken("acl_driver", "access lists are not looked at; a scope says what a master may do");
    notTaken("acl_sharing_map", "access lists are not looked at");
    notTaken("crypt_global_public_key_file", "encrypted mail is not opened");
    plugin(
        Fate.SAME,
        "",
        "quota",
        "quota_rule",
        "quota_rule2",
        "quota_rule3",
        "quota_rule4",
        "quota_vsizes");
    plugin(Fate.READ, "", "zlib_save", "zlib_save_level");
    plugin(
        Fate.NOT_TAKEN,
        "access lists are not looked at; a scope says what a master may do",
        "acl",
        "acl_shared_dict",
        "acl_anyone",
        "acl_globals_only");
    plugin(
        Fate.NOT_TAKEN,
        "encrypted mail is not opened",
        "mail_crypt_global_private_key",
        "mail_crypt_global_public_key",
        "mail_crypt_save_version",
        "mail_crypt_curve");
    plugin(Fate.NOT_TAKEN, "no time that mail stays besides", "quota_grace", "quota_max_mail_size");
    plugin(Fate.NOT_TAKEN, "expunged mail is gone; it is not moved there", "lazy_expunge");
    plugin(
        Fate.NOT_TAKEN,
        "changes are not replicated by this program; Dovecot notices them later",
        "mail_replica");
  }

  private Counterparts() {}

  private static void same(String... names) {
    put(TOP, Fate.SAME, "", names);
  }

  private static void read(String... names) {
    put(TOP, Fate.READ, "", names);
  }

  private static void elsewhere(String... names) {
    put(TOP, Fate.ELSEWHERE, "", names);
  }

  private static void notTaken(String name, String why) {
    put(TOP, Fate.NOT_TAKEN, why, name);
  }

  private static void plugin(Fate fate, String note, String... names) {
    put(PLUGIN, fate, note, names);
  }

  private static void put(Map<String, Counterpart> table, Fate fate, String note, String... names) {
    for (String name : names) {
      table.put(name, new Counterpart(fate, note));
    }
  }

  /** What becomes of a setting of the file itself; nothing for one that is not known. */
  static Optional<Counterpart> top(String name) {
    return Optional.ofNullable(TOP.get(name)).or(() -> ofOthers(name));
  }

  /** What becomes of a setting of {@code plugin}; nothing for one that is not known. */
  static Optional<Counterpart> plugin(String name) {
    return Optional.ofNullable(PLUGIN.get(name))
        .or(
            () ->
                name.startsWith("mail_crypt") || name.startsWith("acl")
                    ? Optional.of(
                        new Counterpart(
                            Fate.NOT_TAKEN,
                            PLUGIN.get(name.startsWith("acl") ? "acl" : "mail_crypt_curve").note()))
                    : ofOthers(name));
  }

  private static Optional<Counterpart> ofOthers(String name) {
    return OTHERS.stream().anyMatch(name::startsWith)
        ? Optional.of(new Counterpart(Fate.ELSEWHERE, ""))
        : Optional.empty();
  }
}
