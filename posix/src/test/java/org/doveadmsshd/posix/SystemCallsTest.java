package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever changes the disk, or reads it, is announced before it happens, and can be made to fail.
 */
class SystemCallsTest {
  @TempDir Path home;
  private Directory directory;

  /** Something that is done in a directory. */
  @FunctionalInterface
  interface Call {
    void run(Directory directory) throws IOException;
  }

  @BeforeEach
  void make() throws Exception {
    Files.writeString(home.resolve("file"), "content");
    Files.createDirectory(home.resolve("empty"));
    directory = Directory.open(home);
  }

  @AfterEach
  void leave() {
    SystemCalls.observe(null);
    SystemCalls.observeReads(null);
    directory.close();
  }

  private static final Map<String, Call> CHANGES = new LinkedHashMap<>();
  private static final Map<String, Call> READS = new LinkedHashMap<>();

  static {
    CHANGES.put("append", d -> d.append("file").close());
    CHANGES.put("overwrite", d -> d.overwrite("file").close());
    CHANGES.put("open", d -> d.create("new", 0600).close());
    CHANGES.put("open spool", d -> d.createSpool("new").close());
    CHANGES.put("unlink", d -> d.unlink("file"));
    CHANGES.put("unlink directory", d -> d.removeDirectory("empty"));
    CHANGES.put("mkdir", d -> d.makeDirectory("new", 0700));
    CHANGES.put("rename", d -> d.rename("file", "new"));
    CHANGES.put("rename elsewhere", d -> d.rename("file", d, "new"));
    CHANGES.put("link", d -> d.link("file", d, "new"));
    CHANGES.put("chmod", d -> d.adopt(d.status("empty")));
    CHANGES.put("fsync", Directory::sync);
    READS.put("opendir", d -> d.directory("empty").close());
    READS.put("open", d -> d.read("file").close());
    READS.put("list", Directory::list);
    READS.put("stat", d -> d.status("file"));
  }

  private List<String> state() throws IOException {
    List<String> state = new ArrayList<>();
    for (String name : directory.list()) {
      state.add(name + directory.status(name));
    }
    return state;
  }

  @Test
  void everyChangeIsAnnouncedAndAFailureComesInItsPlace() throws Exception {
    List<String> before = state();
    for (Map.Entry<String, Call> each : CHANGES.entrySet()) {
      List<String> announced = new ArrayList<>();
      SystemCalls.observe(
          (call, name) -> {
            announced.add(call);
            return LibC.ENOSPC;
          });
      assertThatThrownBy(() -> each.getValue().run(directory))
          .as(each.getKey())
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isFull()).isTrue());
      assertThat(announced).containsExactly(each.getKey().split(" ")[0]);
      assertThat(state()).as(each.getKey()).isEqualTo(before);
    }
  }

  @Test
  void everyReadIsAnnounced() throws Exception {
    for (Map.Entry<String, Call> each : READS.entrySet()) {
      List<String> announced = new ArrayList<>();
      SystemCalls.observeReads(
          (call, name) -> {
            announced.add(call);
            return LibC.EACCES;
          });
      assertThatThrownBy(() -> each.getValue().run(directory))
          .as(each.getKey())
          .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isDenied()).isTrue());
      assertThat(announced).containsExactly(each.getKey());
    }
  }

  @Test
  void changesOfAnOpenFileAreAnnounced() throws Exception {
    Map<String, OpenFileTestCall> changes = new LinkedHashMap<>();
    changes.put("write", file -> file.write(new byte[1]));
    changes.put("pwrite", file -> file.overwrite(0, new byte[1]));
    changes.put("ftruncate", file -> file.truncate(0));
    changes.put("fchmod", file -> file.adopt(directory.status("empty")));
    changes.put("futimens", file -> file.modified(0));
    changes.put("fsync", OpenFile::sync);
    try (OpenFile file = directory.overwrite("file")) {
      FileStatus before = file.status();
      for (Map.Entry<String, OpenFileTestCall> each : changes.entrySet()) {
        SystemCalls.observe((call, name) -> call.equals(each.getKey()) ? LibC.EDQUOT : 0);
        assertThatThrownBy(() -> each.getValue().run(file))
            .as(each.getKey())
            .isInstanceOfSatisfying(PosixException.class, e -> assertThat(e.isFull()).isTrue());
        assertThat(file.status()).as(each.getKey()).isEqualTo(before);
      }
      SystemCalls.observeReads((call, name) -> call.equals("read") ? LibC.EINVAL : 0);
      assertThatThrownBy(file::read).isInstanceOf(PosixException.class);
    }
  }

  /** Something that is done with a file. */
  @FunctionalInterface
  interface OpenFileTestCall {
    void run(OpenFile file) throws IOException;
  }

  @Test
  void anObserverThatSaysNothingChangesNothing() throws Exception {
    SystemCalls.observe((call, name) -> 0);
    directory.rename("file", "new");
    assertThat(home.resolve("new")).hasContent("content");
  }
}
