package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the system says of itself: names, users, processes, random numbers. */
class HostTest {
  @Test
  void theHostHasTheNameThatTheKernelGivesIt() throws Exception {
    assertThat(Host.name())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
  }

  @Test
  void thisProcessAndTheFirstAreAlive() throws Exception {
    assertThat(Host.isAlive(ProcessHandle.current().pid())).isTrue();
    assertThat(Host.isAlive(1)).as("whoever it belongs to").isTrue();
  }

  @Test
  void aProcessThatHasEndedIsNot() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    assertThat(Host.isAlive(process.pid())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, 1L << 31, (1L << 32) + 1, Long.MAX_VALUE})
  void aNumberThatNoProcessCanHaveIsNotAlive(long pid) {
    assertThat(Host.isAlive(pid)).isFalse();
  }

  @Test
  void usersAndGroupsOfTheSystemAreFoundByTheirNames() throws Exception {
    assertThat(NameService.find("root"))
        .hasValueSatisfying(
            root -> {
              assertThat(root.uid()).isZero();
              assertThat(root.gid()).isZero();
              assertThat(root.home()).startsWith("/");
            });
    assertThat(NameService.findGroup("daemon")).contains(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nosuchuserhere", "", "a:b", "root ", "0", "../root"})
  void othersAreNotFound(String name) throws Exception {
    assertThat(NameService.find(name)).isEmpty();
    assertThat(NameService.findGroup(name)).isEmpty();
  }

  @Test
  void everyUserOfTheListIsFoundByName() throws Exception {
    Set<NameService.PasswdEntry> all = new HashSet<>();
    NameService.forEach(all::add);
    assertThat(all).extracting(NameService.PasswdEntry::name).contains("root", "daemon");
    for (NameService.PasswdEntry each : all) {
      assertThat(NameService.find(each.name())).isPresent();
    }
  }

  @Test
  void aVisitorThatThrowsEndsTheListAndTheNextBeginsAnew() throws Failure {
    assertThatThrownBy(
            () ->
                NameService.forEach(
                    entry -> {
                      throw new IllegalStateException(entry.name());
                    }))
        .isInstanceOf(IllegalStateException.class);
    Set<String> names = new HashSet<>();
    NameService.forEach(entry -> names.add(entry.name()));
    assertThat(names).contains("root");
  }

  @Test
  void randomBytesAreAsManyAsAskedForAndNeverTheSame() throws Exception {
    assertThat(RandomBytes.of(0)).isEmpty();
    assertThat(RandomBytes.of(256)).hasSize(256).isNotEqualTo(RandomBytes.of(256));
    assertThatThrownBy(() -> RandomBytes.of(257)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"cur, cur", "é, é", "'a\u0007b', 'a\ufffdb'", "😀, 😀"})
  void namesAreBytesOnDiskAndTextForPeople(String text, String shown) {
    assertThat(FileName.of(text)).matches("[\\x00-\\xff]*");
    assertThat(FileName.display(FileName.of(text))).isEqualTo(shown);
  }
}
