package org.doveadmsshd.brain.progress;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.doveadmsshd.base.Printable;
import org.doveadmsshd.base.TextWidth;

/**
 * How far a run is, for a person: a bar with its numbers, and a line for each server where there
 * are several. Half of the screen is left to whatever else is printed.
 */
public final class StatusText {
  private static final int NARROWEST_BAR = 10;
  private static final int WIDEST_BAR = 40;
  private static final int WIDEST_NAME = 24;

  /** Around the bar and before the percentage. */
  private static final int FRAME = " ▕▏ 100 %".length();

  private static final int MINUTE = 60;
  private static final int HOUR = 3600;
  private static final double PERCENT = 100;

  /** From this on no tenths of a second or of a user. */
  private static final double WHOLE = 10;

  private StatusText() {}

  /**
   * Lines that fit.
   *
   * @param command its name
   * @param counted what else has been counted, as {@code , 3 expunged}; may be empty
   * @return none where there is no room for any
   */
  public static List<StatusLine> lines(
      String command, String counted, Standing standing, StatusLines.Size size) {
    int columns = size.columns() - 1; // the last one makes some terminals go to the next line
    List<StatusLine> lines = new ArrayList<>();
    if (columns < 1) {
      return lines;
    }
    lines.add(first(command, counted, standing, columns));
    int room = size.rows() / 2 - 1;
    if (standing.servers().size() > 1 && room > 0) {
      table(parts(standing.servers(), room)).forEach(line -> lines.add(cut(line, columns)));
    }
    return lines;
  }

  private static StatusLine cut(StatusLine line, int columns) {
    String text = TextWidth.cut(Printable.line(line.text()), columns);
    return new StatusLine(text, line.isAlarm());
  }

  /** All in one line: what matters most stands first, and what has no room is left out. */
  private static StatusLine first(String command, String counted, Standing now, int columns) {
    Standing.Part all = now.all();
    StringBuilder text = new StringBuilder(command + ": " + users(now));
    List<String> details = new ArrayList<>();
    details.add(all.failed() > 0 ? ", %,d failed".formatted(all.failed()) : "");
    now.secondsLeft().ifPresent(left -> details.add(", " + span(left) + " left"));
    details.add(all.perSecond() > 0 ? ", " + number(all.perSecond()) + "/s" : "");
    details.add(counted);
    for (String detail : details) {
      if (TextWidth.of(text + detail) <= columns) {
        text.append(detail);
      }
    }
    if (now.users().orElse(0) > 0) {
      int room = columns - TextWidth.of(text.toString());
      text.append(bar(all.ended(), now.users().getAsLong(), room));
    }
    return cut(new StatusLine(text.toString(), all.failed() > 0), columns);
  }

  private static String users(Standing now) {
    long ended = now.all().ended();
    if (now.users().isPresent() && now.users().getAsLong() >= ended) {
      return "%,d of %s".formatted(ended, users(now.users().getAsLong()));
    }
    return users(ended);
  }

  private static String users(long number) {
    return number == 1 ? "1 user" : "%,d users".formatted(number);
  }

  /** A bar with its percentage, or that alone, or nothing: as there is room. */
  private static String bar(long done, long all, int columns) {
    double part = Math.min(1, (double) done / all);
    String percent = " %d %%".formatted((int) Math.floor(part * PERCENT));
    int width = Math.min(WIDEST_BAR, columns - FRAME);
    if (width < NARROWEST_BAR) {
      return percent.length() + 1 <= columns ? "," + percent : "";
    }
    int full = (int) Math.floor(part * width);
    return " ▕" + "█".repeat(full) + "░".repeat(width - full) + "▏" + percent;
  }

  /**
   * The servers that there is room for. Those with failures go before others; what is left over is
   * one part.
   */
  private static List<Standing.Part> parts(List<Standing.Part> servers, int room) {
    if (servers.size() <= room) {
      return servers;
    }
    Set<Integer> chosen = new HashSet<>();
    IntStream.range(0, servers.size())
        .boxed()
        .sorted(Comparator.comparingLong(i -> -servers.get(i).failed())) // stable
        .limit(room - 1L)
        .forEach(chosen::add);
    List<Standing.Part> parts = new ArrayList<>();
    Standing.Part rest = new Standing.Part("", 0, 0, 0, 0);
    String others =
        (chosen.isEmpty() ? "%,d servers" : "%,d more").formatted(servers.size() - chosen.size());
    for (int i = 0; i < servers.size(); i++) {
      if (chosen.contains(i)) {
        parts.add(servers.get(i));
      } else {
        rest = rest.and(servers.get(i), others);
      }
    }
    parts.add(rest);
    return parts;
  }

  private static List<StatusLine> table(List<Standing.Part> parts) {
    int name = 0;
    int ended = 0;
    int speed = 0;
    for (Standing.Part part : parts) {
      name = Math.max(name, TextWidth.of(name(part)));
      ended = Math.max(ended, users(part.ended()).length());
      speed = Math.max(speed, number(part.perSecond()).length());
    }
    List<StatusLine> lines = new ArrayList<>();
    for (Standing.Part part : parts) {
      String padded = name(part) + " ".repeat(name - TextWidth.of(name(part)));
      String failed = part.failed() > 0 ? "  %,d failed".formatted(part.failed()) : "";
      String form = "  %s  %" + ended + "s  %" + speed + "s/s%s";
      String line = form.formatted(padded, users(part.ended()), number(part.perSecond()), failed);
      lines.add(new StatusLine(line, part.failed() > 0));
    }
    return lines;
  }

  private static String name(Standing.Part part) {
    return TextWidth.cut(Printable.line(part.name()), WIDEST_NAME);
  }

  private static String number(double number) {
    return number >= WHOLE || number == 0
        ? String.format(Locale.ROOT, "%,d", Math.round(number))
        : String.format(Locale.ROOT, "%.1f", number);
  }

  /** {@code 8 s}, {@code 3:05 min}, {@code 1:02 h}. */
  private static String span(double seconds) {
    long whole = (long) Math.ceil(seconds);
    if (whole < MINUTE) {
      return whole + " s";
    }
    return whole < HOUR
        ? "%d:%02d min".formatted(whole / MINUTE, whole % MINUTE)
        : "%d:%02d h".formatted(whole / HOUR, whole % HOUR / MINUTE);
  }
}
