package org.doveadmsshd.manual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.doveadmsshd.command.CommandCatalog;
import org.doveadmsshd.settings.KnownSetting;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual pages that the packages have. */
class ManualPagesTest {
  private static final Path DOVECOTS = Path.of("/usr/share/man/man1");

  @TempDir static Path directory;
  private static Map<String, String> pages;

  @BeforeAll
  static void write() throws Exception {
    Main.main(new String[] {directory.toString(), "../etc", "2026-11-23T00:00:00Z"});
    pages = Main.pages(Path.of("../etc"), "2026-11-23");
  }

  private static List<String> run(String... words) throws Exception {
    Path out = Files.createTempFile(directory, "out", "");
    new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start()
        .waitFor();
    return Files.readAllLines(out);
  }

  private static Stream<Path> files() throws IOException {
    return Files.walk(directory).filter(file -> file.getParent().toString().matches(".*/man[0-9]"));
  }

  @Test
  void mandocHasNothingToSayAboutThem() throws Exception {
    assumeThat(Path.of("/usr/bin/mandoc")).as("mandoc is not installed").isExecutable();
    List<String> words = new ArrayList<>(List.of("mandoc", "-Tlint", "-Wall"));
    try (Stream<Path> files = files()) {
      files.forEach(file -> words.add(file.toString()));
    }
    assertThat(words).hasSizeGreaterThan(60);
    assertThat(run(words.toArray(String[]::new)))
        .filteredOn(line -> !line.contains("referenced manual not found"))
        .isEmpty();
  }

  @Test
  void everyCommandHasAPageThatSaysItsOptions() {
    CommandCatalog.all()
        .forEach(
            command -> {
              String page = pages.get(CommandPages.name(command.name()) + ".1");
              assertThat(page).as(command.name()).isNotNull();
              command
                  .manual()
                  .options()
                  .forEach(
                      option ->
                          assertThat(page.replace("\\-", "-")).contains("--" + option.name()));
            });
  }

  @Test
  void noneHasTheNameOfOneOfDovecots() throws Exception {
    assumeThat(DOVECOTS.resolve("doveadm.1.gz")).as("Dovecot is not installed").exists();
    try (Stream<Path> files = Files.list(DOVECOTS)) {
      List<String> theirs =
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\.gz$", ""))
              .filter(name -> name.startsWith("doveadm") && !name.startsWith("doveadm-ssh"))
              .toList();
      assertThat(pages.keySet()).doesNotContainAnyElementsOf(theirs);
    }
  }

  @Test
  void everySettingStandsInAPage() {
    String both = pages.get("doveadm-sshd.conf.5") + pages.get("doveadm-ssh.conf.5");
    for (KnownSetting setting : KnownSetting.all()) {
      assertThat(both).as(setting.name()).contains("\\fB" + setting.name());
    }
  }

  @Test
  void everySettingOfTheFileItselfIsExplained() {
    String page = pages.get("doveadm-sshd.conf.5");
    assertThat(page.substring(0, page.indexOf(".SS"))).doesNotContain("\nAny text.\n");
  }
}
