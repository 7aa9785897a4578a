package org.doveadmsshd.settings;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.configuration2.BaseHierarchicalConfiguration;
import org.apache.commons.configuration2.FileBasedConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.io.FileHandler;
import org.apache.commons.configuration2.io.FileLocator;
import org.apache.commons.configuration2.io.FileLocatorAware;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.doveadmsshd.base.Reason;

/**
 * A configuration in Dovecot's syntax: {@code name = value}, {@code section [name] { … }}, comments
 * after {@code #}, values in quotes, a backslash at the end of a line that goes on in the next one,
 * {@code !include} and {@code !include_try} with a glob.
 *
 * <p>Every node has the attributes {@code file} and {@code line}, a section also {@code name}. What
 * cannot be read is kept in {@link #problems} and left out. Nothing is interpolated.
 */
final class DovecotConfiguration extends BaseHierarchicalConfiguration
    implements FileBasedConfiguration, FileLocatorAware {
  static final String FILE = "file";
  static final String LINE = "line";
  static final String NAME = "name";

  private static final int MAX_INCLUDES = 16;
  private static final int MAX_DEPTH = 16;

  private final List<Problem> problems = new ArrayList<>();
  private final Deque<Path> including = new ArrayDeque<>();

  DovecotConfiguration() {
    setPrefixLookups(Map.of());
  }

  /**
   * Reads a file.
   *
   * @param problems gets what could not be read
   */
  static DovecotConfiguration read(Path file, List<Problem> problems) {
    DovecotConfiguration configuration = new DovecotConfiguration();
    Optional<String> unreadable = unreadable(file);
    if (unreadable.isPresent()) {
      problems.add(new Problem(file.toString(), 0, unreadable.get()));
      return configuration;
    }
    try {
      new FileHandler(configuration).load(file.toAbsolutePath().toFile());
    } catch (ConfigurationException e) {
      problems.add(new Problem(file.toString(), 0, Reason.of(e)));
    }
    problems.addAll(configuration.problems);
    return configuration;
  }

  /** Why a file cannot be read, unless it can. */
  static Optional<String> unreadable(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      in.read();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot be read: " + Reason.of(e));
    }
  }

  /** Where a relative path in an include counts from. */
  @Override
  public void initFileLocator(FileLocator locator) {
    try {
      including.push(Path.of(locator.getSourceURL().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e); // it was made of a path
    }
  }

  @Override
  public void read(Reader in) throws IOException {
    ImmutableNode.Builder root = new ImmutableNode.Builder();
    Deque<ImmutableNode.Builder> open = new ArrayDeque<>();
    open.push(root);
    read(new BufferedReader(in), open);
    getNodeModel().setRootNode(root.create());
  }

  private void read(BufferedReader in, Deque<ImmutableNode.Builder> open) throws IOException {
    String file = including.element().toString();
    int depth = open.size();
    int number = 0;
    int further = 0;
    for (String raw; (raw = in.readLine()) != null; ) {
      number += 1 + further;
      String line = withoutComment(raw).strip();
      for (further = 0; line.endsWith("\\") && (raw = in.readLine()) != null; further++) {
        line = line.substring(0, line.length() - 1).strip() + " " + withoutComment(raw).strip();
      }
      if (line.startsWith("!include")) {
        include(line, file, number, open);
      } else if (line.equals("}")) {
        if (open.size() == depth) {
          problem(file, number, "there is no section that this } could close");
        } else {
          ImmutableNode.Builder section = open.pop();
          open.element().addChild(section.create());
        }
      } else if (line.endsWith("{")) {
        open.push(section(line, file, number));
        if (open.size() > MAX_DEPTH) {
          throw new IOException(file + ":" + number + ": sections are nested too deeply");
        }
      } else if (!line.isEmpty()) {
        setting(line, file, number, open.element());
      }
    }
    while (open.size() > depth) {
      problem(file, number, "a section is not closed with }");
      ImmutableNode.Builder section = open.pop();
      open.element().addChild(section.create());
    }
  }

  /** A comment begins with # at the start or after white space, outside of quotes. */
  private static String withoutComment(String line) {
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && (i == 0 || line.charAt(i - 1) != '\\')) {
        quoted = !quoted;
      }
      boolean starts = i == 0 || Character.isWhitespace(line.charAt(i - 1));
      if (c == '#' && !quoted && starts) {
        return line.substring(0, i);
      }
    }
    return line;
  }

  private static ImmutableNode.Builder section(String line, String file, int number) {
    String[] words = line.substring(0, line.length() - 1).strip().split("\\s+", 2);
    ImmutableNode.Builder section = new ImmutableNode.Builder().name(words[0]);
    section.addAttribute(NAME, words.length > 1 ? unquote(words[1]) : "");
    return section.addAttribute(FILE, file).addAttribute(LINE, number);
  }

  private void setting(String line, String file, int number, ImmutableNode.Builder into) {
    int equals = line.indexOf('=');
    if (equals <= 0) {
      problem(file, number, "expected name = value, section {, or }: " + line);
      return;
    }
    into.addChild(
        new ImmutableNode.Builder()
            .name(line.substring(0, equals).strip())
            .value(unquote(line.substring(equals + 1).strip()))
            .addAttribute(FILE, file)
            .addAttribute(LINE, number)
            .create());
  }

  private static String unquote(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted
        ? value.substring(1, value.length() - 1).replace("\\\"", "\"").replace("\\\\", "\\")
        : value;
  }

  private void include(String line, String file, int number, Deque<ImmutableNode.Builder> open)
      throws IOException {
    String[] words = line.split("\\s+", 2);
    boolean optional = words[0].equals("!include_try");
    if (words.length < 2 || !optional && !words[0].equals("!include")) {
      problem(file, number, "expected !include or !include_try and a file");
      return;
    }
    if (including.size() >= MAX_INCLUDES) {
      problem(file, number, "files include one another too deeply");
      return;
    }
    Path pattern = including.element().toAbsolutePath().resolveSibling(unquote(words[1]));
    List<Path> files = matching(pattern);
    if (files.isEmpty() && !optional) {
      problem(file, number, "there is no file " + pattern);
    }
    for (Path included : files) {
      including.push(included);
      try (BufferedReader in = new BufferedReader(new StringReader(Files.readString(included)))) {
        read(in, open);
      } catch (IOException e) {
        problem(file, number, "cannot read " + included + ": " + Reason.of(e));
      } finally {
        including.pop();
      }
    }
  }

  private static List<Path> matching(Path pattern) throws IOException {
    List<Path> files = new ArrayList<>();
    String name = pattern.getFileName().toString();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(pattern.getParent(), name)) {
      found.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    files.sort(null);
    return files;
  }

  private void problem(String file, int line, String text) {
    problems.add(new Problem(file, line, text));
  }

  @Override
  public void write(Writer out) {
    throw new UnsupportedOperationException("the configuration is not written by the program");
  }
}
