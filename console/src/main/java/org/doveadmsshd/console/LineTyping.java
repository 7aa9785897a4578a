package org.doveadmsshd.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.command.Manual;
import org.doveadmsshd.console.line.AdvisingLineReader;
import org.doveadmsshd.console.line.Surroundings;
import org.doveadmsshd.console.line.Vocabulary;
import org.jline.keymap.KeyMap;
import org.jline.reader.Binding;
import org.jline.reader.EndOfFileException;
import org.jline.reader.History;
import org.jline.reader.LineReader;
import org.jline.reader.Reference;
import org.jline.reader.Widget;
import org.jline.reader.impl.KillRing;
import org.jline.terminal.Terminal;

/**
 * A line that can be edited as it is typed. Of JLine's keys only those do something that edit one
 * line: others would start an editor on the server, or repeat a key a thousand million times.
 */
final class LineTyping extends AdvisingLineReader implements Typing {
  /** Most characters of a line, or of lines that are pasted together. */
  static final int MOST = 128 * 1024;

  /** Most characters of what is searched for with Ctrl-R; further ones are not taken. */
  private static final int MOST_SEARCHED = 256;

  /** How many pieces that were cut out can be put in again. */
  private static final int MOST_CUT = 4;

  private static final String NAME = "doveadm";
  private static final String TOO_LONG =
      "More than " + MOST + " characters at a time; nothing of it was taken";

  /** What the sequences end with that the cursor keys, Home and End send. */
  private static final String CURSOR_KEYS = "ABCDHF";

  private static final Set<String> KEYMAPS = Set.of(LineReader.MAIN, LineReader.MENU);

  private static final Set<String> WIDGETS =
      Set.of(
          LineReader.ACCEPT_LINE,
          LineReader.BACKWARD_CHAR,
          LineReader.BACKWARD_DELETE_CHAR,
          LineReader.BACKWARD_KILL_LINE,
          LineReader.BACKWARD_KILL_WORD,
          LineReader.BACKWARD_WORD,
          LineReader.BEEP,
          LineReader.BEGINNING_OF_HISTORY,
          LineReader.BEGINNING_OF_LINE,
          LineReader.BEGIN_PASTE,
          LineReader.CLEAR_SCREEN,
          LineReader.COMPLETE_WORD,
          LineReader.DELETE_CHAR,
          LineReader.DELETE_CHAR_OR_LIST,
          LineReader.DOWN_LINE_OR_HISTORY,
          LineReader.DOWN_LINE_OR_SEARCH,
          LineReader.END_OF_HISTORY,
          LineReader.END_OF_LINE,
          LineReader.EXPAND_OR_COMPLETE,
          LineReader.FORWARD_CHAR,
          LineReader.FORWARD_WORD,
          LineReader.HISTORY_INCREMENTAL_SEARCH_BACKWARD,
          LineReader.HISTORY_INCREMENTAL_SEARCH_FORWARD,
          LineReader.HISTORY_SEARCH_BACKWARD,
          LineReader.HISTORY_SEARCH_FORWARD,
          LineReader.INTERRUPT,
          LineReader.KILL_LINE,
          LineReader.KILL_WHOLE_LINE,
          LineReader.KILL_WORD,
          LineReader.LIST_CHOICES,
          LineReader.MENU_COMPLETE,
          LineReader.REDISPLAY,
          LineReader.REDRAW_LINE,
          LineReader.SELF_INSERT,
          LineReader.SEND_BREAK,
          LineReader.TRANSPOSE_CHARS,
          LineReader.UP_LINE_OR_HISTORY,
          LineReader.UP_LINE_OR_SEARCH,
          LineReader.YANK);

  private boolean tooLong;

  /**
   * @param own commands that there are besides doveadm's
   */
  LineTyping(Terminal terminal, History history, List<Manual> own, Surroundings surroundings) {
    super(terminal, NAME, vocabulary(own), surroundings);
    getKeyMaps().keySet().retainAll(KEYMAPS);
    getKeyMaps().replaceAll((name, keys) -> usual(keys));
    bindCursorKeys();
    getWidgets().keySet().retainAll(WIDGETS);
    builtinWidgets.keySet().retainAll(WIDGETS);
    setOpt(Option.DISABLE_EVENT_EXPANSION);
    setOpt(Option.DISABLE_UNDO);
    setOpt(Option.BRACKETED_PASTE);
    unsetOpt(Option.INSERT_TAB);
    setVariable(BLINK_MATCHING_PAREN, 0L);
    setVariable(BELL_STYLE, "none");
    setVariable(SECONDARY_PROMPT_PATTERN, "");
    setVariable(HISTORY_SIZE, ShellHistory.MOST_LINES);
    setHistory(history);
    killRing = new KillRing(MOST_CUT);
    setAutosuggestion(SuggestionType.HISTORY);
  }

