package org.doveadmsshd.console.terminal;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jline.utils.InfoCmp;
import org.jline.utils.InfoCmp.Capability;

/**
 * What kinds of terminals can do. JLine would ask {@code infocmp} for a name that it does not know;
 * names come from outside, so no process is started here, and an unknown one is taken for xterm,
 * which is what nearly all of them understand.
 */
enum TerminalType {
  DUMB("dumb"),
  XTERM("xterm"),
  XTERM_256("xterm-256color"),
  SCREEN("screen"),
  SCREEN_256("screen-256color");

  /** Names of those that can only print, and what they begin with. */
  private static final Set<String> DUMB_NAMES = Set.of("", "dumb", "emacs", "unknown", "network");

  /** Multiplexers, which have keys of their own. */
  private static final List<String> SCREENS = List.of("screen", "tmux");

  private final String type;
  private final Set<Capability> flags = EnumSet.noneOf(Capability.class);
  private final Map<Capability, Integer> numbers = new EnumMap<>(Capability.class);
  private final Map<Capability, String> texts = new EnumMap<>(Capability.class);

  TerminalType(String type) {
    this.type = type;
    InfoCmp.parseInfoCmp(InfoCmp.getDefaultInfoCmp(type), flags, numbers, texts);
  }

  /** The one that the value of TERM is taken for. */
  static TerminalType of(String term) {
    if (DUMB_NAMES.contains(term)) {
      return DUMB;
    }
    boolean colours = term.endsWith("-256color") || term.endsWith("-direct");
    if (SCREENS.stream().anyMatch(term::startsWith)) {
      return colours ? SCREEN_256 : SCREEN;
    }
    return colours ? XTERM_256 : XTERM;
  }

  /** As JLine calls it. */
  String type() {
    return type;
  }

  void copyTo(Set<Capability> bools, Map<Capability, Integer> ints, Map<Capability, String> all) {
    bools.addAll(flags);
    ints.putAll(numbers);
    all.putAll(texts);
  }
}
