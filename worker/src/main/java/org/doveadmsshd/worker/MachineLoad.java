package org.doveadmsshd.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.doveadmsshd.protocol.Message;

/** How busy this machine is, as the kernel says. Safe for several threads. */
public final class MachineLoad {
  private static final Path PROC = Path.of("/proc");

  /** As in {@code some avg10=12.34 avg60=...}. */
  private static final Pattern PRESSURE = Pattern.compile("some avg10=([0-9]{1,3})\\.([0-9]{2})");

  private static final Pattern AVERAGE = Pattern.compile("([0-9]{1,9})\\.([0-9]{2}) ");

  private MachineLoad() {}

  /**
   * The load average of one minute, and for which part of the last ten seconds somebody waited for
   * processors and for disks, by the names in {@link Message.Clock}. A kernel that does not know
   * one of them has no such number.
   */
  public static Map<String, Long> figures() {
    return figures(PROC);
  }

  static Map<String, Long> figures(Path proc) {
    Map<String, Long> figures = new LinkedHashMap<>();
    add(figures, Message.Clock.LOAD, AVERAGE, proc.resolve("loadavg"));
    add(figures, Message.Clock.CPU_PRESSURE, PRESSURE, proc.resolve("pressure/cpu"));
    add(figures, Message.Clock.IO_PRESSURE, PRESSURE, proc.resolve("pressure/io"));
    return figures;
  }

  private static void add(Map<String, Long> figures, String name, Pattern pattern, Path file) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(file));
      if (matcher.lookingAt()) {
        figures.put(name, Long.parseLong(matcher.group(1) + matcher.group(2)));
      }
    } catch (IOException e) {
      // the kernel does not say: it is too old, or was started without that
    }
  }
}
