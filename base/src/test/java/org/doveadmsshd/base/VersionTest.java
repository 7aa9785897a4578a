package org.doveadmsshd.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VersionTest {
  @Test
  void theNumberIsThatOfTheBuild() throws Exception {
    String pom = Files.readString(Path.of("../pom.xml"));
    String built = pom.replaceFirst("(?s).*?<revision>", "").replaceFirst("(?s)</revision>.*", "");
    assertThat(Version.NUMBER + "-SNAPSHOT").startsWith(built);
    assertThat(Version.NUMBER).matches("[0-9.]+");
  }

  @Test
  void itStandsInOnePlaceOnly() throws Exception {
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      List<Path> poms =
          Stream.concat(modules, Stream.of(Path.of("../packaging/deb")))
              .map(module -> module.resolve("pom.xml"))
              .filter(Files::exists)
              .toList();
      assertThat(poms).hasSizeGreaterThan(20);
      for (Path pom : poms) {
        assertThat(pom).content().contains("<version>${revision}</version>");
      }
    }
  }

  @Test
  void theReportSaysAllThatAFaultMayDependOn() {
    List<String> report = Version.report("doveadm-x").lines().toList();
    assertThat(report.get(0)).isEqualTo("doveadm-x " + Version.NUMBER);
    assertThat(report.get(1)).startsWith("Java " + Runtime.version().feature());
    assertThat(report.get(2)).startsWith(System.getProperty("os.name"));
  }

  @Test
  void whatTheBuildFillsInIsFilledIn() throws Exception {
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text).doesNotContain("${");
    }
  }
}
