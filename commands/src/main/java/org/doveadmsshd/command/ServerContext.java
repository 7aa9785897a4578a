package org.doveadmsshd.command;

import java.util.List;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.doveadmsshd.accounts.Master;
import org.doveadmsshd.accounts.Masters;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.Rate;

/**
 * The environment of a task about a server.
 *
 * @param master who asks
 * @param masters who may log in
 * @param mailLocation of users whose userdb entry names none
 * @param input what the task reads, for one that says so in {@link Task#input}
 */
public record ServerContext(
    Master master,
    Masters masters,
    Userdb userdb,
    String mailLocation,
    Activity activity,
    UserContext.Input input,
    Output output) {

  /**
   * Refuses a command about the server as a whole to a master who may not see every user.
   *
   * @throws Failure with exit code 77
   */
  void requireAllUsers(String command) throws Failure {
    if (!master.scope().hasAllUsers(command)) {
      throw new Failure(
          Outcome.NO_PERMISSION,
          command + " concerns the whole server; your scope does not cover that for all users");
    }
  }

  /** Whether the scope covers a command for a run or lane: one's own, and those of own users. */
  boolean mayTouch(Activity.ActiveSession session, String command) {
    return session.master().equals(master.name())
        || master.scope().hasAllUsers(command)
        || master.scope().hasCommand(session.master(), command);
  }

  /** The runs and lanes of a server. */
  public interface Activity {
    /** Runs and lanes in progress, oldest first. */
    List<ActiveSession> activeSessions();

    /** Ends runs and lanes. @return those that are being ended */
    List<ActiveSession> kick(Predicate<ActiveSession> which);

    /**
     * Slows runs down.
     *
     * @param rate how many users they begin
     * @return those that are slowed down
     */
    List<ActiveSession> slow(Predicate<ActiveSession> which, Rate rate);

    /** How each part of the server is; may take some seconds. */
    List<PartStatus> status();

    /** The settings in force, a line each, secrets masked. */
    List<String> settings();

    /** Reads the configuration anew. */
    void reload() throws Failure;

    /** Begins to stop the server; returns before it has stopped. */
    void stop();

    /**
     * A run or a lane.
     *
     * @param kind {@code run} or {@code lane}
     * @param address of the administrator
     * @param seconds since it began
     * @param done users done
     * @param failed users among them for whom it failed
     * @param doing the command; empty for an idle lane
     * @param users how many it has to do with, done ones among them, where that is known
     */
    record ActiveSession(
        String id,
        String kind,
        String master,
        String address,
        long seconds,
        long done,
        long failed,
        String doing,
        OptionalLong users) {}
  }
}
