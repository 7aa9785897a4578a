package org.doveadmsshd.base;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Which version of the programs this is, and of what they are made. */
public final class Version {
  /** As in the name of a package: what is built before a release has its number, too. */
  public static final String NUMBER = build().getProperty("number").replaceFirst("-SNAPSHOT$", "");

  private Version() {}

  private static Properties build() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      build.load(in);
    } catch (IOException e) {
      throw new AssertionError("version.properties is part of the program", e);
    }
    return build;
  }

  /** {@code doveadm-sshd 0.1.0}, as programs are told apart by people and by their peers. */
  public static String of(String program) {
    return program + " " + NUMBER;
  }

  /**
   * What is asked for when something does not work, a line each: the program, Java, the system, and
   * the libraries that are there.
   *
   * @param speaks the protocols that it speaks
   */
  public static String report(String program, String... speaks) {
    List<String> lines = new ArrayList<>(List.of(of(program)));
    lines.addAll(List.of(speaks));
    lines.add("Java %s (%s)".formatted(property("java.version"), property("java.vendor")));
    lines.add(
        "%s %s %s".formatted(property("os.name"), property("os.version"), property("os.arch")));
    lines.addAll(libraries());
    return String.join("\n", lines) + "\n";
  }

  private static String property(String name) {
    return System.getProperty(name, "");
  }

  private static List<String> libraries() {
    Properties build = build();
    List<String> libraries = new ArrayList<>();
    for (int i = 1; build.containsKey("library." + i); i++) {
      String[] words = build.getProperty("library." + i).split(",");
      if (Version.class.getClassLoader().getResource(words[2]) != null) {
        libraries.add(words[0] + " " + words[1]);
      }
    }
    return libraries;
  }
}
