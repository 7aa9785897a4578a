package org.doveadmsshd.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FileNameTest {
  @Test
  void aQuotedNameIsShortWhereItCanBeAndShowsNoControlCharacters() {
    assertThat(FileName.quoted("cur/1.a,S=1:2,S")).isEqualTo("cur/1.a,S=1:2,S");
    assertThat(FileName.quoted("")).isEqualTo("''");
    assertThat(FileName.quoted("a b$")).isEqualTo("'a b$'");
    assertThat(FileName.quoted("it's")).isEqualTo("'it'\\''s'");
    assertThat(FileName.quoted(FileName.of("Entwürfe"))).isEqualTo("Entwürfe");
    assertThat(FileName.quoted("a\n'\u001b\u00ff\\")).isEqualTo("$'a\\x0a\\'\\x1b\\xff\\\\'");
  }

  @Test
  void bashMakesTheVeryNameOfAQuotedOne() throws Exception {
    Random random = new Random(4);
    List<String> names = new ArrayList<>();
    StringBuilder script = new StringBuilder("printf '%s\\0'");
    for (int i = 0; i < 2000; i++) {
      StringBuilder name = new StringBuilder();
      for (int length = 1 + random.nextInt(12); length > 0; length--) {
        boolean odd = random.nextInt(4) == 0;
        name.append(
            (char) (odd ? 1 + random.nextInt(255) : "ab'\"\\$` !*;~#-".charAt(random.nextInt(14))));
      }
      names.add(name.toString());
      script.append(' ').append(FileName.quoted(name.toString()));
    }
    Process bash = new ProcessBuilder("bash", "-s").start();
    bash.getOutputStream().write(script.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    bash.getOutputStream().close();
    byte[] output = bash.getInputStream().readAllBytes();
    String[] made = new String(output, StandardCharsets.ISO_8859_1).split("\0", -1);
    assertThat(List.of(made).subList(0, names.size())).isEqualTo(names);
  }
}
