package org.doveadmsshd.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.brain.About;

/** {@code manual DIRECTORY EXAMPLES DATE}: writes all manual pages, a file each. */
public final class Main {
  private Main() {}

  /**
   * Writes them.
   *
   * @param arguments where to put them, in a directory for each section such as {@code man1}; where
   *     the commented configurations are; the time of the build, such as 2026-11-23T00:00:00Z
   */
  public static void main(String[] arguments) throws IOException, Failure {
    Path directory = Path.of(arguments[0]);
    String date = arguments[2].substring(0, arguments[2].indexOf('T'));
    for (Map.Entry<String, String> page : pages(Path.of(arguments[1]), date).entrySet()) {
      String name = page.getKey();
      Path section = directory.resolve("man" + name.substring(name.lastIndexOf('.') + 1));
      Files.writeString(Files.createDirectories(section).resolve(name), page.getValue());
    }
  }

  /** All pages, by the names of their files. */
  static Map<String, String> pages(Path examples, String date) throws IOException, Failure {
    About shell = org.doveadmsshd.shell.Main.ABOUT;
    Map<String, String> pages = new LinkedHashMap<>();
    pages.putAll(new ProgramPages(date).all(shell));
    pages.putAll(new SettingsPages(date, examples).all());
    pages.putAll(new CommandPages(date).all(shell));
    return pages;
  }
}
