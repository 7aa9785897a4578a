package org.doveadmsshd.settings;

import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.settings.Schema.Setting;

/** Which settings there are, for programs that write a configuration. */
public final class KnownSettings {
  /** The section that is the file itself. */
  public static final String TOP = Schema.TOP;

  private KnownSettings() {}

  private static Map<String, Setting> settings(String section) {
    Map<String, Setting> known = Schema.settings(section);
    known = known == null ? Schema.settingsOfFile(section) : known;
    return known == null ? Map.of() : known;
  }

  /**
   * Whether there is such a setting.
   *
   * @param section its type; {@code outer/inner} for one that stands in another one; {@code sql}
   *     and {@code ldap} for the files that sections name
   */
  public static boolean has(String section, String name) {
    return settings(section).containsKey(name);
  }

  /** The mistake in a value, for people; nothing when it may be written. */
  public static Optional<String> mistake(String section, String name, String value) {
    Setting setting = settings(section).get(name);
    return setting == null
        ? Optional.of("there is no such setting")
        : setting.type().mistake(value);
  }
}
