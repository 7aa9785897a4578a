package org.doveadmsshd.console.top;

import java.util.List;
import java.util.Map;

/**
 * What goes on at all servers at one moment.
 *
 * @param nanos of {@link System#nanoTime}
 * @param servers of which something is to be said; one without a name where there is only one
 * @param activities runs first, then lanes, each in the order in which they began
 * @param complaints why a server says nothing, by its name
 */
record Look(
    long nanos, List<String> servers, List<Activity> activities, Map<String, String> complaints) {
  static final Look NOTHING = new Look(0, List.of(), List.of(), Map.of());
}
