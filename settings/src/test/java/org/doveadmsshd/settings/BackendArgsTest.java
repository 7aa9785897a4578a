package org.doveadmsshd.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code args} of a passdb or userdb may say for each driver, and what is wrong with it. */
class BackendArgsTest {
  @TempDir Path directory;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(directory.resolve("users"), "");
  }

  private Settings read(String kind, String driver, String args)
      throws IOException, Settings.InvalidException {
    String text = kind + " {\n  driver = " + driver + "\n  args = " + args + "\n}\n";
    Path file = Files.writeString(directory.resolve("test.conf"), text);
    return Settings.read(file, List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "passdb | passwd-file | users | PasswdFile[path=DIR/users, scheme=CRYPT, nameFormat=%u]",
        "passdb | passwd-file | DIR/users"
            + " | PasswdFile[path=DIR/users, scheme=CRYPT, nameFormat=%u]",
        "passdb | passwd-file | scheme=PLAIN users"
            + " | PasswdFile[path=DIR/users, scheme=PLAIN, nameFormat=%u]",
        "passdb | passwd-file | users scheme=PLAIN"
            + " | PasswdFile[path=DIR/users, scheme=PLAIN, nameFormat=%u]",
        "passdb | passwd-file | username_format=%n /x/%d"
            + " | PasswdFile[path=/x/%d, scheme=CRYPT, nameFormat=%n]",
        "userdb | passwd-file | username_format=%Lu users"
            + " | PasswdFile[path=DIR/users, scheme=CRYPT, nameFormat=%u]",
        "userdb | passwd-file | /%d/not/there"
            + " | PasswdFile[path=/%d/not/there, scheme=CRYPT, nameFormat=%u]",
        "userdb | static | home=/%d/%n | Static[fields={home=/%d/%n}, allowsAll=false]",
        "userdb | static | uid=5   home=/%n gid=6"
            + " | Static[fields={uid=5, home=/%n, gid=6}, allowsAll=false]",
        "userdb | static | uid=5 allow_all_users=yes | Static[fields={uid=5}, allowsAll=true]",
        "userdb | static | home=/x allow_all_users=no | Static[fields={home=/x}, allowsAll=false]",
        "userdb | static | home=/x mail=maildir:~/a=b"
            + " | Static[fields={home=/x, mail=maildir:~/a=b}, allowsAll=false]",
        "userdb | static | home=/x home=/y | Static[fields={home=/y}, allowsAll=false]",
        "passdb | dovecot | /run/s | Dovecot[socket=/run/s, target=, asksForProxy=false]",
        "passdb | dovecot | master_for=jane /run/s"
            + " | Dovecot[socket=/run/s, target=jane, asksForProxy=false]",
        "passdb | dovecot | /run/s master_for=jane"
            + " | Dovecot[socket=/run/s, target=jane, asksForProxy=false]",
        "userdb | dovecot | /run/s | Dovecot[socket=/run/s, target=, asksForProxy=false]",
        "userdb | dovecot | proxy=yes /run/s | Dovecot[socket=/run/s, target=, asksForProxy=true]",
        "userdb | dovecot | proxy=no /run/s | Dovecot[socket=/run/s, target=, asksForProxy=false]",
        "passdb | pam | '' | Pam[service=doveadm-sshd]",
        "passdb | pam | dovecot | Pam[service=dovecot]",
        "passdb | pam | a.b_c-1 | Pam[service=a.b_c-1]",
        "userdb | passwd | '' | System[firstUid=500, lastUid=0]",
      })
  void whatIsRightIsTaken(String kind, String driver, String args, String backend)
      throws Exception {
    Settings settings = read(kind, driver, args.replace("DIR", directory.toString()));
    Backend read =
        kind.equals("passdb")
            ? settings.auth().passdbs().get(0).backend()
            : settings.auth().userdbs().get(0).backend();
    assertThat(read.toString().replace(directory.toString(), "DIR")).isEqualTo(backend);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "passdb | passwd-file | '' | passdb passwd-file: args must be set",
        "passdb | passwd-file | scheme=PLAIN | the path of the passwd-file is missing",
        "passdb | passwd-file | nowhere | nowhere: No such file or directory",
        "passdb | passwd-file | scheme=NONE users | unknown password scheme: NONE",
        "passdb | passwd-file | users more"
            + " | expected [scheme=…] [username_format=…] /path, not: more",
        "passdb | passwd-file | schema=PLAIN users"
            + " | expected [scheme=…] [username_format=…] /path, not: schema=PLAIN",
        "passdb | passwd-file | username_format=%q users | unknown variable %q",
        "passdb | passwd-file | /%q/users | unknown variable %q",
        "passdb | passwd-file | username_format=% users | a variable is not complete at the end",
        "userdb | static | '' | userdb static: args must be set",
        "userdb | static | uid=5 | home= is missing; it shows who is a user",
        "userdb | static | allow_all_users=no | home= is missing; it shows who is a user",
        "userdb | static | home=/x =5 | expected name=value: =5",
        "userdb | static | home=/x gid | expected name=value: gid",
        "userdb | static | home=/%x | unknown variable %x",
        "passdb | dovecot | '' | passdb dovecot: args must be set",
        "passdb | dovecot | run/s | expected [master_for=…] /path/of/the/socket, not: run/s",
        "passdb | dovecot | proxy=yes /run/s"
            + " | expected [master_for=…] /path/of/the/socket, not: proxy=yes",
        "passdb | dovecot | master_for=jane | the path of Dovecot's socket is missing",
        "userdb | dovecot | master_for=x /run/s"
            + " | expected [proxy=…] /path/of/the/socket, not: master_for=x",
        "userdb | dovecot | /run/s /run/t | expected [proxy=…] /path/of/the/socket, not: /run/t",
        "passdb | pam | ../passwd | expected the name of a file in /etc/pam.d",
        "passdb | pam | a b | expected the name of a file in /etc/pam.d",
        "passdb | sql | '' | passdb sql: args must be set",
        "passdb | sql | nowhere | nowhere: ",
        "passdb | ldap | nowhere | nowhere: ",
        "passdb | oauth2 | nowhere | nowhere: ",
        "passdb | static | home=/x | driver = static: ",
        "userdb | pam | x | driver = pam: ",
        "userdb | oauth2 | x | driver = oauth2: ",
        "userdb | nonsense | x | driver = nonsense: ",
      })
  void whatIsWrongIsSaid(String kind, String driver, String args, String why) {
    Settings.InvalidException invalid =
        catchThrowableOfType(Settings.InvalidException.class, () -> read(kind, driver, args));
    assertThat(invalid).as("a mistake is found").isNotNull();
    assertThat(invalid.problems())
        .extracting(Problem::toString)
        .anySatisfy(problem -> assertThat(problem).contains(why));
  }
}
