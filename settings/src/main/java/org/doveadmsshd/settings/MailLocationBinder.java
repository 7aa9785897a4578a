package org.doveadmsshd.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.doveadmsshd.accounts.MailTemplate;

/**
 * Where mail lies, as Dovecot 2.3 says it in one setting, {@code mail_location}, or 2.4 in several.
 */
final class MailLocationBinder {
  /** Settings of 2.4 and the options of a location that say the same. */
  private static final Map<String, String> PATHS =
      Map.of("mail_control_path", "CONTROL", "mail_index_path", "INDEX");

  private static final List<String> NAMES =
      List.of(
          "mail_driver",
          "mail_path",
          "mail_control_path",
          "mail_index_path",
          "mail_inbox_path",
          "mail_volatile_path",
          "mailbox_list_layout",
          "mailbox_list_utf8",
          "mailbox_list_drop_noselect",
          "mailbox_directory_name",
          "mailbox_directory_name_legacy",
          "mailbox_subscriptions_filename");

  private final Section top;
  private final StringBuilder location = new StringBuilder();

  MailLocationBinder(Section top) {
    this.top = top;
  }

  /** The location in the form of 2.3. What is wrong with it is noted where it stands. */
  String location() {
    List<String> said = new ArrayList<>(NAMES);
    said.removeIf(name -> !top.says(name));
    if (said.isEmpty()) {
      return top.text("mail_location");
    }
    if (top.says("mail_location")) {
      top.problem(said.get(0), "mail_location says already where mail lies");
      return top.text("mail_location");
    }
    if (!List.of("", "maildir").contains(top.text("mail_driver"))) {
      top.problem("mail_driver", "only Maildir is supported: expected maildir");
    }
    if (top.text("mail_path").isEmpty()) {
      top.problem(said.get(0), "mail_path must be set, too, such as mail_path = ~/Maildir");
      return top.text("mail_location");
    }
    return composed();
  }

  private String composed() {
    location.append("maildir:").append(escaped(top.text("mail_path")));
    check("mail_path");
    layout();
    PATHS.forEach((setting, option) -> add(setting, option, top.text(setting)));
    add("mail_inbox_path", "INBOX", inbox());
    add(
        "mailbox_subscriptions_filename",
        "SUBSCRIPTIONS",
        top.text("mailbox_subscriptions_filename"));
    return location.toString();
  }

  private void layout() {
    add("mailbox_list_layout", "LAYOUT", top.text("mailbox_list_layout"));
    boolean legacy = top.yes("mailbox_directory_name_legacy");
    String directory = top.text("mailbox_directory_name");
    add("mailbox_directory_name", legacy ? "DIRNAME" : "FULLDIRNAME", directory);
    if (top.yes("mailbox_list_utf8")) {
      location.append(":UTF-8");
    }
    if (top.yes("mailbox_list_drop_noselect")) {
      location.append(":NO-NOSELECT");
    }
  }

  /** INBOX; a relative path begins at the mail. */
  private String inbox() {
    String path = top.text("mail_inbox_path");
    boolean relative = !path.isEmpty() && "/~%".indexOf(path.charAt(0)) < 0;
    if (path.equals(".") || !relative) {
      return path.equals(".") ? "" : path;
    }
    return top.text("mail_path") + "/" + path;
  }

  private void add(String setting, String option, String value) {
    if (!value.isEmpty()) {
      location.append(":").append(option).append("=").append(escaped(value));
      check(setting);
    }
  }

  /** Takes back what has just been added if it is wrong. */
  private void check(String setting) {
    Optional<String> mistake = MailTemplate.mistake(location.toString());
    if (mistake.isPresent()) {
      top.problem(setting, mistake.get());
      location.setLength(0);
      location.append("maildir:~/Maildir");
    }
  }

  private static String escaped(String path) {
    return path.replace(":", "::");
  }
}
