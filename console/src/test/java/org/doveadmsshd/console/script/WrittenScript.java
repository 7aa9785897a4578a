package org.doveadmsshd.console.script;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A script as a person might write it: the same words in any quotes, on any number of lines. */
final class WrittenScript {
  private static final String LETTERS = "ab#'\"\\ $<>|;&*-é\t";
  private static final String PLAIN = "abé";

  private final Random random;
  private final String newline;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  WrittenScript(Random random) {
    this.random = random;
    this.newline = random.nextInt(4) == 0 ? "\r\n" : "\n";
  }

  List<String> words() {
    List<String> words = new ArrayList<>();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      words.add(text(LETTERS, random.nextInt(8)));
    }
    return words;
  }

  /** Lines of bytes of any kind, none of which is {@code END}. */
  String input() {
    StringBuilder input = new StringBuilder();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      input.append(text("EN\tD\\#'\u00ff\0\r", random.nextInt(5)).replace("END", "")).append("x\n");
    }
    return input.toString();
  }

  private String text(String letters, int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }

  void comments() {
    for (int n = random.nextInt(3); n > 0; n--) {
      write(random.nextBoolean() ? newline : "  # '" + text(LETTERS, 5) + newline);
    }
  }

  void command(List<String> words, String input) {
    StringBuilder line = new StringBuilder();
    boolean early = random.nextBoolean();
    for (String word : words) {
      line.append(gap()).append(quoted(word));
    }
    if (!input.isEmpty()) {
      String operator = List.of("<<END", "<< END", "<<'END'", "<<\\END").get(random.nextInt(4));
      line = early ? line.insert(0, operator + " ") : line.append(gap()).append(operator);
    }
    line.append(random.nextInt(4) == 0 ? " # \\" : "");
    write(line + newline);
    if (!input.isEmpty()) {
      bytes.writeBytes(input.getBytes(StandardCharsets.ISO_8859_1));
      write("END" + newline);
    }
  }

  private String gap() {
    return List.of(" ", "\t", "  ", " \\" + newline, "\\" + newline + " ").get(random.nextInt(5));
  }

  private String quoted(String word) {
    if (word.isEmpty()) {
      return random.nextBoolean() ? "''" : "\"\"";
    }
    StringBuilder text = new StringBuilder();
    for (char c : word.toCharArray()) {
      int way = random.nextInt(PLAIN.indexOf(c) >= 0 ? 4 : 3);
      if (way == 0 && c != '\'') {
        text.append('\'').append(c).append('\'');
      } else if (way == 1) {
        text.append('"').append("\"\\$".indexOf(c) >= 0 ? "\\" : "").append(c).append('"');
      } else {
        text.append(way < 3 ? "\\" : "").append(c);
      }
    }
    return text.toString();
  }

  private void write(String text) {
    bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As it comes from a client: piece by piece. */
  InputStream inPieces() {
    return new ByteArrayInputStream(bytes.toByteArray()) {
      @Override
      public synchronized int read(byte[] target, int offset, int length) {
        return super.read(target, offset, Math.min(length, 1 + random.nextInt(20)));
      }
    };
  }
}
