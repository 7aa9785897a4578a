package org.doveadmsshd.shell;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.doveadmsshd.brain.Console;
import org.doveadmsshd.brain.progress.StatusLines;
import org.jline.nativ.CLibrary;

/**
 * Whether a terminal is at the end of a descriptor. {@link System#console} does not tell: from Java
 * 22 on there is one where there is no terminal, too.
 */
final class Terminal {
  static final int IN = 0;
  static final int OUT = 1;
  static final int ERROR = 2;

  private static final int MAX_ANSWER = 100;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private Terminal() {}

  /** Whether a terminal is there. */
  static boolean isAt(int descriptor) {
    try {
      String file = Files.readSymbolicLink(DESCRIPTORS.resolve("" + descriptor)).toString();
      return file.startsWith("/dev/pts/")
          || file.startsWith("/dev/tty")
          || file.equals("/dev/console");
    } catch (IOException e) {
      return false; // closed, or a system without that
    }
  }

  /** Whether a person looks at a terminal there that can show a line and change it. */
  static boolean isWatchedAt(int descriptor) {
    String kind = System.getenv().getOrDefault("TERM", "");
    return isAt(descriptor) && !kind.isEmpty() && !kind.equals("dumb");
  }

  /** Whether a person wants colours; says no as https://no-color.org has it. */
  static boolean hasColours() {
    return System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** How many columns and rows the terminal there has now; none when it does not say. */
  static StatusLines.Size sizeAt(int descriptor) {
    CLibrary.WinSize size = new CLibrary.WinSize();
    boolean known = CLibrary.ioctl(descriptor, CLibrary.TIOCGWINSZ, size) == 0;
    return known
        ? new StatusLines.Size(Short.toUnsignedInt(size.ws_col), Short.toUnsignedInt(size.ws_row))
        : new StatusLines.Size(0, 0);
  }

  /** Asks who sits at the terminal; nothing unless one is there to type at, and one to read. */
  static Optional<Console.Question> question() {
    return isAt(IN) && isAt(ERROR) ? Optional.of(Terminal::ask) : Optional.empty();
  }

  /** Reads no further than the end of the line. */
  private static String ask(String prompt) throws IOException {
    FileOutputStream error = new FileOutputStream(FileDescriptor.err);
    error.write(prompt.getBytes(StandardCharsets.UTF_8));
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c; (c = in.read()) >= 0 && c != '\n'; ) {
      if (line.size() < MAX_ANSWER) {
        line.write(c);
      }
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
