package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where mail lies, in the settings of Dovecot 2.3 and 2.4. */
class MailLocationSettingsTest extends WrittenSettings {
  private static final String REST = "userdb {\n  driver = passwd-file\n  args = users\n}\n";

  private String location(String settings) throws IOException, Settings.InvalidException {
    return read(settings.replace("; ", "\n") + "\n" + REST).mail().location();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "port = 0 | maildir:~/Maildir",
        "mail_location = maildir:~/m:LAYOUT=fs | maildir:~/m:LAYOUT=fs",
        "mail_driver = maildir; mail_path = %{home}/m | maildir:%{home}/m",
        "mail_path = ~/m; mail_inbox_path = . | maildir:~/m",
        "mail_path = ~/m; mail_inbox_path = .in | maildir:~/m:INBOX=~/m/.in",
        "mail_path = ~/m; mail_inbox_path = ~/in | maildir:~/m:INBOX=~/in",
        "mail_path = /a:b; mail_control_path = /c/%u | maildir:/a::b:CONTROL=/c/%u",
        "mail_path = ~/m; mail_index_path = MEMORY | maildir:~/m:INDEX=MEMORY",
        "mail_path = ~/m; mailbox_list_layout = fs; mailbox_list_utf8 = yes"
            + " | maildir:~/m:LAYOUT=fs:UTF-8",
        "mail_path = ~/m; mailbox_list_layout = fs; mailbox_directory_name = d"
            + " | maildir:~/m:LAYOUT=fs:FULLDIRNAME=d",
        "mail_path = ~/m; mailbox_list_layout = fs; mailbox_directory_name = d;"
            + " mailbox_directory_name_legacy = yes | maildir:~/m:LAYOUT=fs:DIRNAME=d",
        "mail_path = ~/m; mailbox_subscriptions_filename = s; mailbox_list_drop_noselect = yes;"
            + " mail_volatile_path = /run/x | maildir:~/m:NO-NOSELECT:SUBSCRIPTIONS=s",
      })
  void bothFormsSayTheSame(String settings, String location) throws Exception {
    assertThat(location(settings)).isEqualTo(location);
  }

  @Test
  void variablesOf24AreTaken() throws Exception {
    assertThat(location("mail_path = /srv/%{user | domain}/%{user|username | lower}"))
        .isEqualTo("maildir:/srv/%{user | domain}/%{user|username | lower}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "mail_driver = sdbox; mail_path = ~/m ! 1: mail_driver = sdbox: only Maildir is supported",
        "mail_driver = maildir ! 1: mail_driver = maildir: mail_path must be set, too",
        "mail_location = maildir:~/m; mail_path = ~/n ! 2: mail_path = ~/n: mail_location says",
        "mail_path = m ! 1: mail_path = m: expected an absolute path",
        "mail_path = ~/m; mail_control_path = c ! 2: mail_control_path = c: CONTROL: expected an",
        "mail_path = ~/m; mailbox_list_layout = index"
            + " ! 2: mailbox_list_layout = index: the layout index is not supported",
        "mail_path = ~/m; mailbox_directory_name = d ! 2: mailbox_directory_name = d: DIRNAME has",
        "mail_path = /srv/%{user | sha1} ! unknown filter sha1",
        "mail_location = maildir:~/m:ITERINDEX ! the option ITERINDEX is not supported",
      })
  void whatCannotBeHonouredIsRefusedWhereItStands(String settings, String problem)
      throws Exception {
    assertThat(problems(settings.replace("; ", "\n") + "\n" + REST))
        .anySatisfy(text -> assertThat(text).contains(problem));
  }
}
