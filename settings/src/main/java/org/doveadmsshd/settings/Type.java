package org.doveadmsshd.settings;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.MailTemplate;
import org.doveadmsshd.auth.Consequence;
import org.doveadmsshd.auth.EarlyDrop;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Rate;
import org.doveadmsshd.base.Sizes;
import org.doveadmsshd.base.Times;

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
      return unless(value.matches("[0-9]{1,7}"), "expected a number, such as 8");
    }
  },
  /** A port of this machine alone, or the path of a socket; may be empty. */
  LOOPBACK {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.isEmpty() || Loopback.isPath(value) || Loopback.address(value).isPresent(),
          "expected a loopback address and a port, such as 127.0.0.1:9163, or the path of a socket");
    }
  },
  /** A number of something without which the server would be of no use. */
  COUNT {
    @Override
    Optional<String> mistake(String value) {
      return NUMBER.mistake(value).or(() -> atLeastOne(value));
    }
  },
  /** How many users are worked on at a time, by a thread or a lane each; 0 for the usual number. */
  LANES_OR_USUAL {
    @Override
    Optional<String> mistake(String value) {
      return NUMBER
          .mistake(value)
          .or(
              () ->
                  unless(
                      Integer.parseInt(value) <= MOST_LANES,
                      "expected " + MOST_LANES + " or less"));
    }
  },
  LANES {
    @Override
    Optional<String> mistake(String value) {
      return LANES_OR_USUAL.mistake(value).or(() -> atLeastOne(value));
    }
  },
  /** Of a user or group of the system. */
  ID {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.matches("[0-9]{1,10}") && Long.parseLong(value) <= MAX_ID,
          "expected a number from 0 to " + MAX_ID);
    }
  },
  PORT {
    @Override
    Optional<String> mistake(String value) {
      boolean valid = value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535;
      return unless(valid, "expected a port from 0 to 65535");
    }
  },
  /** Of a host that is connected to. */
  REMOTE_PORT {
    @Override
    Optional<String> mistake(String value) {
      return PORT.mistake(value)
          .or(() -> unless(Integer.parseInt(value) != 0, "expected a port from 1 to 65535"));
    }
  },
  TIME {
    @Override
    Optional<String> mistake(String value) {
      Optional<Duration> time = Times.spanOrSeconds(value);
      if (time.isEmpty()) {
        return Optional.of("expected a time with its unit, such as 30s, 5 mins or 1h");
      }
      return unless(time.get().compareTo(LONGEST) <= 0, "expected 5200 weeks or less");
    }
  },
  /** A time without which a client could stay for ever. */
  TIME_LIMIT {
    @Override
    Optional<String> mistake(String value) {
      return TIME.mistake(value)
          .or(
              () ->
                  unless(
                      !Times.spanOrSeconds(value).orElseThrow().isZero(), "expected more than 0s"));
    }
  },
  WHOLE_SECONDS {
    @Override
    Optional<String> mistake(String value) {
      return TIME.mistake(value)
          .or(
              () ->
                  unless(
                      Times.spanOrSeconds(value).orElseThrow().toMillisPart() == 0,
                      "expected whole seconds"));
    }
  },
  YES_OR_NO {
    @Override
    Optional<String> mistake(String value) {
      return unless(value.equals("yes") || value.equals("no"), "expected yes or no");
    }
  },
  MAIL_LOCATION {
    @Override
    Optional<String> mistake(String value) {
      return MailTemplate.mistake(value);
    }
  },
  NAMESPACE_TYPE {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "private", "shared", "public");
    }
  },
  /** Whether mailboxes of a namespace are listed. */
  LISTED {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "yes", "no", "children");
    }
  },
  /** Stands between the levels of a mailbox name; nothing for what the layout on disk has. */
  SEPARATOR {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.isEmpty() || value.length() == 1 && "./|^#~_-:;,+=!@$".contains(value),
          "expected one character, such as . or /");
    }
  },
  /** When a mailbox is made by itself. */
  AUTO {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "no", "create", "subscribe");
    }
  },
  SPECIAL_USE {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.isEmpty() || value.matches("\\\\[A-Za-z]++( +\\\\[A-Za-z]++)*+"),
          "expected special uses, such as \\Trash");
    }
  },
  QUOTA {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.isEmpty() || value.matches("(count|maildir):.*"),
          "expected count:<name> or maildir:<name>");
    }
  },
  QUOTA_RULE {
    @Override
    Optional<String> mistake(String value) {
      String limit = "(storage|bytes|messages)=[+-]?[0-9]{1,15}[bkmgtBKMGT%]?|ignore";
      String rule = value.replace("%%", "%"); // as Dovecot's configurations write it
      return unless(
          rule.isEmpty() || rule.matches("[^:]+(:(" + limit + "))++"),
          "expected <mailbox>:<limit>, such as *:storage=1G or Trash:ignore");
    }
  },
  PASSDB_DRIVER {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "passwd-file", "sql", "ldap", "dovecot", "oauth2", "pam");
    }
  },
  USERDB_DRIVER {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "passwd-file", "passwd", "static", "sql", "ldap", "dovecot");
    }
  },
  COMPRESSION {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "no", "gz", "bz2", "zstd", "lz4", "xz");
    }
  },
  STOP_OR_CONTINUE {
    @Override
    Optional<String> mistake(String value) {
      return List.of("stop", "continue").contains(value)
          ? Optional.empty()
          : Optional.of("expected stop or continue");
    }
  },
  PLACEMENT_DRIVER {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(value, "any", "static", "hash", "passdb", "sql");
    }
  },
  VERIFIED {
    @Override
    Optional<String> mistake(String value) {
      return List.of("demand", "hard").contains(value)
          ? Optional.empty()
          : Optional.of("certificates are always verified; expected demand");
    }
  },
  RESULT {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(
          value, Stream.of(Consequence.values()).map(Consequence::text).toArray(String[]::new));
    }
  },
  ADDRESSES {
    @Override
    Optional<String> mistake(String value) {
      try {
        if (!value.isEmpty()) {
          AddressPatterns.parse(value.strip().replaceAll("[,\\s]+", ","));
        }
        return Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.of(e.getMessage());
      }
    }
  },
  EARLY_DROP {
    @Override
    Optional<String> mistake(String value) {
      try {
        EarlyDrop drop = EarlyDrop.parse(value);
        return drop.full() == 0 || drop.start() == 0 && drop.rate() == 100
            ? Optional.of("nobody could log in; expected 1 or more")
            : Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.of(e.getMessage());
      }
    }
  },
  MOMENT {
    @Override
    Optional<String> mistake(String value) {
      try {
        Schema.moment(value);
        return Optional.empty();
      } catch (DateTimeException e) {
        return Optional.of("expected a day, such as 2026-12-31, or 2026-12-31T18:00");
      }
    }
  },
  CONFINE {
    @Override
    Optional<String> mistake(String value) {
      boolean known = value.equals("auto") || value.equals("yes") || Confine.of(value).isPresent();
      return unless(known, "expected auto, user, site or no");
    }
  },
  ISOLATION {
    @Override
    Optional<String> mistake(String value) {
      return oneOf(
          value,
          Stream.of(Settings.IsolationKind.values())
              .map(Settings.IsolationKind::word)
              .toArray(String[]::new));
    }
  },
  MODE {
    @Override
    Optional<String> mistake(String value) {
      return unless(value.matches("0?[0-7]{3}"), "expected an octal mode, such as 0600 or 0660");
    }
  },
  /** Permissions that new files do not get. */
  UMASK {
    @Override
    Optional<String> mistake(String value) {
      return MODE.mistake(value)
          .or(
              () ->
                  unless(
                      (Integer.parseInt(value, 8) & 0700) == 0,
                      "it takes rights from the owner; expected 0000 to 0077"));
    }
  },
  NICE {
    @Override
    Optional<String> mistake(String value) {
      return unless(value.matches("1?[0-9]"), "expected a number from 0 to 19");
    }
  },
  IONICE {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.matches("|idle|best-effort(:[0-7])?"),
          "expected idle, best-effort or best-effort:<0 to 7>");
    }
  },
  /** So many in a span of time, or nothing for as many as possible. */
  RATE {
    @Override
    Optional<String> mistake(String value) {
      return unless(
          value.isEmpty() || Rate.of(value).isPresent(), "expected a rate, such as 20 or 30/min");
    }
  },
  SIZE {
    @Override
    Optional<String> mistake(String value) {
      return unless(Sizes.bytes(value).isPresent(), "expected a size, such as 10M");
    }
  };

  private static final int MOST_LANES = 1000;

  /** The number beyond means "no change" to the kernel. */
  private static final long MAX_ID = 0xffff_fffeL;

  /** Sums of times in nanoseconds fit into 63 bits. */
  private static final Duration LONGEST = Duration.ofDays(5200 * 7L);

  private static Optional<String> unless(boolean right, String mistake) {
    return right ? Optional.empty() : Optional.of(mistake);
  }

  private static Optional<String> atLeastOne(String value) {
    return unless(Integer.parseInt(value) >= 1, "expected 1 or more");
  }

  private static Optional<String> oneOf(String value, String... allowed) {
    List<String> all = List.of(allowed);
    return unless(all.contains(value), "expected one of: " + String.join(" ", all));
  }

  /** The mistake in a value, if there is one. */
  abstract Optional<String> mistake(String value);
}
