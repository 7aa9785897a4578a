package org.doveadmsshd.storage.mime;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.doveadmsshd.storage.charset.TextDecoder;

/** The readable text of header values. */
public final class HeaderText {
  private HeaderText() {}

  /** Undoes folding and decodes encoded-words (RFC 2047); raw bytes are read as UTF-8. */
  public static String decode(String value) {
    String unfolded = unfold(value);
    return isPlain(unfolded) ? unfolded : EncodedWords.decode(unfolded, false);
  }

  /** The name of a field; bytes that are no ASCII are read as UTF-8. */
  static String name(HeaderField field) {
    String name = field.name();
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) >= 0x80) {
        StringBuilder decoded = new StringBuilder(name.length());
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        TextDecoder decoder = new TextDecoder(StandardCharsets.UTF_8, decoded::append);
        decoder.accept(bytes, 0, bytes.length);
        decoder.replaceRest();
        return decoded.toString();
      }
    }
    return name;
  }

  /** As {@link #decode}, as it is searched: text that cannot be decoded is not found. */
  public static String searched(String value) {
    return decodeSearched(unfold(value));
  }

  private static String decodeSearched(String unfolded) {
    return isPlain(unfolded) ? unfolded : EncodedWords.decode(unfolded, true);
  }

  /**
   * As {@link #searched}, with every run of white space made one space before it is decoded, and
   * none at the beginning.
   */
  public static String searchedCompressed(String value) {
    if (isCompressed(value)) {
      return value;
    }
    String text = unfold(value);
    StringBuilder compressed = new StringBuilder(text.length());
    boolean space = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isSpace = c == ' ' || c == '\t';
      if (!isSpace || !space) {
        compressed.append(isSpace ? ' ' : c);
      }
      space = isSpace;
    }
    return decodeSearched(compressed.toString());
  }

  /** As {@link #searched}, folded for comparison, with every run of white space one space. */
  public static String folded(String value) {
    String text = Fold.fold(decodeSearched(unfold(value)));
    StringBuilder packed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
      boolean again = space && packed.length() > 0 && packed.charAt(packed.length() - 1) == ' ';
      if (!again) {
        packed.append(space ? ' ' : c);
      }
    }
    return packed.toString();
  }

  /** Whether there is nothing to be done about a value, as with most subjects. */
  private static boolean isCompressed(String value) {
    char last = ' ';
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c >= 0x80 || c == '?' && last == '=' || c == ' ' && last == ' ') {
        return false;
      }
      last = c;
    }
    return true;
  }

  /**
   * The addresses of a field in one form, as Dovecot compares them: {@code name <mailbox@domain>}
   * with the name in quotes unless it is a single atom or has encoded-words, groups as {@code name:
   * …;}; then decoded. Missing parts of an address are left out; Dovecot puts words in their place.
   */
  public static String addresses(String value) {
    return decodeSearched(write(MailAddress.parse(unfold(value))));
  }

  /** Addresses in one form; nothing is decoded. */
  static String write(List<MailAddress> addresses) {
    StringBuilder text = new StringBuilder();
    boolean inGroup = false;
    String before = "";
    for (MailAddress address : addresses) {
      if (!address.isGroup()) {
        text.append(before);
        append(address, text);
      } else if (inGroup) {
        text.append(';');
      } else {
        text.append(before);
        appendPhrase(address.mailbox().isEmpty() ? "\"\"" : address.mailbox(), text);
        text.append(':');
      }
      before = address.isGroup() && !inGroup ? " " : ", ";
      inGroup ^= address.isGroup();
    }
    return text.toString();
  }

  private static void append(MailAddress address, StringBuilder text) {
    boolean named = address.name() != null && !address.name().isEmpty();
    if (named) {
      appendPhrase(address.name(), text);
    }
    if (address.mailbox().isEmpty() && address.domain().isEmpty() && address.route() == null) {
      return;
    }
    text.append(named ? " <" : "<");
    if (address.route() != null) {
      text.append(address.route()).append(':');
    }
    appendQuoted(address.mailbox(), true, text);
    if (!address.domain().isEmpty()) {
      text.append('@').append(address.domain());
    }
    text.append('>');
  }

  private static void appendPhrase(String phrase, StringBuilder text) {
    if (phrase.contains("=?")) {
      text.append(phrase); // in quotes it would be none
    } else {
      appendQuoted(phrase, false, text);
    }
  }

  /** In quotes, unless it is an atom. */
  private static void appendQuoted(String words, boolean dots, StringBuilder text) {
    boolean atom = true;
    for (int i = 0; i < words.length() && atom; i++) {
      char c = words.charAt(i);
      atom = FieldReader.isAtom(c) || dots && c == '.';
    }
    if (atom) {
      text.append(words);
      return;
    }
    text.append('"');
    for (int i = 0; i < words.length(); i++) {
      char c = words.charAt(i);
      text.append(c == '"' || c == '\\' || c == '\'' ? "\\" : "").append(c);
    }
    text.append('"');
  }

  /** Makes a line break with the white space behind it one space. */
  static String unfold(String value) {
    if (value.indexOf('\n') < 0) {
      return value;
    }
    StringBuilder line = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean breaks = c == '\n' || c == '\r' && value.startsWith("\n", i + 1);
      if (!breaks) {
        line.append(c);
      } else {
        i += c == '\r' ? 2 : 1;
        boolean space = i < value.length() && " \t".indexOf(value.charAt(i)) >= 0;
        line.append(' ');
        i -= space ? 0 : 1;
      }
    }
    return line.toString();
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 || c == '=' && text.startsWith("?", i + 1)) {
        return false;
      }
    }
    return true;
  }
}
