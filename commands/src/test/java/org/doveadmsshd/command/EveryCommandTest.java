package org.doveadmsshd.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.command.CatalogLines.State;
import org.doveadmsshd.storage.Flags;
import org.doveadmsshd.testing.MemoryMailStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is promised of every command of the catalog, whatever it does. */
class EveryCommandTest {
  /** They are refused before any user is touched. */
  private static final Set<String> REFUSED =
      Set.of(
          "backup",
          "mailbox cache decision",
          "mailbox cache remove",
          "mailbox metadata get",
          "mailbox metadata list",
          "mailbox metadata set",
          "mailbox metadata unset",
          "sync");

  /** They are done in one step: there is nothing to stop between. */
  private static final Set<String> OF_ONE_STEP =
      Set.of(
          "mailbox path", "mailbox subscribe", "mailbox unsubscribe", "quota get", "quota recalc");

  /** They succeed and change nothing: Maildir has nothing that they could change. */
  private static final Set<String> WITHOUT_EFFECT = Set.of("altmove", "purge");

  private final Stage stage = CatalogLines.stage();
  private final State before = CatalogLines.state(stage);

  static Stream<String> ofUsers() {
    return CatalogLines.names();
  }

  static Stream<String> all() {
    return CommandCatalog.all().stream().map(Command::name);
  }

  private static Manual manual(String name) {
    return CommandCatalog.find(name).orElseThrow().manual();
  }

  private static Task task(String... line) throws Failure {
    return Stage.prepare(List.of(line), new ArrayList<>());
  }

