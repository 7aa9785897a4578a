package org.doveadmsshd.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.doveadmsshd.accounts.LoginAttempt;
import org.doveadmsshd.accounts.MailUser;
import org.doveadmsshd.accounts.Userdb;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.MemoryBudget;
import org.doveadmsshd.base.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several passdbs and userdbs in a row, as Dovecot asks them. */
class ChainTest {
  private static final MemoryBudget.Share MEMORY = new MemoryBudget(1 << 20).all();
  private static final LoginAttempt ATTEMPT = new LoginAttempt("jane", "secret", "192.0.2.1");
  private static final Failure DOWN = new Failure(Outcome.TEMPORARY_FAILURE, "down");

  /** A passdb that always says the same, and notes that it was asked. */
  private static Passdb saying(String word, List<String> asked, String name) {
    return attempt -> {
      asked.add(name);
      return switch (word) {
        case "right" -> new Passdb.Answer(Passdb.Verdict.RIGHT, Map.of("from", name));
        case "wrong" -> Passdb.Answer.WRONG;
        case "unknown" -> Passdb.Answer.UNKNOWN_USER;
        default -> throw DOWN;
      };
    };
  }

  private static LinkRules rules(String skip, String success, String failure, String internal) {
    return new LinkRules(
        LinkRules.Skip.valueOf(skip),
        Consequence.of(success).orElseThrow(),
        Consequence.of(failure).orElseThrow(),
        Consequence.of(internal).orElseThrow());
  }

  private static String ask(PassdbChain chain) {
    try {
      return chain.verify(ATTEMPT).verdict().name();
    } catch (Failure e) {
      return "failed " + e.outcome().exitCode();
    }
  }

  /** The first has the rules given, the second the usual ones. */
  @ParameterizedTest
  @CsvSource({
    "right,   return-ok,     continue,    continue,    wrong,   RIGHT,        1",
    "right,   continue,      continue,    continue,    wrong,   WRONG,        12",
    "right,   continue,      continue,    continue,    right,   RIGHT,        12",
    "right,   continue-ok,   continue,    continue,    wrong,   RIGHT,        12",
    "right,   continue-fail, continue,    continue,    wrong,   WRONG,        12",
    "right,   return,        continue,    continue,    right,   WRONG,        1",
    "right,   return-fail,   continue,    continue,    right,   WRONG,        1",
    "wrong,   return-ok,     continue,    continue,    right,   RIGHT,        12",
    "wrong,   return-ok,     return-fail, continue,    right,   WRONG,        1",
    "wrong,   return-ok,     return-ok,   continue,    right,   RIGHT,        1",
    "wrong,   return-ok,     continue-ok, continue,    wrong,   RIGHT,        12",
    "unknown, return-ok,     continue,    continue,    unknown, UNKNOWN_USER, 12",
    "unknown, return-ok,     continue,    continue,    wrong,   WRONG,        12",
    "down,    return-ok,     continue,    continue,    right,   RIGHT,        12",
    "down,    return-ok,     continue,    continue,    wrong,   failed 75,    12",
    "down,    return-ok,     continue,    continue,    unknown, failed 75,    12",
    "down,    return-ok,     continue,    return-fail, right,   failed 75,    1",
    "down,    return-ok,     continue,    return,      right,   failed 75,    1",
    "wrong,   return-ok,     continue,    continue,    down,    failed 75,    12",
  })
  void theAnswerOfTheFirstDecidesAsItsRulesSay(
      String first,
      String success,
      String failure,
      String internal,
      String second,
      String result,
      String whoIsAsked) {
    List<String> asked = new ArrayList<>();
    PassdbChain chain =
        new PassdbChain(
            List.of(
                new PassdbChain.Link(
                    saying(first, asked, "1"), rules("NEVER", success, failure, internal), false),
                new PassdbChain.Link(saying(second, asked, "2"), LinkRules.USUAL, false)));
    assertThat(ask(chain)).isEqualTo(result);
    assertThat(String.join("", asked)).isEqualTo(whoIsAsked);
  }

