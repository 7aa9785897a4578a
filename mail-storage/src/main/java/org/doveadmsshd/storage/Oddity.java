package org.doveadmsshd.storage;

import java.io.IOException;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.FileName;

/**
 * Something in a user's mail that is not as it should be.
 *
 * @param mailbox in which it is; empty for what is in none
 * @param file its path below the root of the mail, fit for people; empty for that directory itself;
 *     an absolute one where it lies apart
 * @param detail what exactly; empty where the kind says all
 * @param mend what puts it right
 */
public record Oddity(Kind kind, String mailbox, String file, String detail, Mend mend) {

  /** All there are. Scripts know them by their texts. */
  public enum Kind {
    FOREIGN_OWNER("foreign owner"),
    UNREADABLE("unreadable"),
    WRONG_MODE("wrong mode"),
    LINK("symbolic link"),
    MISPLACED("does not belong here"),
    NO_MAIL_NAME("no name of a mail"),
    SEVERAL_FILES("several files of one base"),
    WRONG_SIZE("wrong size in the name"),
    FLAGS_IN_NEW("flags in new"),
    NO_CUR("no cur"),
    NO_MAILBOX("no mailbox"),
    NO_MAILBOX_NAME("no name of a mailbox"),
    DAMAGED("damaged list"),
    UNNAMED_LETTERS("letters without names"),
    OLD_IN_TMP("left in tmp"),
    LEFT_LOCK("left lock"),
    LEFT_MAILBOX("left of a deleted mailbox");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }
  }

  /** How something is put right. */
  public sealed interface Mend {
    /**
     * The command line, for bash.
     *
     * @param user whose mail it is
     */
    String line(String user);

    /**
     * A command of doveadm.
     *
     * @param behind what follows the user, quoted
     */
    record Doveadm(String command, String behind) implements Mend {
      @Override
      public String line(String user) {
        return "doveadm " + command + " -u " + FileName.quoted(FileName.of(user)) + " " + behind;
      }
    }

    /** A command of the machine that the mail is on, quoted. */
    record System(String line) implements Mend {
      @Override
      public String line(String user) {
        return line;
      }
    }
  }

  /** Takes what is odd. */
  @FunctionalInterface
  public interface Taker {
    /**
     * Called for each.
     *
     * @throws Failure that ends the search
     * @throws IOException when it cannot be told any more
     */
    void take(Oddity oddity) throws Failure, IOException;
  }

  /** The kind and the detail, in words for people. */
  public String what() {
    return detail.isEmpty() ? kind.text() : kind.text() + ": " + detail;
  }
}
