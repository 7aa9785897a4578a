package org.doveadmsshd.command;

import java.util.List;
import org.doveadmsshd.auth.Master;
import org.doveadmsshd.auth.Userdb;

/**
 * What a task about a server works with.
 *
 * @param master who asks
 * @param mailLocation of users whose userdb entry names none
 */
public record ServerContext(
    Master master, Userdb userdb, String mailLocation, Activity activity, Output output) {

  /** What a server is doing. */
  public interface Activity {
    /** Runs and lanes in progress, oldest first. */
    List<Entry> entries();

    /**
     * A run or a lane.
     *
     * @param kind {@code run} or {@code lane}
     * @param address of the administrator
     * @param seconds since it began
     * @param done users done
     * @param failed users among them for whom it failed
     * @param doing the command; empty for an idle lane
     */
    record Entry(
        String id,
        String kind,
        String master,
        String address,
        long seconds,
        long done,
        long failed,
        String doing) {}
  }
}
