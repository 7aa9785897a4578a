package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pw -p sesame -s PLAIN | pw ****",
        "-f json pw -psesame | -f json pw ****",
        "-v pw -p sesame | -v pw ****",
        "-p sesame pw | -p ****",
        "auth test jane sesame | auth ****",
        "auth login jane sesame | auth ****",
        "auth tset jane sesame | auth ****",
        "passwd jane sesame | passwd ****",
        "PW -p sesame | PW ****",
        "-o imapc_password=sesame search -A all | -o imapc_password=**** search -A all",
        "-oimapc_password=sesame=1 search -A all | -oimapc_password=**** search -A all",
        "--setting=pop3c_master_passwd=sesame who | --setting=pop3c_master_passwd=**** who",
        "-o plugin/quota=count:x quota get -A | -o plugin/quota=count:x quota get -A",
        "search -u jane text pw | search -u jane text pw",
        "expunge -A mailbox auth savedbefore 30d | expunge -A mailbox auth savedbefore 30d",
        "mailbox list -A | mailbox list -A",
        "help pw | help pw",
        "serach -u jane all | serach ****",
      })
  void whatMayBeAPasswordIsLeftOut(String line, String shown) {
    assertThat(String.join(" ", Secrets.masked(List.of(line.split(" "))))).isEqualTo(shown);
  }

  @Test
  void theWordsOfARequestAreThoseBehindItsCommand() {
    List<String> words = List.of("jane", "sesame");
    assertThat(Secrets.masked("auth test", words)).containsExactly("****");
    assertThat(Secrets.masked("no such command", words)).containsExactly("****");
    assertThat(Secrets.masked("search", words)).isEqualTo(words);
    assertThat(Secrets.masked("who", List.of())).isEmpty();
    assertThat(Secrets.masked(List.of())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serach -u jane all | serach -u jane all",
        "use jane | use jane",
        "mailbox lits -u jane | mailbox lits -u jane",
        "auth tset jane secret | auth ****",
        "auht test jane secret | auht ****",
        "wp -p secret | wp ****",
        "passwd jane secret | passwd ****",
        "-x secret jane | -x ****",
        "-o imapc_password=secret serach jane | -o imapc_password=**** ****",
      })
  void whoeverWroteALineSeesWhatIsWrongWithItButNoPassword(String line, String shown) {
    assertThat(String.join(" ", Secrets.maskedForAuthor(List.of(line.split(" ")), List.of("use"))))
        .isEqualTo(shown);
  }
}
