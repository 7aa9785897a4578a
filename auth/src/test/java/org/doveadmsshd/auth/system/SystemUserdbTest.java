package org.doveadmsshd.auth.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.doveadmsshd.accounts.MailUser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares with /etc/passwd, which every system has. */
class SystemUserdbTest {
  private static List<String[]> passwd() throws Exception {
    List<String[]> entries = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/etc/passwd"))) {
      entries.add(line.split(":", -1));
    }
    return entries;
  }

  @Test
  void knowsWhoTheSystemKnows() throws Exception {
    SystemUserdb userdb = new SystemUserdb(1, 0);
    for (String[] entry : passwd()) {
      if (Long.parseLong(entry[2]) == 0) {
        assertThat(userdb.find(entry[0])).as("root's mail is not touched").isEmpty();
        continue;
      }
      MailUser user = userdb.find(entry[0]).orElseThrow();
      assertThat(user.name()).isEqualTo(entry[0]);
      assertThat(user.fields())
          .containsEntry("uid", entry[2])
          .containsEntry("gid", entry[3])
          .containsEntry("home", entry[5]);
    }
  }

  @Test
  void listsThoseWithinTheLimits() throws Exception {
    List<String> expected = new ArrayList<>();
    for (String[] entry : passwd()) {
      long uid = Long.parseLong(entry[2]);
      if (uid >= 2 && uid <= 100) {
        expected.add(entry[0]);
      }
    }
    List<String> names = new ArrayList<>();
    new SystemUserdb(2, 100).forEach(names::add);
    assertThat(names).containsAll(expected).doesNotHaveDuplicates().doesNotContain("root");
    assertThat(expected).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nosuchuser", "daemon\0x", "../x", "a:b", "a\nb"})
  void nobodyElseIsThere(String name) throws Exception {
    assertThat(new SystemUserdb(1, 0).find(name)).isEmpty();
  }
}
