package org.doveadmsshd.command;

import java.util.List;
import java.util.Locale;

/** The kinds of commands, by what they change: scopes can name all commands of one kind. */
public enum Access {
  /** Shows mail, mailboxes or users. */
  READ,
  /** Adds mails, or changes flags, mailboxes and the like. */
  WRITE,
  /** Takes mails away from where they are. */
  DELETE,
  /** Concerns the server as a whole, or other master users. */
  ADMIN;

  /** As it is written in a configuration: {@code read}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The commands that a word of a scope stands for: those of a kind, or the one of that name. */
  public static List<String> commands(String word) {
    for (Access access : values()) {
      if (access.text().equals(word)) {
        return CommandCatalog.all().stream()
            .filter(command -> command.manual().access() == access)
            .map(Command::name)
            .toList();
      }
    }
    return List.of(word);
  }
}
