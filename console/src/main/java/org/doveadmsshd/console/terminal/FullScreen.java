package org.doveadmsshd.console.terminal;

import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;

/**
 * A whole screen of rows, of which the last one is the status. Only rows that have changed are
 * sent, each to its place, so that a terminal which counts the columns of a character otherwise
 * spoils no row but that one.
 */
public final class FullScreen {
  /** More than anybody reads: what a client says of its size costs no more than this. */
  private static final int MOST_COLUMNS = 500;

  private static final int MOST_ROWS = 200;
  private static final int LEAST_COLUMNS = 20;
  private static final int LEAST_ROWS = 4;

  private final Terminal terminal;
  private int columns;
  private int rows;
  private List<String> shown = List.of();

  public FullScreen(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Whether a terminal can show it: dumb ones and those without a size cannot. */
  public static boolean isPossible(Terminal terminal) {
    return !terminal.getType().startsWith(Terminal.TYPE_DUMB)
        && terminal.getStringCapability(Capability.cursor_address) != null
        && terminal.getStringCapability(Capability.clear_screen) != null
        && terminal.getStringCapability(Capability.clr_eol) != null
        && terminal.getColumns() >= LEAST_COLUMNS
        && terminal.getRows() >= LEAST_ROWS;
  }

  public void open() {
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.keypad_xmit);
    refresh();
  }

  /** Gives the screen back as it was. */
  public void close() {
    terminal.puts(Capability.clear_screen);
    terminal.puts(Capability.keypad_local);
    terminal.puts(Capability.exit_ca_mode);
    terminal.flush();
  }

  /** Forgets what is on the screen: all is sent next time. */
  public void refresh() {
    columns = terminal.getColumns();
    rows = terminal.getRows();
    terminal.puts(Capability.clear_screen);
    shown = List.of();
  }

  /** Whether it has another size than when it was last refreshed. */
  public boolean isResized() {
    return terminal.getColumns() != columns || terminal.getRows() != rows;
  }

  public int columns() {
    return Math.max(1, Math.min(columns, MOST_COLUMNS));
  }

  /** Rows beside the status. */
  public int rows() {
    return Math.max(1, Math.min(rows, MOST_ROWS) - 1);
  }

  /** Shows rows of text and the status below them, behind which the cursor stands. */
  public void draw(List<AttributedString> text, AttributedString status) {
    List<String> wanted = new ArrayList<>();
    for (int i = 0; i < rows(); i++) {
      wanted.add(i < text.size() ? text.get(i).toAnsi(terminal) : "");
    }
    wanted.add(status.toAnsi(terminal));
    for (int i = 0; i < wanted.size(); i++) {
      boolean same = i < shown.size() && shown.get(i).equals(wanted.get(i));
      if (!same || i == wanted.size() - 1) {
        put(i, wanted.get(i));
      }
    }
    shown = wanted;
    terminal.flush();
  }

  /** The row is cleared first: behind a full one, the cursor still stands on its last column. */
  private void put(int row, String text) {
    terminal.puts(Capability.cursor_address, row, 0);
    terminal.puts(Capability.clr_eol);
    terminal.writer().write(text);
  }
}
