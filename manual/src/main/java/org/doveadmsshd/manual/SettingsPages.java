package org.doveadmsshd.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.settings.KnownSetting;

/**
 * The pages of the configurations: every setting of the schema, with what the commented example
 * says of it. A setting that an example has no comment for has its default and form only.
 *
 * @param date of the build
 * @param examples directory of the commented configurations
 */
record SettingsPages(String date, Path examples) {
  /** A setting, or the beginning of a section, that may be commented out. */
  private static final Pattern SETTING = Pattern.compile("\\s*#?\\s{0,8}([a-z_0-9]+) =.*");

  private static final Pattern BEGIN = Pattern.compile("#?\\s*([a-z_]+)( [^={]*)?\\{");
  private static final Pattern END = Pattern.compile("#?\\s*\\}");
  private static final Pattern COMMENT = Pattern.compile("\\s*#\\s+(\\S.*)");

  /** Sections of which each program has none. */
  private static final Set<String> OF_THE_CLIENT = Set.of("server", "placement");

  private static final Set<String> OF_THE_SERVER =
      Set.of("userdb", "master_user", "service", "plugin");

  /**
   * What an example says: comments by setting, each named with its section as {@code section/name}.
   */
  private record Example(Map<String, String> comments, Set<String> settings) {}

  /** All, by the names of their files. */
  Map<String, String> all() throws IOException {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put(
        "doveadm-sshd.conf.5",
        page("doveadm-sshd.conf", "configuration of doveadm-sshd", OF_THE_CLIENT, ""));
    pages.put(
        "doveadm-ssh.conf.5",
        page("doveadm-ssh.conf", "configuration of doveadm-ssh", OF_THE_SERVER, ""));
    return pages;
  }

  private String page(String name, String summary, Set<String> without, String section)
      throws IOException {
    Example example = read(Files.readAllLines(examples.resolve(name)));
    Page page = new Page(name, 5, date, summary);
    page.section("DESCRIPTION");
    page.paragraphs(
        "Lines of the form name = value, and sections in braces that have such lines inside. A line that"
            + " begins with # is a comment. !include FILE reads another file, !include_try one that may"
            + " be missing. A path that is not absolute begins at the directory of the"
            + " file. Names and values are those"
            + " of Dovecot where Dovecot has them.");
    page.section("SETTINGS");
    String current = section;
    for (KnownSetting setting : KnownSetting.all()) {
      String outer = setting.section().split("/")[0];
      boolean isShown =
          setting.section().isEmpty()
              ? example.settings().contains("/" + setting.name())
              : !without.contains(outer);
      if (!isShown) {
        continue;
      }
      if (!setting.section().equals(current)) {
        current = setting.section();
        page.subsection("In the section " + current.replace("/", ", in "));
      }
      page.item(item(setting), meaning(setting, example));
    }
    page.section("SEE ALSO");
    page.paragraphs("doveadm-sshd(8), doveadm-supervisor(8), doveadm-ssh(1)");
    return page.toString();
  }

  private static String item(KnownSetting setting) {
    return setting
        .standard()
        .map(value -> (setting.name() + " = " + value).strip())
        .orElse(setting.name());
  }

  private static String meaning(KnownSetting setting, Example example) {
    List<String> sentences = new ArrayList<>();
    String comment = example.comments().get(setting.section() + "/" + setting.name());
    if (comment != null) {
      sentences.add(comment);
    }
    if (setting.standard().isEmpty()) {
      sentences.add("Must be set.");
    }
    setting.form().ifPresent(form -> sentences.add("Values: " + form + "."));
    return sentences.isEmpty() ? "Any text." : String.join(" ", sentences);
  }

  /** Reads an example: a comment is about the settings below it, up to an empty line. */
  private static Example read(List<String> lines) {
    Map<String, String> comments = new LinkedHashMap<>();
    Set<String> settings = new LinkedHashSet<>();
    List<String> section = new ArrayList<>();
    StringBuilder comment = new StringBuilder();
    boolean isUsed = false;
    for (String line : lines) {
      Matcher setting = SETTING.matcher(line);
      Matcher begin = BEGIN.matcher(line.strip());
      Matcher text = COMMENT.matcher(line);
      if (begin.matches()) {
        section.add(begin.group(1));
        comment.setLength(0);
      } else if (END.matcher(line.strip()).matches()) {
        section.remove(section.size() - 1);
        comment.setLength(0);
      } else if (setting.matches()) {
        String name = String.join("/", section) + "/" + setting.group(1);
        settings.add(name);
        if (comment.length() > 0) {
          comments.putIfAbsent(name, comment.toString().strip());
        }
        isUsed = true;
      } else if (text.matches()) {
        if (isUsed) {
          comment.setLength(0);
        }
        comment.append(text.group(1)).append(' ');
        isUsed = false;
      } else {
        comment.setLength(0);
      }
    }
    return new Example(comments, settings);
  }
}
