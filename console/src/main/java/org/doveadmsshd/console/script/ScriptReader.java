package org.doveadmsshd.console.script;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Spool;
import org.doveadmsshd.brain.CommandLine;

/**
 * Reads a script, one command at a time. A command is given out when all of it has come, its
 * here-document included: of a script that is cut off none is done by halves. One thread at a time.
 */
final class ScriptReader {
  private final TextLines lines;
  private final MemoryBudget.Share memory;
  private long number;
  private boolean ended;

  /**
   * @param in the script; read no further than needed
   * @param memory draws long lines and here-documents
   */
  ScriptReader(InputStream in, MemoryBudget.Share memory) {
    this.lines = new TextLines(in, memory);
    this.memory = memory;
  }

  /** The line where the last command began, whether it could be read or not; from 1 on. */
  long number() {
    return number;
  }

  /**
   * The next command; lines without one are left out.
   *
   * @return nothing at the end; what is returned must be closed
   * @throws Failure for a command that cannot be read; the next call reads what is behind it, as
   *     far as that can be told
   */
  Optional<ScriptLine> next() throws Failure, IOException {
    while (!ended) {
      CommandLine command = CommandLine.ofScript();
      number = lines.number() + 1;
      if (!gather(command)) {
        break;
      }
      ScriptLine line = complete(command);
      if (!line.words().isEmpty()) {
        return Optional.of(line);
      }
      line.close();
    }
    return Optional.empty();
  }

  /** Reads the lines of a command; false at the end of the script. */
  private boolean gather(CommandLine command) throws Failure, IOException {
    boolean complete = false;
    while (!complete) {
      Optional<String> text = lines.next();
      if (text.isEmpty()) {
        ended = true;
        if (lines.number() >= number) {
          throw Failure.usage("The script ends within a command: its last line ends with \\");
        }
        return false;
      }
      complete = command.add(text.get());
    }
    return true;
  }

  private ScriptLine complete(CommandLine command) throws Failure, IOException {
    if (command.hereDocument().isEmpty()) {
      return new ScriptLine(number, command.words(), Optional.empty());
    }
    Spool input = new Spool(memory);
    boolean complete = false;
    try {
      read(command.hereDocument().get(), input);
      List<String> words = command.words();
      if (words.isEmpty()) {
        throw Failure.usage("There is no command before <<");
      }
      complete = true;
      return new ScriptLine(number, words, Optional.of(input));
    } finally {
      if (!complete) {
        input.close();
      }
    }
  }

  private void read(CommandLine.HereDocument document, Spool input) throws Failure, IOException {
    boolean complete = false;
    OutputStream out = new BufferedOutputStream(input);
    try {
      if (!lines.copyUntil(document, out)) {
        throw Failure.usage("The script ends within a here-document: no line is " + document.end());
      }
      out.flush();
      complete = true;
    } finally {
      ended |= !complete;
    }
  }
}
