package org.doveadmsshd.setup.plan;

import java.util.List;

/**
 * What a configuration needs besides Dovecot's.
 *
 * @param master name of the first master
 * @param listen addresses
 * @param state directory of what the server keeps; absolute
 * @param user that the server runs as
 * @param isolation {@code process} where mail belongs to several of the system's users, {@code
 *     none} where it belongs to one, {@code thread} for a look at it
 */
public record Surroundings(
    String master, List<String> listen, int port, String state, String user, String isolation) {
  public Surroundings {
    listen = List.copyOf(listen);
  }
}