  @Test
  void everyCommandOfUsersIsTriedHere() {
    Set<String> tried = CatalogLines.names().collect(Collectors.toCollection(TreeSet::new));
    tried.addAll(REFUSED);
    assertThat(tried)
        .isEqualTo(
            CommandCatalog.all().stream()
                .filter(command -> command.manual().isPerUser())
                .map(Command::name)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void aCommandThatReadsChangesNothingAndTheOthersDo(String name) {
    assertThat(stage.run(CatalogLines.line(name))).as("%s", stage.failures).isEqualTo(Outcome.OK);
    boolean changes = manual(name).access() != Access.READ || name.equals("batch");
    State after = CatalogLines.state(stage);
    if (changes && !WITHOUT_EFFECT.contains(name)) {
      assertThat(after).isNotEqualTo(before);
    } else {
      assertThat(after).isEqualTo(before);
    }
    assertThat(after.elsewhere()).isEqualTo(before.elsewhere());
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void onlyACommandThatDeletesLeavesFewerMailsInAMailbox(String name) {
    stage.run(CatalogLines.line(name));
    Map<String, List<String>> after = stage.store.contents();
    boolean fewer =
        before.mails().entrySet().stream()
            .anyMatch(
                box -> box.getValue().size() > after.getOrDefault(box.getKey(), List.of()).size());
    boolean mayDelete = manual(name).access() == Access.DELETE;
    boolean renamed = name.equals("mailbox rename"); // the mails are there by another name
    assertThat(fewer).isEqualTo(mayDelete || renamed || name.equals("batch"));
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void onReadOnlyMailOnlyReadingSucceeds(String name) {
    stage.store.makeReadOnly();
    Outcome outcome = stage.run(CatalogLines.line(name));
    boolean reads = manual(name).access() == Access.READ && !name.equals("batch");
    boolean remembers = name.equals("index"); // what the store remembers is its own business
    assertThat(outcome)
        .isEqualTo(
            reads || remembers || WITHOUT_EFFECT.contains(name)
                ? Outcome.OK
                : Outcome.NO_PERMISSION);
    if (outcome != Outcome.OK) {
      assertThat(stage.error()).contains("read-only");
      assertThat(stage.counts.values())
          .allMatch(each -> each == 0 || name.matches("flags .*|batch|rebuild .*"));
    }
    assertThat(CatalogLines.state(stage).mails()).isEqualTo(before.mails());
    assertThat(stage.store.subscriptions()).isEqualTo(before.subscriptions());
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void whatIsCancelledBeforeItBeginsChangesNothing(String name) {
    stage.patience = 0;
    Outcome outcome = stage.run(CatalogLines.line(name));
    if (OF_ONE_STEP.contains(name)) {
      assertThat(outcome).isEqualTo(Outcome.OK);
    } else {
      assertThat(outcome).isEqualTo(Outcome.CANCELLED);
      assertThat(stage.failures).hasSize(1);
      assertThat(CatalogLines.state(stage)).isEqualTo(before);
    }
  }

  /** Of what has been counted, how many mails there must be more than before. */
  private static long more(Map<String, Long> counts) {
    long more = 0;
    for (Map.Entry<String, Long> count : counts.entrySet()) {
      more +=
          switch (count.getKey()) {
            case "copied", "saved" -> count.getValue();
            case "expunged" -> -count.getValue();
            default -> 0;
          };
    }
    return more;
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void whereverItIsStoppedWhatIsCountedIsWhatWasDone(String name) {
    Outcome outcome = Outcome.CANCELLED;
    for (int patience = 0; outcome != Outcome.OK; patience++) {
      Stage each = CatalogLines.stage();
      each.patience = patience;
      outcome = each.run(CatalogLines.line(name));
      assertThat(outcome).as(name + ": " + each.failures).isIn(Outcome.OK, Outcome.CANCELLED);
      State after = CatalogLines.state(each);
      if (!name.equals("mailbox delete")) {
        assertThat(after.size()).as(name).isEqualTo(before.size() + more(each.counts));
      }
      long arrived = each.counts.getOrDefault("moved", 0L) + each.counts.getOrDefault("copied", 0L);
      if (after.mails().containsKey("Target") && each.counts.getOrDefault("saved", 0L) == 0) {
        boolean here = !name.equals("import");
        assertThat(after.mails().get("Target")).hasSize(here ? 1 + (int) arrived : 1);
      }
      assertThat(patience).as("steps").isLessThan(100);
    }
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void whatMayBeDoneAgainIsTheSameAfterwards(String name) throws Failure {
    String[] line = CatalogLines.line(name);
    boolean again = task(line).isRepeatable();
    assertThat(again).isEqualTo(!List.of("batch", "copy", "import", "move", "save").contains(name));
    stage.run(line);
    if (again) {
      State once = CatalogLines.state(stage);
      stage.run(line);
      assertThat(CatalogLines.state(stage).mails()).isEqualTo(once.mails());
      assertThat(stage.store.subscriptions()).isEqualTo(once.subscriptions());
      assertThat(CatalogLines.state(stage).identifiers()).isEqualTo(once.identifiers());
    }
  }

  @Test
  void mailsThatAreNamedByTheirPlaceAreNotRemovedAgain() throws Failure {
    for (String query :
        List.of("mailbox INBOX 1", "mailbox INBOX ( 2:* OR seen )", "mailbox INBOX not 1")) {
      for (String command : List.of("expunge", "deduplicate")) {
        String line = command + " " + query;
        assertThat(task(line.split(" ")).isRepeatable()).as(line).isFalse();
      }
    }
    for (String query :
        List.of(
            "mailbox INBOX uid 1", "mailbox INBOX all", "mailbox INBOX body x savedbefore 1d")) {
      assertThat(task(("expunge " + query).split(" ")).isRepeatable()).as(query).isTrue();
    }
    assertThat(task("expunge mailbox INBOX inthread refs seen".split(" ")).isRepeatable())
        .isFalse();
    assertThat(task("search mailbox INBOX 1".split(" ")).isRepeatable()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void inABatchACommandDoesWhatItDoesAlone(String name) {
    String[] line = CatalogLines.line(name);
    Stage alone = CatalogLines.stage();
    alone.run(line);
    List<String> batch = new ArrayList<>(List.of("batch", ";"));
    batch.addAll(Arrays.asList(line));
    Outcome outcome = stage.run(batch.toArray(String[]::new));
    if (name.equals("save") || name.equals("batch")) {
      assertThat(outcome).isEqualTo(Outcome.USAGE);
      assertThat(CatalogLines.state(stage)).isEqualTo(before);
      return;
    }
    assertThat(outcome).isEqualTo(Outcome.OK);
    assertThat(stage.rows).isEqualTo(alone.rows);
    assertThat(stage.columns).isEqualTo(alone.columns);
    assertThat(stage.counts).isEqualTo(alone.counts);
    assertThat(CatalogLines.state(stage)).isEqualTo(CatalogLines.state(alone));
  }

  static Stream<String> withoutUsersAndWords() {
    return all().filter(name -> !manual(name).isPerUser() && manual(name).synopsis().least() == 0);
  }

  @ParameterizedTest
  @MethodSource("withoutUsersAndWords")
  void commandsThatAreNotForUsersAreNoPartOfABatch(String name) {
    assertThat(stage.run("batch", ";", name)).isEqualTo(Outcome.USAGE);
    assertThat(stage.error()).isEqualTo("batch: " + name + " can't be one of several commands");
  }

  @ParameterizedTest
  @MethodSource("all")
  void anUnknownOptionIsSaidWithTheCommandThatHasItNot(String name) {
    for (String option : List.of("--nonsense", "-~")) {
      List<String> line = new ArrayList<>(List.of(name.split(" ")));
      line.add(option);
      line.addAll(List.of("a", "b", "c"));
      assertThatThrownBy(() -> task(line.toArray(String[]::new)))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.USAGE))
          .hasMessage("%s: unknown option %s (see: doveadm help %s)".formatted(name, option, name));
    }
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void aDryRunChangesNothingAndPrintsWhereHowMuch(String name) {
    boolean has =
        manual(name).options().stream().anyMatch(option -> option.name().equals("dry-run"));
    Outcome outcome = stage.run(CatalogLines.line(name, "--dry-run"));
    assertThat(CatalogLines.state(stage)).isEqualTo(before);
    if (!has) {
      assertThat(outcome).isEqualTo(Outcome.USAGE);
      return;
    }
    assertThat(outcome).isEqualTo(Outcome.OK);
    assertThat(stage.columns.stream().map(column -> column.key()))
        .containsExactly("mailbox", "mails", "bytes");
    if (name.equals("mailbox delete")) {
      return; // it counts mailboxes, its dry run their mails: MailboxCommandsTest
    }
    Stage really = CatalogLines.stage();
    really.run(CatalogLines.line(name));
    long done =
        really.counts.entrySet().stream()
            .filter(count -> count.getKey().matches("copied|moved|expunged|matched"))
            .mapToLong(Map.Entry::getValue)
            .sum();
    assertThat(stage.counts.get("would be changed")).isEqualTo(done);
    assertThat(stage.column(0)).containsExactly("INBOX");
    assertThat(stage.column(1)).containsExactly("" + done);
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void aFullQuotaStopsWhatAddsMailAndNothingElse(String name) {
    Stage full = CatalogLines.stage("*:messages=5");
    State unchanged = CatalogLines.state(full);
    Outcome outcome = full.run(CatalogLines.line(name));
    if (List.of("copy", "import", "save").contains(name)) {
      assertThat(outcome).isEqualTo(Outcome.OVER_QUOTA);
      assertThat(full.error()).contains("Quota exceeded");
      assertThat(CatalogLines.state(full).size()).isEqualTo(unchanged.size());
      assertThat(full.counts.getOrDefault("copied", 0L)).isZero();
    } else {
      assertThat(outcome).as("%s", full.failures).isEqualTo(Outcome.OK);
    }
  }

  @Test
  void aCopyThatTheQuotaStopsKeepsTheRestOfTheBatchFromDeleting() {
    Stage full = CatalogLines.stage("*:messages=5");
    String line = "batch : copy Target mailbox INBOX all : expunge mailbox INBOX all";
    assertThat(full.run(line.split(" "))).isEqualTo(Outcome.OVER_QUOTA);
    assertThat(full.store.mails("INBOX")).hasSize(4);
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void mailsThatAreGoneWhenTheirTurnComesAreNoFailure(String name) {
    stage.store.mails("INBOX").get(1).makeGone();
    assertThat(stage.run(CatalogLines.line(name))).as("%s", stage.failures).isEqualTo(Outcome.OK);
    assertThat(stage.failures).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ofUsers")
  void whereThereIsNoMailNothingIsDoneAndNothingFails(String name) {
    Stage empty = new Stage(new MemoryMailStore(stage.store.quotaRules()));
    empty.others.put("jane", new MemoryMailStore());
    empty.store.add("Target", "Subject: x\n\n", Flags.NONE, 1);
    Outcome outcome = empty.run(CatalogLines.line(name));
    boolean missing = name.equals("mailbox delete"); // there is no mailbox Empty
    assertThat(outcome).isEqualTo(missing ? Outcome.NOT_FOUND : Outcome.OK);
    assertThat(empty.rows.size()).isLessThan(4);
    for (String counted : List.of("copied", "moved", "expunged", "matched", "fetched")) {
      assertThat(empty.counts.getOrDefault(counted, 0L)).as(counted).isZero();
    }
  }
}
