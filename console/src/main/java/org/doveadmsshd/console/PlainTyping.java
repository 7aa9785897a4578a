package org.doveadmsshd.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.doveadmsshd.base.Printable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;

/**
 * On a terminal that can only print, and for those who have it read to them: what is typed is
 * echoed, and nothing that has been printed ever changes.
 */
final class PlainTyping implements Typing {
  private static final char CONTROL_C = 3;
  private static final char CONTROL_D = 4;
  private static final char BACKSPACE = 8;
  private static final char KILL = 21;
  private static final char DELETE = 127;

  private final Terminal terminal;

  PlainTyping(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public String line(String prompt) {
    Attributes before = terminal.enterRawMode();
    try {
      terminal.writer().print(prompt);
      terminal.flush();
      return read();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      terminal.setAttributes(before);
    }
  }

  @Override
  public void say(String text) {
    terminal.writer().println("\n" + text);
    terminal.flush();
  }

  private String read() throws IOException {
    StringBuilder line = new StringBuilder();
    while (true) {
      int key = terminal.reader().read();
      boolean ends = key < 0 || key == CONTROL_D && line.isEmpty();
      if (ends || key == CONTROL_C || key == '\r' || key == '\n') {
        terminal.writer().println(key == CONTROL_C ? "^C" : "");
        terminal.flush();
      }
      if (ends) {
        throw new EndOfFileException();
      } else if (key == CONTROL_C) {
        throw new UserInterruptException(line.toString());
      } else if (key == '\r' || key == '\n') {
        return line.toString();
      }
      typed((char) key, line);
    }
  }

  private void typed(char key, StringBuilder line) {
    if (key == DELETE || key == BACKSPACE) {
      erase(line, Math.min(1, line.length()));
    } else if (key == KILL) {
      erase(line, line.length());
    } else if (line.length() < LineTyping.MOST && (key == '\t' || !Character.isISOControl(key))) {
      line.append(key);
      terminal.writer().print(Printable.isControl(key) && !surrogate(key) ? ' ' : key);
    }
    if (terminal.reader().available() == 0) {
      terminal.flush();
    }
  }

  private static boolean surrogate(char key) {
    return Character.isSurrogate(key);
  }

  private void erase(StringBuilder line, int count) {
    line.setLength(line.length() - count);
    terminal.writer().print("\b \b".repeat(count));
  }
}
