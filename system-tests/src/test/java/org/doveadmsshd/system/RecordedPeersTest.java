package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Brains and workers of other versions, as they were recorded. */
@Timeout(120)
class RecordedPeersTest {
  @TempDir Path directory;
  private final RecordedStage stage = new RecordedStage();

  @AfterEach
  void stop() {
    stage.close();
  }

  static List<Recording> all() throws IOException {
    List<Recording> all = Recording.all();
    assertThat(all).isNotEmpty();
    return all;
  }

  @ParameterizedTest
  @MethodSource("all")
  void withTheWorkerOfAnotherVersionABrainPrintsWhatTheBrainOfThatVersionDid(Recording recording)
      throws Exception {
    int code = stage.run(recording, RecordedWorker.Speech.SAME, OptionalLong.empty());
    assertThat(code).as(stage.said()).isEqualTo(recording.exitCode());
    if (stage.said().contains("does not have")) { // columns that are new
      assertThat(stage.printed()).contains("lane", "admin", "127.0.0.1");
    } else {
      assertThat(stage.printed()).isEqualTo(RecordedStage.out(recording));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void theBrainOfAnotherVersionIsAnsweredAsByTheWorkerOfThatVersion(Recording recording)
      throws Exception {
    try (TestSite site = RecordedStage.site(directory, "")) {
      for (Recording.Lane lane : recording.lanes()) {
        RecordedStage.compare(lane, RecordedStage.answers(site, lane.brain()), recording);
      }
    }
  }
}
