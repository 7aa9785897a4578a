package org.doveadmsshd.setup.dovecot;

import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;

/**
 * All of a Dovecot's configuration that is not as it is by default.
 *
 * @param version such as {@code 2.3.19.1}
 * @param file where Dovecot has it from, or where its print was read; for people
 */
public record Doveconf(String version, String file, Block root) {
  /** Whether it has the settings that came with 2.4. */
  public boolean isNewer() {
    return !version.startsWith("2.3");
  }

  /**
   * Checks that its settings mean what is known of them.
   *
   * @throws Failure for another version than 2.3 and 2.4
   */
  void checkVersion() throws Failure {
    if (version.isEmpty()) {
      throw new Failure(
          Outcome.DATA_ERROR,
          file
              + ": no version in it; expected what \"doveconf -nP\" prints, whose first line is such as"
              + " \"# 2.3.19.1 (9b53102964): /etc/dovecot/dovecot.conf\"");
    }
    if (!version.matches("2\\.[34](\\..*)?")) {
      throw new Failure(
          Outcome.DATA_ERROR,
          file + ": of Dovecot " + version + "; known are the settings of 2.3 and 2.4");
    }
  }
}
