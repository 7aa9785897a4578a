package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.posix.SystemCalls;
import org.doveadmsshd.storage.MailStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to mail breaks off before every system call that changes the disk, or meets a
 * full disk there: mails are never lost or damaged, moved ones are never there twice.
 */
class CrashTest {
  private static final int NO_SPACE = 28;
  private static final int NOT_PERMITTED = 1;

  @TempDir Path directory;

  static Collection<String> changes() {
    return CrashSite.CHANGES.keySet();
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  @ParameterizedTest
  @MethodSource("changes")
  void deathAtAnySystemCallLeavesTheOldOrTheNewState(String change) throws Exception {
    int calls = 0;
    boolean completed = false;
    while (!completed) {
      CrashSite site = new CrashSite(Files.createDirectory(directory.resolve("kill" + calls)));
      List<CrashSite.Seen> before = site.look();
      completed = SuddenDeath.spares(() -> site.carryOut(change), calls);
      site.letTimePass();
      check(site, change, before);
      if (!completed && isRepeatable(change)) {
        repeat(site, change, calls);
        check(site, change, before);
      }
      calls++;
    }
    assertThat(calls).as("calls that change the disk").isGreaterThan(1);
  }

  /** Does it again; it may turn out to be done. */
  private static void repeat(CrashSite site, String change, int call) {
    assertThatCode(() -> site.carryOut(change))
        .as("%s after it broke off at call %d", change, call)
        .satisfiesAnyOf(
            failure -> assertThat(failure).isNull(),
            failure -> assertThat(failure).hasMessageContaining("exist"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aFullDiskAtAnySystemCallLosesNothingAndLeavesNoLock(String change) throws Exception {
    boolean reached = true;
    for (int at = 0; reached; at++) {
      CrashSite site = new CrashSite(Files.createDirectory(directory.resolve("full" + at)));
      List<CrashSite.Seen> before = site.look();
      int[] left = {at};
      SystemCalls.observe((call, name) -> left[0]-- == 0 && isGrowing(call) ? NO_SPACE : 0);
      try {
        site.carryOut(change);
      } catch (Failure e) {
        assertThat(e.outcome().exitCode()).as(e.getMessage()).isIn(75, 73);
      } finally {
        SystemCalls.observe(null);
      }
      reached = left[0] < 0;
      check(site, change, before);
      assertThat(site.leftovers()).as("%s without space at call %d", change, at).isEmpty();
    }
  }

  /** As when no inode is left, or a directory has become one that may only be read. */
  @ParameterizedTest
  @MethodSource("changes")
  void whatIsRefusedForGoodAtAnySystemCallLosesNothingAndCanBeDoneLater(String change)
      throws Exception {
    boolean reached = true;
    for (int at = 0; reached; at++) {
      CrashSite site = new CrashSite(Files.createDirectory(directory.resolve("stop" + at)));
      List<CrashSite.Seen> before = site.look();
      int[] left = {at};
      boolean done = false;
      SystemCalls.observe((call, name) -> left[0]-- <= 0 ? NOT_PERMITTED : 0);
      try {
        site.carryOut(change);
        done = true;
      } catch (Failure e) {
        assertThat(e.outcome().exitCode()).as(e.getMessage()).isEqualTo(75);
      } finally {
        SystemCalls.observe(null);
      }
      reached = left[0] < 0;
      site.letTimePass();
      check(site, change, before);
      if (!done && isRepeatable(change)) {
        repeat(site, change, at);
        check(site, change, before);
      }
    }
  }

  /** As when a directory has become one that may only be read, just before the end. */
  @ParameterizedTest
  @ValueSource(strings = {"save with keywords, guid and date", "copy", "move", "flags"})
  void aLockThatCannotBeRemovedIsAWarningAsAllHasBeenDone(String change) throws Exception {
    CrashSite site = new CrashSite(Files.createDirectory(directory.resolve("lock")));
    List<CrashSite.Seen> before = site.look();
    SystemCalls.observe(
        (call, name) ->
            call.equals("unlink") && name.endsWith("dovecot-uidlist.lock") ? NOT_PERMITTED : 0);
    site.carryOut(change);
    SystemCalls.observe(null);
    assertThat(site.tree.warnings)
        .anySatisfy(text -> assertThat(text).contains("dovecot-uidlist.lock", "by hand"));
    site.letTimePass();
    check(site, change, before);
  }

  @Test
  void whatIsLeftOfADeletedMailboxIsAWarning() throws Exception {
    CrashSite site = new CrashSite(Files.createDirectory(directory.resolve("rest")));
    SystemCalls.observe((call, name) -> name.contains("TRASHED/") ? NOT_PERMITTED : 0);
    site.carryOut("delete");
    SystemCalls.observe(null);
    assertThat(site.tree.warnings)
        .singleElement()
        .asString()
        .contains("Archive.Sub is deleted", "..DOVECOT-TRASHED");
  }

  private static boolean isGrowing(String call) {
    return List.of("open", "write", "fsync", "rename", "link", "mkdir").contains(call);
  }

  /** Whether doing it once more is no more than doing it once. */
  private static boolean isRepeatable(String change) {
    return !change.startsWith("save") && !change.startsWith("copy");
  }

  private static void check(CrashSite site, String change, List<CrashSite.Seen> before)
      throws Exception {
    List<CrashSite.Seen> now = site.look();
    Map<String, List<CrashSite.Seen>> byName =
        now.stream().collect(Collectors.groupingBy(CrashSite.Seen::name));
    for (CrashSite.Seen old : before) {
      List<CrashSite.Seen> found = new ArrayList<>(byName.getOrDefault(old.name(), List.of()));
      if (change.equals("expunge") && old.uid() == 1 && old.name().equals("a")) {
        assertThat(found.size()).isLessThan(2);
        continue;
      }
      assertThat(found).as("%s during %s", old.name(), change).isNotEmpty();
      if (!change.startsWith("copy")) {
        assertThat(found).as("%s during %s", old.name(), change).hasSize(1);
      }
      for (CrashSite.Seen one : found) {
        checkSame(old, one, change);
      }
    }
    assertThat(byName.getOrDefault("new", List.of()).size()).isLessThan(2);
    byName.getOrDefault("new", List.of()).forEach(mail -> checkNew(mail, change));
    try (MailStore store = site.tree.open()) {
      assertThat(store.subscriptions()).contains("Archive");
    }
  }

  private static void checkSame(CrashSite.Seen old, CrashSite.Seen now, String change) {
    assertThat(now.guid()).isEqualTo(old.guid());
    assertThat(now.received()).isEqualTo(old.received());
    assertThat(now.flags().keywords()).containsAll(old.flags().keywords());
    assertThat(now.flags().bits() | 32).isEqualTo(old.flags().bits() | 32); // all but \Recent
    if (!change.equals("flags")) {
      assertThat(now.flags().keywords()).hasSameSizeAs(old.flags().keywords());
    }
    if (now.mailbox().equals(old.mailbox()) && !change.endsWith("within a mailbox")) {
      assertThat(now.uid()).as("UID of %s", old.name()).isEqualTo(old.uid());
    }
  }

  private static void checkNew(CrashSite.Seen mail, String change) {
    if (change.contains("keywords")) {
      assertThat(mail.flags().keywords()).containsExactly("$New");
      assertThat(mail.guid()).isEqualTo("my-guid");
      assertThat(mail.received()).isEqualTo(1_500_000_000L);
    }
  }
}
