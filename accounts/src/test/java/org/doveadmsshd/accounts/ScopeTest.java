package org.doveadmsshd.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.doveadmsshd.base.AddressPatterns;
import org.doveadmsshd.base.Failure;
import org.doveadmsshd.base.Outcome;
import org.doveadmsshd.base.UserMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeTest {
  @ParameterizedTest
  @CsvSource({
    "*@example.org, a@EXAMPLE.org, true",
    "*@example.org, a@example.org.evil, false",
    "*@example.org, a@sub.example.org, false",
    "user?, user1, true",
    "user?, user12, false",
    "*, anybody, true",
    "a*b*c, aXbYbZc, true",
    "a*b*c, aXbYbZ, false",
    "'', x, false",
  })
  void masks(String mask, String user, boolean expected) {
    assertThat(new UserMask(mask).matches(user)).isEqualTo(expected);
  }

  @Test
  void aMaskMadeToHurtIsMatchedQuickly() {
    assertThat(new UserMask("*a".repeat(200) + "b").matches("a".repeat(5000))).isFalse();
  }

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
        Optional.ofNullable(mailbox).map(only -> new MailboxMasks(List.of(only), only::equals)),
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
      assertThat(scope.hasMailbox("x@a", "search", "Drafts")).isFalse();
      assertThat(scope.hasMailbox("x@a", "search", "INBOX")).isTrue();
      assertThat(scope.hasAllMail("x@a", "search")).isFalse();
      assertThat(scope.hasAllUsers("search")).isFalse();
    }
  }

  @Test
  void ruleForSomeMailboxesIsNoneForAllOfThem() {
    Scope scope = new Scope(List.of(rule(true, "*", Set.of("expunge"), "Trash", null, null)));
    assertThat(scope.hasMailbox("x", "expunge", "Trash")).isTrue();
    assertThat(scope.hasMailbox("x", "search", "Trash")).isFalse();
    assertThat(scope.hasAllMail("x", "expunge")).isFalse();
    assertThat(scope.hasAllUsers("expunge")).isFalse();
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
}
