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

  Locations(Findings findings, Doveconf dovecot) {
    this.findings = findings;
    isNewer = dovecot.isNewer();
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
    StringBuilder text = new StringBuilder(block.find("mail_driver").orElse("maildir"));
    text.append(':').append(Templates.translated(block.text("mail_path")));
    part(text, "INDEX", block.text("mail_index_path"));
    part(text, "CONTROL", block.text("mail_control_path"));
    part(text, "INBOX", block.text("mail_inbox_path"));
    part(text, "VOLATILEDIR", block.text("mail_volatile_path"));
    part(text, "DIRNAME", block.text("mailbox_directory_name"));
    String layout = block.text("mailbox_list_layout");
    part(text, "LAYOUT", layout.equals("maildir++") ? "" : layout);
    return Optional.of(text + (block.yes("mailbox_list_utf8") ? ":UTF-8" : ""));
  }

  private static void part(StringBuilder text, String name, String value) {
    if (!value.isEmpty()) {
      text.append(':').append(name).append('=').append(Templates.translated(value));
    }
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
