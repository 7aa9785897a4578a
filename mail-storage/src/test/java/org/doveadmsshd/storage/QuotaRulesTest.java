package org.doveadmsshd.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaRulesTest {
  private static QuotaRules rules(String... rules) {
    return QuotaRules.of("count:User quota", List.of(rules)).orElseThrow();
  }

  @Test
  void limitsAreForAllMailboxesOrAddedForOne() {
    QuotaRules rules = rules("*:storage=1G:messages=1000", "Trash:storage=+100M", "Junk:ignore");
    assertThat(rules.byteLimit("INBOX")).isEqualTo(1L << 30);
    assertThat(rules.byteLimit("Trash")).isEqualTo((1L << 30) + (100L << 20));
    assertThat(rules.messageLimit("Trash")).isEqualTo(1000);
    assertThat(rules.counts("Junk")).isFalse();
    assertThat(rules.counts("Trash")).isTrue();
    assertThat(rules("*:storage=100").byteLimit("*")).isEqualTo(100 * 1024);
    assertThat(rules("*:bytes=100").byteLimit("*")).isEqualTo(100);
    assertThat(rules("*:bytes=1000", "Sent:bytes=+10%").byteLimit("Sent")).isEqualTo(1100);
    assertThat(rules("*:bytes=1000", "Sent:bytes=+10%%").byteLimit("Sent")).isEqualTo(1100);
    assertThat(rules().byteLimit("*")).isZero();
  }

  @Test
  void aUsersOwnRuleReplacesThatOfAll() {
    assertThat(rules("*:bytes=10").with("*:bytes=20").orElseThrow().byteLimit("INBOX"))
        .isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*", "*:storage", "*:storage=x", "*:storage=-", ":storage=1"})
  void whatIsNoRuleIsRefused(String rule) {
    assertThat(QuotaRules.of("count:x", List.of(rule))).isEmpty();
  }
}
