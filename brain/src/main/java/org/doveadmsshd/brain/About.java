package org.doveadmsshd.brain;

import java.util.List;
import org.doveadmsshd.command.Manual;

/**
 * A program in which command lines are typed, for its help.
 *
 * @param program its name
 * @param own what may be typed there besides doveadm's commands
 */
public record About(String program, List<Section> own) {
  /** A program that has doveadm's commands and nothing else. */
  public About(String program) {
    this(program, List.of());
  }

  public About {
    own = List.copyOf(own);
  }

  /**
   * Commands that serve the same purpose.
   *
   * @param prefix what is typed before their names, with a space behind it, or nothing
   */
  public record Section(String title, String prefix, List<Manual> manuals) {
    public Section {
      manuals = List.copyOf(manuals);
    }
  }
}
