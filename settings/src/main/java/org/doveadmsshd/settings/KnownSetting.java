package org.doveadmsshd.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A setting that there is, for manuals.
 *
 * @param section where it stands: empty for the file itself; a section in another one as {@code
 *     outer/inner}
 * @param standard its value when it is not set; nothing when it must be set
 * @param form what values it may have, such as "a number, such as 8"; nothing when any
 */
public record KnownSetting(
    String section, String name, Optional<String> standard, Optional<String> form) {
  /** No type takes it for a value. */
  private static final String IMPOSSIBLE = "\u0000";

  private static final String EXPECTED = "expected ";

  /** All settings of the configuration, section by section. */
  public static List<KnownSetting> all() {
    List<KnownSetting> all = new ArrayList<>();
    for (String section : Schema.sections()) {
      add(all, section, Schema.settings(section));
      for (String inner : Schema.sectionsIn(section)) {
        String name = section + "/" + inner;
        add(all, name, Schema.settingsOfFile(name));
      }
    }
    return all;
  }

  private static void add(
      List<KnownSetting> all, String section, Map<String, Schema.Setting> settings) {
    settings.forEach(
        (name, setting) ->
            all.add(
                new KnownSetting(
                    section, name, Optional.ofNullable(setting.standard()), form(setting.type()))));
  }

  private static Optional<String> form(Type type) {
    return type.mistake(IMPOSSIBLE)
        .filter(text -> text.startsWith(EXPECTED))
        .map(text -> text.substring(EXPECTED.length()));
  }
}
