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
  private static final Help HELP = new Help(new About("doveadm"));
  private static final Path PAGES = Path.of("../docs/commands");

  static List<String> commands() {
    return CommandCatalog.all().stream().map(Command::name).toList();
  }

  /** Pages of commands, and of what queries and fetch are made of. */
  static List<String> topics() {
    return Stream.concat(
            commands().stream(), Stream.of("search keys", "mimepart keys", "fetch fields"))
        .toList();
  }

  private static Path page(String topic) {
    return PAGES.resolve(topic.replace(' ', '-') + ".txt");
  }

  @ParameterizedTest
  @MethodSource("topics")
  void everyTopicHasAPageThatIsWhatHelpPrints(String topic) throws Failure, IOException {
    String help = HELP.about(List.of(topic.split(" ")));
    if (Boolean.getBoolean("docs.write")) {
      Files.createDirectories(PAGES);
      Files.writeString(page(topic), help);
    }
    assertThat(page(topic)).hasContent(help);
    assertThat(help.lines().allMatch(line -> line.length() <= 100)).as("fits a terminal").isTrue();
  }

  @Test
  void theListOfCommandsHasAllWordsThatALineMayBeginWith() throws Failure, IOException {
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(
          Path.of("src/test/resources/org/doveadmsshd/brain/overview.txt"), HELP.about(List.of()));
    }
    try (InputStream expected = CommandPagesTest.class.getResourceAsStream("overview.txt")) {
      assertThat(HELP.about(List.of()))
          .isEqualTo(new String(expected.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void thereIsNoPageWithoutATopic() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertThat(pages.map(Path::getFileName).map(Path::toString))
          .containsExactlyInAnyOrderElementsOf(
              topics().stream().map(name -> page(name).getFileName().toString()).toList());
    }
  }
}
