package org.doveadmsshd.console.script;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Spool;

/**
 * A command of a script.
 *
 * @param number of the line where it begins, from 1 on
 * @param words at least one
 * @param hereDocument its input, if it has any
 */
record ScriptLine(long number, List<String> words, Optional<Spool> hereDocument)
    implements Closeable {
  ScriptLine {
    words = List.copyOf(words);
  }

  /** What the command reads: never the lines of other commands. */
  InputStream input() throws IOException {
    return hereDocument.isPresent() ? hereDocument.get().open() : InputStream.nullInputStream();
  }

  @Override
  public void close() throws IOException {
    if (hereDocument.isPresent()) {
      hereDocument.get().close();
    }
  }
}