  private static Vocabulary vocabulary(List<Manual> own) {
    List<Manual> manuals = new ArrayList<>(own);
    Statements.all().forEach(statement -> manuals.add(statement.manual()));
    return new Vocabulary(manuals);
  }

  /** Without what terminals send only when they are asked to: it would be most of a shell. */
  private static KeyMap<Binding> usual(KeyMap<Binding> all) {
    KeyMap<Binding> kept = new KeyMap<>();
    kept.setUnicode(all.getUnicode());
    kept.setAmbiguousTimeout(all.getAmbiguousTimeout());
    all.getBoundKeys()
        .forEach(
            (keys, bound) -> {
              boolean kitty = keys.startsWith("\033[") && keys.length() > 3 && keys.endsWith("u");
              if (!kitty && !keys.startsWith("\033[27;")) {
                kept.bind(bound, keys);
              }
            });
    return kept;
  }

  /** A terminal sends them in one of two ways, whichever way it was told to. */
  private void bindCursorKeys() {
    KeyMap<Binding> keys = getKeyMaps().get(MAIN);
    for (char key : CURSOR_KEYS.toCharArray()) {
      Binding bound = keys.getBound("\033O" + key);
      if (bound != null) {
        keys.bind(bound, "\033[" + key);
      }
    }
  }

  @Override
  public String line(String prompt) {
    tooLong = false;
    String line = readLine(prompt.replace("%", "%%"));
    if (tooLong) {
      say(TOO_LONG);
      return "";
    }
    return line;
  }

  @Override
  public void say(String text) {
    printAbove(text);
  }

  @Override
  protected boolean selfInsert() {
    tooLong |= buf.length() >= MOST;
    return tooLong || super.selfInsert();
  }

  /** The last key; nothing of a character for which what is searched for has no room. */
  @Override
  public String getLastBinding() {
    String key = super.getLastBinding();
    boolean full = searchTerm != null && searchTerm.length() >= MOST_SEARCHED;
    return full && !Printable.isControl(key.codePointAt(0)) ? "" : key;
  }

  /** What is pasted is shown, and is carried out when Enter is pressed. */
  @Override
  public boolean beginPaste() {
    StringBuilder pasted = new StringBuilder();
    boolean all = true;
    while (!ends(pasted)) {
      int key = readCharacter();
      if (key < 0) {
        throw new EndOfFileException();
      }
      pasted.appendCodePoint(key);
      if (pasted.length() > MOST) {
        all = false;
        pasted.delete(0, MOST / 2);
      }
    }
    pasted.setLength(pasted.length() - BRACKETED_PASTE_END.length());
    if (!all || buf.length() + pasted.length() > MOST) {
      say(TOO_LONG);
      return true;
    }
    buf.write(Printable.lines(pasted.toString().replaceAll("\r\n?", "\n").stripTrailing()));
    return true;
  }

  private static boolean ends(StringBuilder pasted) {
    int at = pasted.length() - BRACKETED_PASTE_END.length();
    return at >= 0 && pasted.indexOf(BRACKETED_PASTE_END, at) >= 0;
  }

  /** At the end of the line the suggestion is taken. */
  @Override
  protected boolean forwardChar() {
    return takesSuggestion() || super.forwardChar();
  }

  @Override
  protected boolean endOfLine() {
    return takesSuggestion() || super.endOfLine();
  }

  private boolean takesSuggestion() {
    boolean takes = buf.cursor() == buf.length() && !buf.toString().isEmpty() && !tailTip.isEmpty();
    if (takes) {
      buf.write(tailTip);
      tailTip = "";
    }
    return takes;
  }

  /** Shown once for what has been typed ahead, and not for each key of it. */
  @Override
  public boolean redisplay() {
    if (buf.length() > MOST) { // of what was cut and put in again and again
      tooLong = true;
      buf.clear();
    }
    return terminal.reader().available() > 0 || super.redisplay();
  }

  /** Nothing is said of a key that does nothing here. */
  @Override
  protected Widget getWidget(Object binding) {
    boolean known =
        !(binding instanceof Reference) || getWidgets().containsKey(((Reference) binding).name());
    return known ? super.getWidget(binding) : () -> true;
  }
}
