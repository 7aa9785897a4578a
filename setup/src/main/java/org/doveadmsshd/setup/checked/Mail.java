package org.doveadmsshd.setup.checked;

import java.nio.file.Path;
import java.util.List;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.settings.Settings;
import org.doveadmsshd.setup.written.NewFile;

/** The program's own way to mail, which the module of the server has. */
public interface Mail {
  /**
   * Carries out a command line as the server would, with the rights of the user whose mail it is
   * where this process may take them.
   *
   * @param users who they are; each has a uid and gid where the process may take them
   * @return what it has printed on standard output
   * @throws Failure when it does not end well; the message is what it has complained about
   */
  String run(Settings settings, Userdb users, List<String> words) throws Failure;

  /** Whether a user of the system can read a file; yes where this process cannot find out. */
  boolean canRead(NewFile.Owner user, Path file);
}
