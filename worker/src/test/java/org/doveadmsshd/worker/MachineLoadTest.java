package org.doveadmsshd.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.doveadmsshd.protocol.Message;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineLoadTest {
  @TempDir Path proc;

  private void write(String file, String text) throws IOException {
    Files.createDirectories(proc.resolve(file).getParent());
    Files.writeString(proc.resolve(file), text);
  }

  @Test
  void theKernelsFiguresAreHundredths() throws IOException {
    write("loadavg", "12.05 3.00 1.00 2/345 6789\n");
    write("pressure/cpu", "some avg10=7.50 avg60=1.00 avg300=0.00 total=5\nfull avg10=1.00\n");
    write("pressure/io", "some avg10=100.00 avg60=1.00 avg300=0.00 total=5\n");
    assertThat(MachineLoad.figures(proc))
        .containsEntry(Message.Clock.LOAD, 1205L)
        .containsEntry(Message.Clock.CPU_PRESSURE, 750L)
        .containsEntry(Message.Clock.IO_PRESSURE, 10000L);
  }

  @Test
  void whatTheKernelDoesNotSayIsNotThere() throws IOException {
    write("loadavg", "0.10 0.00 0.00 1/2 3\n");
    write("pressure/cpu", "nonsense\n");
    assertThat(MachineLoad.figures(proc)).containsOnlyKeys(Message.Clock.LOAD);
  }

  @Test
  void thisMachineHasALoad() {
    assertThat(MachineLoad.figures()).containsKey(Message.Clock.LOAD);
  }
}
