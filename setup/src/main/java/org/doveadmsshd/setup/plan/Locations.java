package org.doveadmsshd.setup.plan;

import java.util.Optional;
import org.doveadmsshd.settings.KnownSettings;
import org.doveadmsshd.setup.dovecot.Block;
import org.doveadmsshd.setup.dovecot.Doveconf;

/** Where mail lies. */
final class Locations {
  private static final String SETTING = "mail_location";

  private final Findings findings;
  private final boolean isNewer;
  private final Block root;

  Locations(Findings findings, Doveconf dovecot) {
    this.findings = findings;
    isNewer = dovecot.isNewer();
    root = dovecot.root();
  }

  /**
   * The location of a section as 2.3 writes it; nothing when it names none.
   *
   * @param setting its name in 2.3
   */
  Optional<String> of(Block block, String setting) {
    if (!isNewer) {
      return block.find(setting);
    }
    if (block.find("mail_driver").isEmpty() && block.find("mail_path").isEmpty()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(value(block, "mail_driver").orElse("maildir"));
    text.append(':').append(path(block.text("mail_path")));
    part(text, "INDEX", value(block, "mail_index_path"));
    part(text, "CONTROL", value(block, "mail_control_path"));
    part(text, "INBOX", inbox(block));
    part(text, "VOLATILEDIR", value(block, "mail_volatile_path"));
    boolean legacy = yes(block, "mailbox_directory_name_legacy");
    part(text, legacy ? "DIRNAME" : "FULLDIRNAME", value(block, "mailbox_directory_name"));
    part(text, "SUBSCRIPTIONS", value(block, "mailbox_subscriptions_filename"));
    part(
        text,
        "LAYOUT",
        value(block, "mailbox_list_layout").filter(layout -> !layout.equals("maildir++")));
    text.append(yes(block, "mailbox_list_utf8") ? ":UTF-8" : "");
    return Optional.of(text + (yes(block, "mailbox_list_drop_noselect") ? ":NO-NOSELECT" : ""));
  }

  /** A setting of 2.4, which stands in the section or outside of it. */
  private Optional<String> value(Block block, String name) {
    return block.find(name).or(() -> root.find(name));
  }

  private boolean yes(Block block, String name) {
    return value(block, name).equals(Optional.of("yes"));
  }

  /** INBOX; in 2.4 a relative path begins at the mail, and {@code .} is its usual place. */
  private Optional<String> inbox(Block block) {
    return value(block, "mail_inbox_path")
        .filter(path -> !path.equals("."))
        .map(
            path ->
                path.isEmpty() || "/~%".indexOf(path.charAt(0)) >= 0
                    ? path
                    : block.text("mail_path") + "/" + path);
  }

  private static void part(StringBuilder text, String name, Optional<String> value) {
    value
        .filter(each -> !each.isEmpty())
        .ifPresent(each -> text.append(':').append(name).append('=').append(path(each)));
  }

  /** A path inside of a location, where a colon would end it. */
  private static String path(String text) {
    return Templates.translated(text).replace(":", "::");
  }

  /** Writes it for users for whom the userdb does not say it. */
  void write(Block root, Output out) {
    Optional<String> location = of(root, SETTING);
    out.comment(
        "Where mail lies when the userdb does not say (Dovecot: mail_location, mail_path).");
    if (location.isEmpty()) {
      findings.notTaken(
          SETTING,
          "not set: Dovecot looks for mail itself; ~/Maildir is assumed where the userdb does not say");
      out.set(SETTING, "maildir:~/Maildir");
      return;
    }
    String text = location.get();
    Optional<String> mistake = KnownSettings.mistake(KnownSettings.TOP, SETTING, text);
    if (mistake.isPresent() && text.contains("%Lh")) {
      text = text.replace("%Lh", "%h");
      mistake = KnownSettings.mistake(KnownSettings.TOP, SETTING, text);
      findings.notTaken(SETTING + "/%Lh", "homes are taken as the userdb spells them");
    }
    if (mistake.isPresent()) {
      findings.needed(SETTING, text + ": " + mistake.get());
    } else {
      out.set(SETTING, text);
      findings.taken(SETTING, text);
    }
  }
}