  @ParameterizedTest
  @CsvSource({
    "right,   WRONG",
    "wrong,   WRONG",
    "unknown, RIGHT",
    "down,    failed 75",
  })
  void whoADenyingPassdbKnowsIsRefusedWhateverOthersSay(String denying, String result) {
    List<String> asked = new ArrayList<>();
    PassdbChain chain =
        new PassdbChain(
            List.of(
                new PassdbChain.Link(saying(denying, asked, "1"), LinkRules.USUAL, true),
                new PassdbChain.Link(saying("right", asked, "2"), LinkRules.USUAL, false)));
    assertThat(ask(chain)).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource({
    "right, SUCCEEDED,     RIGHT, 1",
    "right, NOT_SUCCEEDED, WRONG, 12",
    "wrong, SUCCEEDED,     WRONG, 12",
    "wrong, NOT_SUCCEEDED, WRONG, 1",
  })
  void aPassdbCanBeSkipped(String first, String skip, String result, String whoIsAsked) {
    List<String> asked = new ArrayList<>();
    PassdbChain chain =
        new PassdbChain(
            List.of(
                new PassdbChain.Link(
                    saying(first, asked, "1"),
                    rules("NEVER", "continue-ok", "continue", "continue"),
                    false),
                new PassdbChain.Link(
                    saying("wrong", asked, "2"),
                    rules(skip, "return-ok", "return-fail", "continue"),
                    false)));
    assertThat(ask(chain)).isEqualTo(result);
    assertThat(String.join("", asked)).isEqualTo(whoIsAsked);
  }

  @Test
  void nobodyGetsInWhereThereIsNoPassdb() {
    assertThat(ask(new PassdbChain(List.of()))).isEqualTo("UNKNOWN_USER");
  }

  /** Users in memory; without any it is one that is down. */
  private record Users(Map<String, Map<String, String>> users, boolean canList) implements Userdb {
    @Override
    public Optional<MailUser> find(String name) throws Failure {
      if (users.isEmpty()) {
        throw DOWN;
      }
      return Optional.ofNullable(users.get(name)).map(fields -> new MailUser(name, fields));
    }

    @Override
    public void forEach(Visitor visitor) throws Failure, java.io.IOException {
      if (users.isEmpty()) {
        throw DOWN;
      }
      for (String name : users.keySet()) {
        visitor.visit(name);
      }
    }
  }

  private static Users users(String... names) {
    Map<String, Map<String, String>> users = new LinkedHashMap<>();
    for (String name : names) {
      users.put(name, Map.of("home", "/home/" + name));
    }
    return new Users(users, true);
  }

  private static UserdbChain chain(Userdb... userdbs) {
    List<UserdbChain.Link> links = new ArrayList<>();
    for (Userdb userdb : userdbs) {
      links.add(new UserdbChain.Link(userdb, LinkRules.USUAL));
    }
    return new UserdbChain(links, MEMORY);
  }

  @Test
  void whoStandsInSeveralUserdbsIsListedOnce() throws Exception {
    List<String> names = new ArrayList<>();
    chain(users("a", "b"), users("b", "c"), users("c", "d")).forEach(names::add);
    assertThat(names).containsExactly("a", "b", "c", "d");
  }

  @Test
  void namesThatNobodyCanHaveAreNeitherListedNorGiven() throws Exception {
    List<String> names = new ArrayList<>();
    chain(users("a", "", "b\u0001", "x".repeat(256), "half \ud800", "c")).forEach(names::add);
    assertThat(names).containsExactly("a", "c");
    Userdb renaming = looking(name -> Optional.of(new MailUser("other\nname", Map.of())), names);
    assertThatThrownBy(() -> chain(renaming).find("a")).hasMessageContaining("no user can have");
  }

  @Test
  void whoeverIsToldOfUsersMayAskTheSameUserdbForThem() throws Exception {
    List<String> told = new ArrayList<>();
    List<String> listed = new ArrayList<>(List.of("a", "b"));
    chain(looking(name -> Optional.empty(), listed))
        .forEach(
            name -> {
              assertThat(listed).as("the list has been read to its end").isEmpty();
              told.add(name);
            });
    assertThat(told).containsExactly("a", "b");
  }

  /** Looks users up by a function, and removes from a list the users that it has named. */
  private static Userdb looking(Function<String, Optional<MailUser>> lookup, List<String> list) {
    return new Userdb() {
      @Override
      public Optional<MailUser> find(String name) {
        return lookup.apply(name);
      }

      @Override
      public boolean canList() {
        return true;
      }

      @Override
      public void forEach(Visitor visitor) throws Failure, IOException {
        while (!list.isEmpty()) {
          visitor.visit(list.remove(0));
        }
      }
    };
  }

  @Test
  void aHundredThousandNamesAreListedOnceInTheirOrder() throws Exception {
    MemoryBudget budget = new MemoryBudget(16 * 1024 * 1024);
    String[] many = new String[100_000];
    Arrays.setAll(many, i -> "user" + i + "@example.org");
    List<String> names = new ArrayList<>();
    new UserdbChain(
            List.of(
                new UserdbChain.Link(users(many), LinkRules.USUAL),
                new UserdbChain.Link(users(many), LinkRules.USUAL)),
            budget.all())
        .forEach(names::add);
    assertThat(names).containsExactly(many);
    assertThat(budget.all().held()).isZero();
  }

  @Test
  void aUserdbThatCannotListHidesNobody() throws Exception {
    Users everybody = new Users(users("a", "b").users(), false);
    List<String> names = new ArrayList<>();
    chain(everybody, users("a", "c")).forEach(names::add);
    assertThat(names).containsExactly("a", "c");
    assertThatThrownBy(() -> chain(everybody).forEach(names::add)).hasMessageContaining("can list");
  }

  @Test
  void aUserdbThatIsDownIsNeverTakenForOneWithoutUsers() throws Exception {
    UserdbChain down = chain(new Users(Map.of(), true), users("a"));
    assertThat(down.find("a")).isPresent();
    assertThatThrownBy(() -> down.find("b")).isSameAs(DOWN);
    assertThatThrownBy(() -> down.forEach(name -> {})).isSameAs(DOWN);
  }

  @Test
  void fieldsOfALaterUserdbAreAddedWhereItIsAskedFurther() throws Exception {
    Users first = new Users(Map.of("a", Map.of("home", "/one", "uid", "5")), true);
    Users second =
        new Users(Map.of("a", Map.of("home", "/two", "quota_rule", "*:storage=1G")), true);
    UserdbChain chain =
        new UserdbChain(
            List.of(
                new UserdbChain.Link(first, rules("NEVER", "continue-ok", "continue", "continue")),
                new UserdbChain.Link(second, LinkRules.USUAL)),
            MEMORY);
    assertThat(chain.find("a").orElseThrow().fields())
        .isEqualTo(Map.of("home", "/two", "uid", "5", "quota_rule", "*:storage=1G"));
  }
}
