package org.doveadmsshd.brain.report;

/** What one server has done. For one thread. */
final class ServerNumbers {
  private final String name;
  private final Durations durations = new Durations();
  private long users;
  private long failed;
  private long ends;
  private long bytes;

  ServerNumbers(String name) {
    this.name = name;
  }

  /** A user has come to the end there, for the first time or again. */
  void add(long sent, boolean wasAsked, long micros) {
    ends++;
    bytes += sent;
    if (wasAsked) {
      durations.add(micros);
    }
  }

  /** That was the last which became of the user. */
  void addUser(boolean hasFailed) {
    users++;
    failed += hasFailed ? 1 : 0;
  }

  String name() {
    return name;
  }

  long users() {
    return users;
  }

  long failed() {
    return failed;
  }

  /** How often a user came to the end there: a run that is resumed tries users again. */
  long ends() {
    return ends;
  }

  long bytes() {
    return bytes;
  }

  Durations durations() {
    return durations;
  }
}
