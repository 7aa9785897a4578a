package org.doveadmsshd.brain.progress;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a run is at one moment.
 *
 * @param users how many it is for; nothing as long as that is not known
 * @param all what is done of it
 * @param seconds since it began
 * @param secondsLeft until it may end; nothing as long as that would be a guess
 * @param servers what each server has done of it, in the order of the configuration
 */
public record Standing(
    OptionalLong users, Part all, double seconds, OptionalDouble secondsLeft, List<Part> servers) {
  public Standing {
    servers = List.copyOf(servers);
  }

  /**
   * What is done of a run, by one server or by all.
   *
   * @param name of the server; empty for all
   * @param ended users who have been worked on, or who cannot be
   * @param failed how many of these have failed
   * @param undone users who were stopped, or not begun
   * @param perSecond users a second, lately
   */
  public record Part(String name, long ended, long failed, long undone, double perSecond) {
    /** Both together, under another name. */
    Part and(Part other, String both) {
      return new Part(
          both,
          ended + other.ended,
          failed + other.failed,
          undone + other.undone,
          perSecond + other.perSecond);
    }
  }
}
