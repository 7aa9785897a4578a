package org.doveadmsshd.console.line;

import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;
import org.jline.reader.impl.LineReaderImpl;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/**
 * A reader of lines that completes and colours what is typed, and says in a line below it what is
 * expected at the cursor, or what is wrong before it. That line is there while the line is typed
 * and is taken away with Enter. For terminals on which a cursor can be moved.
 */
public class AdvisingLineReader extends LineReaderImpl {
  /** JLine looks no further at a longer line. */
  private static final int MOST_CHARACTERS = 16 * 1024;

  private final Adviser adviser;
  private final Surroundings surroundings;
  private boolean finishing;

  /**
   * @param name of the program
   */
  public AdvisingLineReader(
      Terminal terminal, String name, Vocabulary vocabulary, Surroundings surroundings) {
    super(terminal, name, new HashMap<>());
    this.surroundings = surroundings;
    adviser = new Adviser(vocabulary, surroundings);
    setParser(new LineParser(vocabulary));
    setCompleter(new LineCompleter(adviser, vocabulary, surroundings, Clock.systemDefaultZone()));
    setHighlighter(new LineHighlighter(adviser, surroundings));
    setVariable(FEATURES_MAX_BUFFER_SIZE, MOST_CHARACTERS);
  }

  @Override
  public AttributedString getDisplayedBufferWithPrompts(List<AttributedString> secondaryPrompts) {
    AttributedString line = super.getDisplayedBufferWithPrompts(secondaryPrompts);
    int width = size.getColumns() - 1;
    if (finishing || post != null || maskingCallback != null || width < 1) {
      return line;
    }
    String hint = TextWidth.cut(adviser.hint(buf.toString(), buf.cursor()), width);
    if (hint.isEmpty()) {
      return line;
    }
    AttributedStyle style =
        surroundings.hasColours() ? AttributedStyle.DEFAULT.faint() : AttributedStyle.DEFAULT;
    return new AttributedStringBuilder()
        .append(line)
        .append('\n')
        .styled(style, hint)
        .toAttributedString();
  }

  @Override
  protected AttributedStyle getCompletionStyleStarting() {
    return surroundings.hasColours()
        ? super.getCompletionStyleStarting()
        : AttributedStyle.DEFAULT.bold();
  }

  @Override
  protected AttributedStyle getCompletionStyleDescription() {
    return surroundings.hasColours()
        ? super.getCompletionStyleDescription()
        : AttributedStyle.DEFAULT;
  }

  @Override
  protected void doCleanup(boolean newLine) {
    finishing = true;
    try {
      super.doCleanup(newLine);
    } finally {
      adviser.forget();
      finishing = false;
    }
  }

  /** What is pasted may be anything. */
  @Override
  protected String doReadStringUntil(String sequence) {
    String text = super.doReadStringUntil(sequence);
    return text == null ? null : Printable.lines(text.replace('\r', '\n'));
  }

  @Override
  public void putString(CharSequence text) {
    super.putString(Printable.lines(text.toString()));
  }
}
