package org.doveadmsshd.setup.plan;

import java.util.List;
import java.util.Optional;

/** Knows whether the program would take a piece of a configuration. */
@FunctionalInterface
public interface Trial {
  /**
   * The mistakes in a piece, for people; none if it can be used.
   *
   * @param file that it names, beside it
   */
  List<String> mistakes(String piece, Optional<PlannedFile> file);
}
