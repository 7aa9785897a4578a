package org.doveadmsshd.brain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.command.Command;
import org.doveadmsshd.command.CommandCatalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/commands} has a page for each command, which is what {@code doveadm help} prints.
 * {@code mvn -pl brain -am test -Dtest=CommandPagesTest -Ddocs.write=true} writes them.
 */
class CommandPagesTest {
  private static final Path PAGES = Path.of("../docs/commands");

  static List<String> commands() {
    return CommandCatalog.all().stream().map(Command::name).toList();
  }

  private static Path page(String command) {
    return PAGES.resolve(command.replace(' ', '-') + ".txt");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAPageThatIsWhatHelpPrints(String command) throws Failure, IOException {
    String help = Help.of(List.of(command.split(" ")));
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(PAGES);
      Files.writeString(page(command), help);
    }
    assertThat(page(command)).hasContent(help);
    assertThat(help.lines().allMatch(line -> line.length() <= 100)).as("fits a terminal").isTrue();
  }

  @Test
  void theListOfCommandsHasAllWordsThatALineMayBeginWith() throws IOException {
    try (InputStream expected = CommandPagesTest.class.getResourceAsStream("overview.txt")) {
      assertThat(Help.overview())
          .isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void thereIsNoPageWithoutACommand() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrderElementsOf(
              commands().stream().map(name -> page(name).getFileName().toString()).toList());
    }
  }
}
