package org.doveadmsshd.brain.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file of users and their servers. */
class FilePlacementTest {
  @TempDir Path directory;
  private Path file;
  private final MemoryBudget budget = new MemoryBudget(16 << 20);
  private FilePlacement placement;

  @BeforeEach
  void make() {
    file = directory.resolve("users");
    placement = new FilePlacement(file, Set.of("mail1", "mail2"), budget.all());
  }

  @AfterEach
  void close() {
    placement.close();
    assertThat(budget.all().held()).isZero();
  }

  /** As it should be replaced: a new file takes the place of the old one. */
  private void write(String text) throws Exception {
    Path next = Files.writeString(directory.resolve("next"), text, StandardCharsets.UTF_8);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void usersAreWhereTheirLineSays() throws Exception {
    write(
        """
        # users

        jane@example.org mail1
        Joe@Example.ORG   mail2,mail1   17
        jo e@example.org\tmail2\t0
        jörg\tmail1
        """);
    assertThat(placement.of("jane@example.org"))
        .isEqualTo(Place.at(List.of("mail1"), "jane@example.org", "file"));
    assertThat(placement.of("joe@example.org"))
        .isEqualTo(
            new Place(List.of("mail2", "mail1"), "joe@example.org", OptionalLong.of(17), "file"));
    assertThat(placement.of("JO E@example.org").servers()).containsExactly("mail2");
    assertThat(placement.of("JÖRG").servers()).containsExactly("mail1");
    assertThat(placement.of("jane@example.or").servers()).isEmpty();
    assertThat(placement.of("# users").servers()).isEmpty();
  }

  @Test
  void aFileThatIsReplacedIsReadAgain() throws Exception {
    write("jane mail1\n");
    assertThat(placement.of("jane").servers()).containsExactly("mail1");
    write("jane mail2\nx mail1\n");
    assertThat(placement.of("jane").servers()).containsExactly("mail2");
    Files.delete(file);
    assertThatThrownBy(() -> placement.of("jane"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
    write("jane mail1\n");
    assertThat(placement.of("jane").servers()).containsExactly("mail1");
  }

  @ParameterizedTest
  @CsvSource({
    "'a mail1\nb mail9\n', 'line 2: the configuration has no server \"mail9\" (did you mean'",
    "'a mail1\nb\n', line 2: expected user server",
    "'a mail1 1 2\n', line 1: expected user server",
    "'a mail1,\n', 'line 1: the configuration has no server \"\"'",
    "'a mail1 -1\n', line 1: a term is a whole number",
    "'a mail1 9223372036854775808\n', line 1: a term is a whole number",
    "'#\n\nb\tmail1\na mail1\nB mail2\n', lines 3 and 5 are both for b",
    "'a mail1\nb mail', line 2: the file ends in the midst of it",
    "'a mail1\ne\u001bvil\tmail1\n', line 2: No user is called",
  })
  void aFileWithALineThatCannotBeUnderstoodIsRefusedAsAWhole(String text, String mistake)
      throws Exception {
    write(text);
    assertThatThrownBy(placement::load)
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.CONFIGURATION_ERROR);
              assertThat(e.getMessage()).contains(mistake).doesNotContain("\u001b");
            });
    assertThatThrownBy(() -> placement.of("a"))
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE);
              assertThat(e.getMessage()).contains(mistake);
            });
    write("a mail1\n");
    assertThat(placement.of("a").servers()).containsExactly("mail1");
  }

  @Test
  void bytesThatAreNoUtf8AreNamed() throws Exception {
    Files.write(file, new byte[] {'a', (byte) 0xff, ' ', 'm', 'a', 'i', 'l', '1', '\n'});
    assertThatThrownBy(placement::load).hasMessageContaining("line 1: it is not UTF-8");
  }

  @Test
  void aLongLineIsReadWhole() throws Exception {
    String user = "j".repeat(250);
    write("a mail1\n" + user + "\tmail1" + ",mail2".repeat(400) + "\t5\n");
    assertThat(placement.of(user).servers()).hasSize(401);
    assertThat(placement.of(user).term()).hasValue(5);
  }

  @Test
  void aLineWithoutEndTakesNoMemory() throws Exception {
    write("a mail1\n" + "x".repeat(200_000) + "\n");
    assertThatThrownBy(placement::load).hasMessageContaining("line 2: it is longer than 4096");
  }

  @Test
  void ofManyUsersEachIsFoundAndOnlyAnIndexIsInMemory() throws Exception {
    int users = 300_000;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < users; i++) {
        out.write("user%06d@example.org mail%d %d\n".formatted(i, 1 + i % 2, i));
      }
    }
    placement.load();
    assertThat(budget.all().held()).isEqualTo(8L * users);
    for (int i = 0; i < users; i += 7) {
      String user = "USER%06d@example.org".formatted(i);
      Place place = placement.of(user.toLowerCase(Locale.ROOT));
      assertThat(place.servers()).as(user).containsExactly("mail" + (1 + i % 2));
      assertThat(place.term()).hasValue(i);
    }
    assertThat(placement.of("user300000@example.org").servers()).isEmpty();
  }

  @Test
  void withoutMemoryForTheIndexItCannotBeSaid() throws Exception {
    write("a mail1\n".repeat(10_000));
    FilePlacement poor = new FilePlacement(file, Set.of("mail1"), new MemoryBudget(70_000).all());
    assertThatThrownBy(poor::load)
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.TEMPORARY_FAILURE));
  }
}
