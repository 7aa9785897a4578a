package org.doveadmsshd.settings;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Every setting there is: where it may stand, what it may be, and what it is by default. */
final class Schema {
  private static final Pattern TIME =
      Pattern.compile("([0-9]{1,6}) ?(s|secs|m|mins|h|hours|d|days)?");

  /** Name of the section that is the file itself. */
  static final String TOP = "";

  private static final Map<String, Map<String, Setting>> SECTIONS = new LinkedHashMap<>();

  /**
   * A setting.
   *
   * @param standard its value when it is not set; null when it must be set where its section is
   *     used
   */
  record Setting(Type type, String standard) {}

  /** What a value may be. */
  enum Type {
    TEXT {
      @Override
      Optional<String> mistake(String value) {
        return Optional.empty();
      }
    },
    NUMBER {
      @Override
      Optional<String> mistake(String value) {
        return value.matches("[0-9]{1,7}")
            ? Optional.empty()
            : Optional.of("expected a number, such as 8");
      }
    },
    PORT {
      @Override
      Optional<String> mistake(String value) {
        boolean valid = value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535;
        return valid ? Optional.empty() : Optional.of("expected a port from 0 to 65535");
      }
    },
    TIME {
      @Override
      Optional<String> mistake(String value) {
        return Schema.TIME.matcher(value).matches()
            ? Optional.empty()
            : Optional.of("expected a time with its unit, such as 30s, 5 mins or 1h");
      }
    },
    YES_OR_NO {
      @Override
      Optional<String> mistake(String value) {
        return value.equals("yes") || value.equals("no")
            ? Optional.empty()
            : Optional.of("expected yes or no");
      }
    },
    MAIL_LOCATION {
      @Override
      Optional<String> mistake(String value) {
        boolean valid = value.startsWith("maildir:") && value.indexOf(':', 8) < 0;
        return valid ? Optional.empty() : Optional.of("expected maildir:<path>");
      }
    },
    QUOTA {
      @Override
      Optional<String> mistake(String value) {
        return value.isEmpty() || value.matches("(count|maildir):.*")
            ? Optional.empty()
            : Optional.of("expected count:<name> or maildir:<name>");
      }
    },
    QUOTA_RULE {
      @Override
      Optional<String> mistake(String value) {
        String limit = "(storage|bytes|messages)=[+-]?[0-9]{1,15}[bkmgtBKMGT%]?|ignore";
        return value.isEmpty() || value.matches("[^:]+(:(" + limit + "))+")
            ? Optional.empty()
            : Optional.of("expected <mailbox>:<limit>, such as *:storage=1G or Trash:ignore");
      }
    },
    DRIVER {
      @Override
      Optional<String> mistake(String value) {
        return value.equals("passwd-file")
            ? Optional.empty()
            : Optional.of("expected passwd-file, the only driver there is");
      }
    };

    /** What is wrong with a value, if anything is. */
    abstract Optional<String> mistake(String value);
  }

  static {
    section(TOP)
        .add("listen", Type.TEXT, "127.0.0.1 ::1")
        .add("port", Type.PORT, "2222")
        .add("host_key", Type.TEXT, "host_ed25519")
        .add("authorized_keys", Type.TEXT, "authorized_keys/%u")
        .add("mail_location", Type.MAIL_LOCATION, "maildir:~/Maildir")
        .add("lock_timeout", Type.TIME, "30s")
        .add("mail_cache", Type.YES_OR_NO, "yes")
        .add("login_timeout", Type.TIME, "30s")
        .add("max_connections", Type.NUMBER, "200")
        .add("max_connections_before_login", Type.NUMBER, "20")
        .add("max_connections_before_login_per_address", Type.NUMBER, "8")
        .add("max_channels_per_connection", Type.NUMBER, "64")
        .add("shutdown_timeout", Type.TIME, "30s")
        .add("known_hosts", Type.TEXT, "~/.ssh/known_hosts")
        .add("identity", Type.TEXT, "~/.ssh/id_ed25519");
    section("passdb")
        .add("driver", Type.DRIVER, null)
        .add("args", Type.TEXT, null)
        .add("master", Type.YES_OR_NO, "yes");
    section("userdb").add("driver", Type.DRIVER, null).add("args", Type.TEXT, null);
    section("master_user").add("users", Type.TEXT, null).add("commands", Type.TEXT, "");
    section("service").add("service_count", Type.NUMBER, "1").add("workers", Type.NUMBER, "0");
    section("plugin")
        .add("quota", Type.QUOTA, "")
        .add("quota_vsizes", Type.YES_OR_NO, "yes")
        .add("quota_rule", Type.QUOTA_RULE, "")
        .add("quota_rule2", Type.QUOTA_RULE, "")
        .add("quota_rule3", Type.QUOTA_RULE, "")
        .add("quota_rule4", Type.QUOTA_RULE, "");
    section("server")
        .add("host", Type.TEXT, null)
        .add("port", Type.PORT, "2222")
        .add("user", Type.TEXT, null)
        .add("identity", Type.TEXT, "")
        .add("workers", Type.NUMBER, "8")
        .add("users", Type.TEXT, "*");
  }

  private Schema() {}

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

  /** The names of all sections. */
  static Iterable<String> sections() {
    return SECTIONS.keySet();
  }

  /** Reads a value of the type TIME that has been checked. */
  static Duration time(String value) {
    Matcher matcher = TIME.matcher(value);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(value);
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2) == null ? "s" : matcher.group(2).toLowerCase(Locale.ROOT);
    return switch (unit.charAt(0)) {
      case 'm' -> Duration.ofMinutes(number);
      case 'h' -> Duration.ofHours(number);
      case 'd' -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }
}
