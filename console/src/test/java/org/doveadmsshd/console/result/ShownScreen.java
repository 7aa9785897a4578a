package org.doveadmsshd.console.result;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.TextWidth;

/**
 * What a person sees: a terminal that understands as much of xterm's sequences as is needed here,
 * and has no second screen. It is sent well-formed UTF-8.
 */
final class ShownScreen extends OutputStream {
  private static final char ESCAPE = '\033';
  private static final int TAB = 8;

  // guarded by this
  private final String[][] cells;
  private final StringBuilder all = new StringBuilder();
  private final StringBuilder sequence = new StringBuilder();
  private byte[] rest = {};
  private int row;
  private int column;
  private boolean inSequence;

  ShownScreen(int columns, int rows) {
    cells = new String[rows][columns];
    clear(0, 0);
  }

  private void clear(int fromRow, int fromColumn) {
    Arrays.fill(cells[fromRow], fromColumn, cells[fromRow].length, " ");
    for (int i = fromRow + 1; i < cells.length; i++) {
      Arrays.fill(cells[i], " ");
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    byte[] sent = Arrays.copyOf(rest, rest.length + length);
    System.arraycopy(bytes, offset, sent, rest.length, length);
    int whole = sent.length;
    while (whole > 0 && (sent[whole - 1] & 0xc0) == 0x80) {
      whole--;
    }
    boolean cut = whole > 0 && sent[whole - 1] < 0 && !isComplete(sent, whole - 1);
    whole = cut ? whole - 1 : sent.length;
    rest = Arrays.copyOfRange(sent, whole, sent.length);
    String text = new String(sent, 0, whole, StandardCharsets.UTF_8);
    all.append(text);
    text.codePoints().forEach(this::take);
    notifyAll();
  }

  private static boolean isComplete(byte[] bytes, int at) {
    int lead = bytes[at] & 0xff;
    int size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    return at + size <= bytes.length;
  }

  private void take(int c) {
    if (inSequence) {
      sequence.appendCodePoint(c);
      boolean ends = sequence.charAt(0) != '[' || sequence.length() > 1 && c >= '@';
      if (ends) {
        inSequence = false;
        obey(sequence.toString());
      }
    } else if (c == ESCAPE) {
      inSequence = true;
      sequence.setLength(0);
    } else if (c == '\r') {
      column = 0;
    } else if (c == '\n') {
      feed();
    } else if (c == '\b') {
      column = Math.max(0, Math.min(column, cells[row].length - 1) - 1);
    } else if (c == '\t') {
      column = Math.min(column - column % TAB + TAB, cells[row].length - 1);
    } else if (c >= ' ') {
      put(c);
    }
  }

  private void feed() {
    if (row < cells.length - 1) {
      row++;
      return;
    }
    System.arraycopy(cells, 1, cells, 0, cells.length - 1);
    cells[cells.length - 1] = new String[cells[0].length];
    Arrays.fill(cells[cells.length - 1], " ");
  }

  private void put(int c) {
    int width = TextWidth.of(c);
    String text = Character.toString(c);
    if (width == 0) {
      int before = Math.max(0, column - 1);
      cells[row][before] += text;
      return;
    }
    if (column + width > cells[row].length) {
      column = 0;
      feed();
    }
    cells[row][column] = text;
    if (width == 2) {
      cells[row][column + 1] = "";
    }
    column += width;
  }

  /** Obeys what moves the cursor, or takes something away; colours and modes are passed over. */
  private void obey(String text) {
    if (!text.startsWith("[") || text.startsWith("[?")) {
      return;
    }
    String[] numbers = text.substring(1, text.length() - 1).split(";");
    int first = number(numbers, 0, 1);
    int at = Math.min(column, cells[row].length - 1); // behind a full row it is the last one
    switch (text.charAt(text.length() - 1)) {
      case 'A' -> row = Math.max(0, row - first);
      case 'B' -> row = Math.min(cells.length - 1, row + first);
      case 'C' -> column = Math.min(cells[row].length - 1, at + first);
      case 'D' -> column = Math.max(0, at - first);
      case 'G' -> column = first - 1;
      case 'd' -> row = first - 1;
      case 'H' -> {
        row = first - 1;
        column = number(numbers, 1, 1) - 1;
      }
      case 'K' -> erase(at, number(numbers, 0, 0));
      case 'J' -> clear(text.equals("[2J") ? 0 : row, text.equals("[2J") ? 0 : column);
      case 'P' -> shift(at + first, at);
      case '@' -> shift(at, at + first);
      case 'X' -> Arrays.fill(cells[row], at, Math.min(at + first, cells[row].length), " ");
      default -> {
        // colours
      }
    }
  }

  private static int number(String[] numbers, int index, int otherwise) {
    return index < numbers.length && !numbers[index].isEmpty()
        ? Integer.parseInt(numbers[index])
        : otherwise;
  }

  private void erase(int at, int part) {
    int from = part == 0 ? at : 0;
    int to = part == 1 ? at + 1 : cells[row].length;
    Arrays.fill(cells[row], from, to, " ");
  }

  /** Moves the rest of the row; what it leaves behind is blank. */
  private void shift(int from, int to) {
    String[] old = cells[row].clone();
    int length = cells[row].length;
    Arrays.fill(cells[row], Math.min(Math.min(from, to), length), length, " ");
    int count = length - Math.max(from, to);
    if (count > 0) {
      System.arraycopy(old, from, cells[row], to, count);
    }
  }

  /** The rows, without blanks at their ends. */
  synchronized List<String> rows() {
    return Stream.of(cells).map(cells -> String.join("", cells).stripTrailing()).toList();
  }

  /** All that was sent. */
  synchronized String all() {
    return all.toString();
  }

  /** Waits until it shows that. */
  synchronized List<String> await(Predicate<List<String>> wanted) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!wanted.test(rows())) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(rows().stream().collect(Collectors.joining("\n", "Shown:\n", "")));
      }
      wait(left);
    }
    return rows();
  }
}
