package org.doveadmsshd.brain;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether an administrator wants a server to be used.
 *
 * @param by who has said so; empty for {@link #UP}
 * @param since when it was said; null for {@link #UP}
 */
public record ServerState(Use use, String by, Instant since) {
  /** What a server is when nobody has said anything of it. */
  public static final ServerState UP = new ServerState(Use.UP, "", null);

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /** What a server is used for. */
  public enum Use {
    /** For all that it can do. */
    UP,
    /** No further user is begun there. Those under way end as always. */
    DRAIN,
    /** Nothing at all: it is not even connected to, and what is under way there is stopped. */
    DOWN;

    /** As people type it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The one for a word that people type. */
    public static Optional<Use> of(String word) {
      for (Use use : values()) {
        if (use.word().equals(word)) {
          return Optional.of(use);
        }
      }
      return Optional.empty();
    }
  }

  /** Whether a further user may be begun there. */
  public boolean takesUsers() {
    return use == Use.UP;
  }

  /** Whether it may be connected to. */
  public boolean isConnectedTo() {
    return use != Use.DOWN;
  }

  /** The time since when, as administrators read it; empty for {@link #UP}. */
  public String time() {
    return since == null ? "" : TIME.format(since.atZone(ZoneId.systemDefault()));
  }

  /**
   * Why a server of that name takes no user; of one that does take users there is nothing to say.
   */
  public String explanation(String server) {
    String state = use == Use.DRAIN ? "drained" : use.word();
    return "Server %s is %s since %s, as %s has said".formatted(server, state, time(), by);
  }
}
