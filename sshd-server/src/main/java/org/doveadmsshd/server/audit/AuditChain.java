package org.doveadmsshd.server.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.base.Sha256;

/** What holds the lines of an audit log together, and whether it does. */
public final class AuditChain {
  private static final Pattern HEAD =
      Pattern.compile("\\{\"seq\":([0-9]{1,18}),\"prev\":\"([0-9a-f]{64})\",.*}", Pattern.DOTALL);

  /** Longest line that is looked at. */
  private static final int MAX_LINE = 4 * 1024 * 1024;

  private AuditChain() {}

  /**
   * A line as the next one sees it.
   *
   * @param hash SHA-256 of the line with its line break, in hexadecimal digits
   */
  record ChainHead(long number, String hash) {
    /** What stands before the very first line. */
    static final ChainHead FIRST = new ChainHead(0, "0".repeat(64));

    ChainHead next(byte[] line) {
      return new ChainHead(number + 1, AuditChain.hash(line, line.length));
    }
  }

  private static String hash(byte[] bytes, int length) {
    MessageDigest digest = Sha256.begin();
    digest.update(bytes, 0, length);
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * The last line of a file; null when it is empty. An incomplete line, left by a process that was
   * killed, is ended and counts as a line.
   */
  static ChainHead last(FileChannel file) throws IOException {
    long size = file.size();
    if (size == 0) {
      return null;
    }
    int length = (int) Math.min(size, MAX_LINE);
    ByteBuffer tail = ByteBuffer.allocate(length);
    while (tail.hasRemaining() && file.read(tail, size - length + tail.position()) > 0) {
      // until all is there
    }
    byte[] bytes = tail.array();
    if (bytes[length - 1] != '\n') {
      file.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
      bytes = Arrays.copyOf(bytes, ++length);
      bytes[length - 1] = '\n';
    }
    int begin = length - 1;
    while (begin > 0 && bytes[begin - 1] != '\n') {
      begin--;
    }
    byte[] line = Arrays.copyOfRange(bytes, begin, length);
    Matcher head = HEAD.matcher(new String(line, StandardCharsets.UTF_8).strip());
    long number = head.matches() ? Long.parseLong(head.group(1)) : 0;
    return new ChainHead(number, hash(line, line.length));
  }

  /**
   * What was found.
   *
   * @param lines how many lines there are
   * @param problems what is wrong, for people; none when the chain is whole
   * @param beginsLater whether the first line is not the first of all: earlier files are missing
   */
  public record Report(long lines, List<String> problems, boolean beginsLater) {}

  /**
   * Looks at the files of a log, oldest first.
   *
   * @throws IOException when one cannot be read
   */
  public static Report verify(List<Path> files) throws IOException {
    List<String> problems = new ArrayList<>();
    ChainHead last = null;
    boolean later = false;
    long lines = 0;
    for (Path file : files) {
      try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
        long number = 0;
        for (byte[] line; (line = line(in)).length > 0; ) {
          number++;
          lines++;
          Matcher head = HEAD.matcher(new String(line, StandardCharsets.UTF_8).strip());
          String where = file + ":" + number + ": ";
          if (!head.matches() || line[line.length - 1] != '\n') {
            problems.add(where + "the line is not whole");
            last = new ChainHead(last == null ? 0 : last.number() + 1, hash(line, line.length));
            continue;
          }
          ChainHead before = new ChainHead(Long.parseLong(head.group(1)) - 1, head.group(2));
          if (last == null) {
            later = !before.equals(ChainHead.FIRST);
          } else if (!before.hash().equals(last.hash())) {
            problems.add(where + "the line before it was changed, or lines are missing");
          } else if (before.number() != last.number()) {
            problems.add(where + "its number does not follow");
          }
          last = before.next(line);
        }
      }
    }
    return new Report(lines, problems, later);
  }

  /** The next line with its line break; empty at the end. */
  private static byte[] line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    for (int c; (c = in.read()) >= 0; ) {
      line.write(c);
      if (c == '\n' || line.size() >= MAX_LINE) {
        break;
      }
    }
    return line.toByteArray();
  }
}
