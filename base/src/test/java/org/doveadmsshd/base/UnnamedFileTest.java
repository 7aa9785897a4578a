package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnnamedFileTest {
  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsAddedIsReadFromAnywhere() throws IOException {
    try (UnnamedFile file = new UnnamedFile()) {
      file.append(bytes("one "));
      file.append(bytes("two"));
      assertThat(file.size()).isEqualTo(7);
      assertThat(file.from(0).readAllBytes()).asString().isEqualTo("one two");
      assertThat(file.from(4).readAllBytes()).asString().isEqualTo("two");
      assertThat(file.from(6).read()).isEqualTo('o');
      assertThat(file.from(7).read()).isEqualTo(-1);
    }
  }

  @Test
  void nothingOfItIsThereAfterTheEnd() throws IOException {
    UnnamedFile file = new UnnamedFile();
    file.close();
    assertThatThrownBy(() -> file.append(bytes("x"))).isInstanceOf(ClosedChannelException.class);
  }
}
