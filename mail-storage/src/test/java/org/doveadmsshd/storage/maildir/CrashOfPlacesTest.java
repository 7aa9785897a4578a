package org.doveadmsshd.storage.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.doveadmsshd.posix.SystemCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is done to mail in a tree of directories, or with control files apart, breaks off before
 * every system call that changes the disk: each mail is there once afterwards, and the same call
 * once more completes it.
 */
class CrashOfPlacesTest {
  @TempDir Path directory;

  private static Map<String, PlacesOfMail.Work> changes(String sep) {
    String child = "A" + sep + "B";
    Map<String, PlacesOfMail.Work> changes = new TreeMap<>();
    changes.put("create", store -> store.create("N" + sep + "M", Optional.of("0a".repeat(16))));
    changes.put("rename", store -> store.rename("A", "X" + sep + "Y"));
    changes.put("delete", store -> store.delete("Old", false, false));
    changes.put("flag", store -> PlacesOfMail.flag(store, child, "$Work"));
    changes.put("subscribe", store -> store.subscribe(List.of(child), true));
    return changes;
  }

  @AfterEach
  void stopObserving() {
    SystemCalls.observe(null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "maildir:~/m:CONTROL=~/c:INDEX=~/i",
        "maildir:~/m:LAYOUT=fs",
        "maildir:~/m:LAYOUT=fs:CONTROL=~/c:DIRNAME=d",
      })
  void everyMailIsThereOnceAndTheChangeCanBeCompleted(String template) throws Exception {
    String sep = template.contains("=fs") ? "/" : ".";
    for (Map.Entry<String, PlacesOfMail.Work> change : changes(sep).entrySet()) {
      boolean completed = false;
      for (int calls = 0; !completed; calls++) {
        Path home = directory.resolve(change.getKey() + calls);
        PlacesOfMail places = site(home, template, sep);
        completed = SuddenDeath.spares(() -> places.with(change.getValue()), calls);
        unlock(places);
        String when = template + " " + change.getKey() + " at call " + calls;
        check(places, change.getKey(), when, completed);
        assertThatCode(() -> places.with(change.getValue()))
            .as(when)
            .satisfiesAnyOf(
                failure -> assertThat(failure).isNull(),
                failure -> assertThat(failure).hasMessageContaining("exist"));
        check(places, change.getKey(), when, true);
      }
    }
  }

  private static PlacesOfMail site(Path home, String template, String sep) throws Exception {
    PlacesOfMail places = new PlacesOfMail(home, template);
    for (String name : List.of("A", "A" + sep + "B", "Old")) {
      places.with(store -> store.create(name, Optional.empty()));
      places.save(name, name.substring(name.length() - 1));
    }
    places.save("INBOX", "i");
    places.mails();
    return places;
  }

  /** As if some time had passed. */
  private static void unlock(PlacesOfMail places) throws Exception {
    for (String file : places.files()) {
      if (file.endsWith(".lock")) {
        Files.delete(places.home.resolve(file));
      }
    }
  }

  private static void check(PlacesOfMail places, String change, String when, boolean completed)
      throws Exception {
    List<String> expected = new ArrayList<>(List.of("A", "B", "i"));
    List<String> found = new ArrayList<>();
    for (String mail : places.mails()) {
      found.add(mail.substring(mail.lastIndexOf(':') + 1));
    }
    found.remove("d"); // the mail of Old
    assertThat(found).as(when).containsExactlyInAnyOrderElementsOf(expected);
    boolean keepsOld = places.mails().stream().anyMatch(mail -> mail.startsWith("Old:"));
    assertThat(keepsOld).as(when).isEqualTo(!change.equals("delete") || keepsOld && !completed);
  }
}
