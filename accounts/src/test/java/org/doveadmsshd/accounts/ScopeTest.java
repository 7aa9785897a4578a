package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {
  @Test
  void whatIsNotInTheScopeIsRefusedWith77() {
    Scope scope = new Scope(List.of(new UserMask("*@example.org")), Set.of("search"));
    assertThatThrownBy(() -> scope.checkUser("a@example.com", "search"))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_PERMISSION));
    assertThatThrownBy(() -> scope.checkCommand("expunge")).isInstanceOf(Failure.class);
    assertThat(scope.hasAllUsers("search")).isFalse();
    assertThat(new Scope(List.<UserMask>of(), Set.of()).hasUser("a")).isFalse();
  }

  private static ScopeRule rule(
      boolean allows,
      String users,
      Set<String> commands,
      String mailbox,
      String from,
      Instant end) {
    return new ScopeRule(
        allows,
        List.of(new UserMask(users)),
        commands,
        mailbox == null ? List.of() : List.of(mailbox),
        Optional.ofNullable(from).map(AddressPatterns::parse),
        Optional.ofNullable(end),
        "");
  }

  @Test
  void aDenialWinsWhereverItStands() {
    ScopeRule all = ScopeRule.allow(List.of(new UserMask("*@a")), Set.of());
    ScopeRule noBoss = rule(false, "boss@a", Set.of(), null, null, null);
    ScopeRule noExpunge = rule(false, "x@a", Set.of("expunge"), null, null, null);
    ScopeRule noDrafts = rule(false, "*", Set.of(), "Drafts", null, null);
    for (List<ScopeRule> rules :
        List.of(
            List.of(all, noBoss, noExpunge, noDrafts), List.of(noDrafts, noExpunge, noBoss, all))) {
      Scope scope = new Scope(rules);
      assertThat(scope.hasUser("boss@a")).isFalse();
      assertThat(scope.hasUser("x@a")).isTrue();
      assertThat(scope.hasCommand("x@a", "expunge")).isFalse();
      assertThat(scope.hasCommand("x@a", "search")).isTrue();
      assertThat(scope.hasMailbox("x@a", "search", masks -> masks.contains("Drafts"))).isFalse();
      assertThat(scope.hasMailbox("x@a", "search", masks -> masks.contains("INBOX"))).isTrue();
      assertThat(scope.hasAllMail("x@a", "search")).isFalse();
      assertThat(scope.hasAllUsers("search")).isFalse();
    }
  }

  @Test
  void ruleForSomeMailboxesIsNoneForAllOfThem() {
    Scope scope = new Scope(List.of(rule(true, "*", Set.of("expunge"), "Trash", null, null)));
    assertThat(scope.hasMailbox("x", "expunge", masks -> masks.contains("Trash"))).isTrue();
    assertThat(scope.hasMailbox("x", "search", masks -> masks.contains("Trash"))).isFalse();
    assertThat(scope.hasAllMail("x", "expunge")).isFalse();
    assertThat(scope.hasAllUsers("expunge")).isFalse();
  }

  @Test
  void aMailboxIsAllowedByTheNameThatScopesGoByAndDeniedByAnyOfItsNames() {
    ScopeRule trash = rule(true, "*", Set.of(), "Trash", null, null);
    ScopeRule alias = rule(true, "*", Set.of(), "mail/Trash", null, null);
    ScopeRule all = ScopeRule.allow(List.of(new UserMask("*")), Set.of());
    ScopeRule noTrash = rule(false, "*", Set.of(), "Trash", null, null);
    ScopeRule noAlias = rule(false, "*", Set.of(), "mail/Trash", null, null);
    Predicate<List<String>> name = masks -> masks.contains("Trash");
    Predicate<List<String>> any = masks -> masks.contains("Trash") || masks.contains("mail/Trash");
    assertThat(new Scope(List.of(trash)).hasMailbox("x", "search", name, any)).isTrue();
    assertThat(new Scope(List.of(alias)).hasMailbox("x", "search", name, any)).isFalse();
    assertThat(new Scope(List.of(all, noTrash)).hasMailbox("x", "search", name, any)).isFalse();
    assertThat(new Scope(List.of(all, noAlias)).hasMailbox("x", "search", name, any)).isFalse();
  }

  @Test
  void whatEndsOrHoldsElsewhereDoesNotCount() {
    Instant now = Instant.parse("2026-06-01T00:00:00Z");
    Scope until = new Scope(List.of(rule(true, "*", Set.of(), null, null, now)));
    assertThat(until.at("", now.minusSeconds(1)).hasUser("x")).isTrue();
    assertThat(until.at("", now).hasUser("x")).isFalse();
    Scope office = new Scope(List.of(rule(true, "*", Set.of(), null, "192.0.2.0/24", null)));
    assertThat(office.at("192.0.2.1", now).hasUser("x")).isTrue();
    assertThat(office.at("198.51.100.1", now).hasUser("x")).isFalse();
    assertThat(office.at("", now).hasUser("x")).isFalse();
    Scope notFromThere =
        new Scope(
            List.of(
                ScopeRule.allow(List.of(UserMask.ALL), Set.of()),
                rule(false, "*", Set.of(), null, "192.0.2.0/24", null)));
    assertThat(notFromThere.at("192.0.2.1", now).hasUser("x")).isFalse();
    assertThat(notFromThere.at("", now).hasUser("x")).as("in doubt").isFalse();
    assertThat(notFromThere.at("198.51.100.1", now).hasUser("x")).isTrue();
    Scope narrowed = office.narrowed(List.of(UserMask.ALL), Set.of());
    assertThat(narrowed.at("198.51.100.1", now).hasUser("x")).isFalse();
  }

  /**
   * A scope in a few signs: rules are separated by {@code ;}, scopes around it by {@code /}. A rule
   * allows ({@code +}) or denies ({@code -}) some users a command in a mailbox; {@code *} is all.
   */
  private static Scope scope(String signs) {
    List<ScopeRule> rules = new ArrayList<>();
    String[] scopes = signs.split(" / ", 2);
    for (String each : scopes[0].split("; ")) {
      String[] parts = each.split(" ");
      Set<String> commands = parts[2].equals("*") ? Set.of() : Set.of(parts[2]);
      String mailbox = parts[3].equals("*") ? null : parts[3];
      rules.add(rule(parts[0].equals("+"), parts[1], commands, mailbox, null, null));
    }
    return new Scope(rules, scopes.length > 1 ? Optional.of(scope(scopes[1])) : Optional.empty());
  }

  /**
   * What may be done for joe: whether he is listed, whether expunge may be tried, whether it may in
   * Trash, whether in all his mail, and whether in all mail there is.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "+ * * *                               | y y y y y",
        "+ joe * *                             | y y y y n",
        "+ jane * *                            | n n n n n",
        "+ * expunge *                         | y y y y y",
        "+ * search *                          | y n n n n",
        "+ * * Trash                           | y y y n n",
        "+ * * INBOX                           | y y n n n",
        "- * * *                               | n n n n n",
        "- * * *; + * * *                      | n n n n n",
        "+ * * *; - joe * *                    | n n n n n",
        "+ * * *; - jane * *                   | y y y y n",
        "+ * * *; - joe search *               | y y y y y",
        "+ * * *; - joe expunge *              | y n n n n",
        "+ * * *; - joe * Trash                | y y n n n",
        "+ * * *; - joe * INBOX                | y y y n n",
        "+ * * *; - joe search Trash           | y y y y y",
        "+ * * *; - jane expunge Trash         | y y y y n",
        "+ * * INBOX; - * * Trash              | y y n n n",
        "+ * search *; - * * Trash             | y n n n n",
        "+ jane * *; - joe search *            | n n n n n",
        "+ jane * *; - joe * Trash             | n n n n n",
        "+ * * Trash; + * * *                  | y y y y y",
        "+ * * *; + joe * Trash                | y y y y y",
        "+ joe * *; + * * *                    | y y y y y",
        "+ * * *; + joe * *                    | y y y y y",
        "+ * * * / + * * *                     | y y y y y",
        "+ * * * / + joe * *                   | y y y y n",
        "+ * * * / + jane * *                  | n n n n n",
        "+ * * * / + * search *                | y n n n n",
        "+ * * * / + * * Trash                 | y y y n n",
        "+ * * * / + * * INBOX                 | y y n n n",
        "+ * * Trash / + * * *                 | y y y n n",
        "+ joe * * / + * * *                   | y y y y n",
        "+ * search * / + * expunge *          | y n n n n",
        "+ * * * / + * * * / + joe * Trash     | y y y n n",
        "+ * * * / + * * * / - joe * *; + * * * | n n n n n",
      })
  void whatAScopeAllowsIsWhatSomeRuleAllowsAndNoneDenies(String signs, String expected) {
    Scope scope = scope(signs);
    boolean[] answers = {
      scope.hasUser("joe"),
      scope.hasCommand("joe", "expunge"),
      scope.hasMailbox("joe", "expunge", masks -> masks.contains("Trash")),
      scope.hasAllMail("joe", "expunge"),
      scope.hasAllUsers("expunge")
    };
    StringBuilder got = new StringBuilder();
    for (boolean answer : answers) {
      got.append(answer ? " y" : " n");
    }
    assertThat(got.toString().strip()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "+ * * * | true",
        "+ jane expunge Trash | true",
        "+ * search * | false",
        "- * expunge * | false",
        "- joe expunge *; + * * * | true",
        "+ * * * / + * search * | false",
        "+ * search * / + * * * | false",
        "+ * * * / + jane expunge * | true",
      })
  void aCommandThatIsAllowedForNobodyIsRefusedBeforeUsersAreKnown(String signs, boolean expected) {
    Scope scope = scope(signs);
    if (expected) {
      assertThatCode(() -> scope.checkCommand("expunge")).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> scope.checkCommand("expunge"))
          .hasMessage("Your scope does not allow the command: expunge")
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_PERMISSION));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "+ joe search * | ",
        "+ joe * Trash | ",
        "+ joe expunge * | Your scope does not allow search for the user joe",
        "+ jane search * | Your scope does not cover the user joe",
        "+ * * *; - joe * * | Your scope does not cover the user joe",
      })
  void aRefusalSaysWhetherTheUserOrTheCommandIsOutside(String signs, String refusal) {
    Scope scope = scope(signs);
    if (refusal == null) {
      assertThatCode(() -> scope.checkUser("joe", "search")).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> scope.checkUser("joe", "search"))
          .hasMessage(refusal)
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NO_PERMISSION));
    }
  }

  @Test
  void whatIsNarrowedCannotBeWidenedAgain() {
    Scope scope = scope("+ *@a search *");
    Scope narrowed = scope.narrowed(List.of(UserMask.ALL), Set.of());
    assertThat(narrowed.hasCommand("x@a", "search")).isTrue();
    assertThat(narrowed.hasCommand("x@a", "expunge")).isFalse();
    assertThat(narrowed.hasUser("x@b")).isFalse();
    Scope again = scope.narrowed(List.of(new UserMask("x@a")), Set.of("search", "expunge"));
    assertThat(again.hasCommand("x@a", "search")).isTrue();
    assertThat(again.hasCommand("x@a", "expunge")).isFalse();
    assertThat(again.hasUser("y@a")).isFalse();
  }

  @Test
  void theTextNamesEveryRuleAndThoseAroundThem() {
    List<UserMask> users = List.of(new UserMask("*@a"), new UserMask("b"));
    Scope scope = new Scope(users, Set.of("search", "expunge"));
    assertThat(scope.text()).containsExactly("allow users=*@a,b commands=expunge,search");
    assertThat(scope.narrowed(List.of(new UserMask("x@a")), Set.of()).text())
        .containsExactly("allow users=x@a", "within: allow users=*@a,b commands=expunge,search");
  }

  @Test
  void aScopeWithoutConditionsIsTheSameWhenAndWhereverHeComesFrom() {
    Scope scope = scope("+ * * *; - joe * * / + * search *");
    assertThat(scope.at("192.0.2.1", Instant.EPOCH)).isSameAs(scope);
  }

  @Test
  void conditionsOfTheScopeAroundCountAsMuch() {
    Instant end = Instant.parse("2026-06-01T00:00:00Z");
    Scope office = new Scope(List.of(rule(true, "*", Set.of(), null, "192.0.2.0/24", end)));
    Scope narrowed = office.narrowed(List.of(new UserMask("joe")), Set.of());
    assertThat(narrowed.at("192.0.2.1", end.minusSeconds(1)).hasUser("joe")).isTrue();
    assertThat(narrowed.at("192.0.2.1", end).hasUser("joe")).isFalse();
    assertThat(narrowed.at("198.51.100.1", end.minusSeconds(1)).hasUser("joe")).isFalse();
  }
}
