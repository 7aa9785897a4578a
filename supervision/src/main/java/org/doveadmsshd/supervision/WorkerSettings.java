package org.doveadmsshd.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.doveadmsshd.accounts.Confine;
import org.doveadmsshd.accounts.Namespace;
import org.doveadmsshd.accounts.Namespaces;
import org.doveadmsshd.accounts.UserMail;
import org.doveadmsshd.base.TabLines;

/**
 * The part of the configuration that a worker process gets, in its first line.
 *
 * @param peer uid that may connect, besides root
 * @param umask of new files
 * @param confine whose mail it is to see, where the kernel can hide the rest
 * @param lockStacks whether threads for users keep the memory of their stacks
 * @param limits what the process may use at most
 * @param mail what the mail of users consists of
 * @param quota as in the configuration
 */
public record WorkerSettings(
    int peer,
    int umask,
    Confine confine,
    boolean lockStacks,
    Map<Resource, Long> limits,
    UserMail mail,
    Duration lockTimeout,
    boolean mailCache,
    Compression compression,
    String quota,
    List<String> quotaRules) {
  private static final String FIRST = "SETTINGS";
  private static final String NAMESPACE = "namespace=";

  /** Mails that are compressed, as in the configuration; the limit is in bytes. */
  public record Compression(String method, String level, long inflateLimit) {}

  public WorkerSettings {
    limits = Map.copyOf(limits);
    quotaRules = List.copyOf(quotaRules);
  }

  /** The values of a line. */
  public String[] line() {
    List<String> values = new ArrayList<>(List.of(FIRST, "peer=" + Integer.toUnsignedString(peer)));
    values.add("umask=" + umask);
    values.add("confine=" + confine.word());
    values.add("lock_stacks=" + lockStacks);
    limits.forEach((resource, most) -> values.add(resource + "=" + most));
    values.add("mail_location=" + mail.location());
    for (Namespace each : mail.namespaces().all()) {
      values.add(NAMESPACE + NamespaceLine.write(each));
    }
    values.add("lock_timeout=" + lockTimeout.toMillis());
    values.add("mail_cache=" + mailCache);
    values.add("mail_compress=" + compression.method());
    values.add("mail_compress_level=" + compression.level());
    values.add("mail_inflate_limit=" + compression.inflateLimit());
    values.add("quota=" + quota);
    quotaRules.forEach(rule -> values.add("quota_rule=" + rule));
    return values.toArray(String[]::new);
  }

  /**
   * Reads a line that {@link #line} has written.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static WorkerSettings read(List<String> line) {
    if (!line.get(0).equals(FIRST)) {
      throw new IllegalArgumentException("the first line is not " + FIRST);
    }
    Map<String, String> named = TabLines.named(line.subList(1, line.size()));
    return new WorkerSettings(
        Integer.parseUnsignedInt(text(named, "peer")),
        Integer.parseInt(text(named, "umask")),
        confine(text(named, "confine")),
        isTrue(named, "lock_stacks"),
        limits(named),
        new UserMail(text(named, "mail_location"), namespaces(line)),
        Duration.ofMillis(Long.parseLong(text(named, "lock_timeout"))),
        isTrue(named, "mail_cache"),
        new Compression(
            text(named, "mail_compress"),
            text(named, "mail_compress_level"),
            Long.parseLong(text(named, "mail_inflate_limit"))),
        text(named, "quota"),
        line.stream()
            .filter(value -> value.startsWith("quota_rule="))
            .map(value -> value.substring("quota_rule=".length()))
            .toList());
  }

  private static Namespaces namespaces(List<String> line) {
    return new Namespaces(
        line.stream()
            .filter(value -> value.startsWith(NAMESPACE))
            .map(value -> NamespaceLine.read(value.substring(NAMESPACE.length())))
            .toList());
  }

  private static String text(Map<String, String> named, String name) {
    String value = named.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the first line does not say " + name);
    }
    return value;
  }

  /** A process that is to be confined must not take a word that it does not know for no. */
  private static Confine confine(String word) {
    return Confine.of(word)
        .orElseThrow(() -> new IllegalArgumentException("no word that confines: " + word));
  }

  private static boolean isTrue(Map<String, String> named, String name) {
    String value = text(named, name);
    if (!value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException("neither true nor false: " + name);
    }
    return value.equals("true");
  }

  private static Map<Resource, Long> limits(Map<String, String> named) {
    Map<Resource, Long> limits = new EnumMap<>(Resource.class);
    for (Resource resource : Resource.values()) {
      String most = named.get(resource.name());
      if (most != null) {
        limits.put(resource, Long.parseLong(most));
      }
    }
    return limits;
  }
}
