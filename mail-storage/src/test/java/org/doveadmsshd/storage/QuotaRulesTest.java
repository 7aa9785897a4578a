package org.doveadmsshd.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  void aUsersOwnRuleReplacesWhatItNamesOfThatOfAllAndNothingElse() {
    QuotaRules rules = rules("*:bytes=10", "Trash:bytes=+5", "Junk:ignore");
    QuotaRules own = rules.with("*:messages=7").orElseThrow().with("*:bytes=20").orElseThrow();
    assertThat(own.byteLimit("INBOX")).isEqualTo(20);
    assertThat(own.byteLimit("Trash")).isEqualTo(25);
    assertThat(own.messageLimit("Trash")).isEqualTo(7);
    assertThat(own.with("Junk:bytes=+1").orElseThrow().counts("Junk")).isFalse();
    assertThat(own.with("*:bytes=0").orElseThrow().byteLimit("Trash")).isZero();
    assertThat(rules.byteLimit("INBOX")).as("what it was made of stays").isEqualTo(10);
    assertThat(rules.with("nonsense")).isEmpty();
  }

  /** As `doveadm quota get` of Debian's Dovecot 2.3.19 has it. */
  @ParameterizedTest
  @CsvSource({
    "*:storage=10, 10240, 0",
    "*:storage=2048b, 2048, 0",
    "*:storage=10k, 10240, 0",
    "*:storage=10K, 10240, 0",
    "*:storage=10M, 10485760, 0",
    "*:storage=1G, 1073741824, 0",
    "*:storage=1T, 1099511627776, 0",
    "*:bytes=10240, 10240, 0",
    "*:bytes=10k, 10240, 0",
    "*:messages=5, 0, 5",
    "*:messages=5k, 0, 5120",
    "*:storage=10M:messages=7, 10485760, 7",
    "*:storage=10M *:messages=7, 10485760, 7",
    "*:storage=10M *:storage=20M, 20971520, 0",
    "*:storage=10M:messages=3 *:storage=20M, 20971520, 3",
    "*:storage=10M *:storage=0, 0, 0",
    "*:storage=0, 0, 0",
    "?:storage=3M, 3145728, 0",
    "?:storage=3M *:storage=10M, 10485760, 0",
    "*:storage=10M ?:storage=3M, 3145728, 0",
    "?:storage=3M *:messages=3, 3145728, 3",
    "*:ignore, 0, 0",
    "*:storage=10M *:ignore, 10485760, 0",
  })
  void rulesAboutAllMailboxesAddUp(String rules, long bytes, long messages) {
    QuotaRules read = rules(rules.split(" "));
    for (String mailbox : List.of("*", "INBOX", "Trash")) {
      assertThat(read.byteLimit(mailbox)).isEqualTo(bytes);
      assertThat(read.messageLimit(mailbox)).isEqualTo(messages);
      assertThat(read.counts(mailbox)).isTrue();
    }
  }

  /** What is not ignored among INBOX, Junk and Junk.Sub, by the same Dovecot. */
  @ParameterizedTest
  @CsvSource({
    "*:storage=10M, INBOX Junk Junk.Sub",
    "Junk:ignore, INBOX Junk.Sub",
    "junk:ignore, INBOX Junk Junk.Sub",
    "J*:ignore, INBOX",
    "J*:storage=+1M Junk:ignore, INBOX Junk Junk.Sub",
    "Junk:ignore J*:storage=+1M, INBOX Junk.Sub",
    "Junk:ignore Junk:storage=+1M, INBOX Junk.Sub",
    "Junk:storage=+1M Junk:ignore, INBOX Junk.Sub",
    "Ju?k:ignore, INBOX Junk.Sub",
    "Junk?*:ignore, INBOX Junk",
    "J*b:ignore, INBOX Junk",
    "*b:ignore, INBOX Junk",
    "**:ignore, ''",
    "IN*:ignore, Junk Junk.Sub",
    "in*:ignore, INBOX Junk Junk.Sub",
    "inbox:ignore, Junk Junk.Sub",
    "Inbox:ignore, Junk Junk.Sub",
  })
  void theFirstRuleWhoseMaskMatchesSaysWhetherAMailboxCounts(String rules, String counted) {
    QuotaRules read = rules(rules.split(" "));
    assertThat(Stream.of("INBOX", "Junk", "Junk.Sub").filter(read::counts))
        .containsExactlyElementsOf(counted.isEmpty() ? List.of() : List.of(counted.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "*:bytes=1000:messages=10 T*:bytes=+500, 1500, 10",
    "*:bytes=1000:messages=10 T*:messages=+5 Trash:bytes=+1, 1000, 15",
    "*:bytes=1000:messages=10 Trash:bytes=-400, 600, 10",
    "*:bytes=1000:messages=10 Trash:bytes=50%, 1500, 10",
    "*:bytes=1000:messages=10 Trash:bytes=+50%, 1500, 10",
    "*:bytes=1000:messages=10 Trash:bytes=-50%, 500, 10",
    "*:bytes=1000:messages=10 Trash:messages=+20%, 1000, 12",
    "*:bytes=1000:messages=200 Trash:messages=+20%, 1000, 240",
    "*:bytes=1000 Trash:bytes=300, 300, 0",
    "Trash:bytes=+300, 0, 0",
    "*:bytes=1000 **:bytes=+1, 1001, 0",
    "*:bytes=1000 Trash:bytes=+1 Trash:bytes=+2:messages=+3, 1002, 0",
  })
  void aMailboxOfARuleHasAnotherLimit(String rules, long bytes, long messages) {
    QuotaRules read = rules(rules.split(" "));
    assertThat(read.byteLimit("Trash")).isEqualTo(bytes);
    assertThat(read.messageLimit("Trash")).isEqualTo(messages);
  }

  @Test
  void aLimitBeyondAllNumbersIsTheLargestThereIs() {
    long limit =
        rules("*:storage=999999999999999T", "Trash:storage=+999999999999999T").byteLimit("Trash");
    assertThat(limit).isGreaterThan(Long.MAX_VALUE / 4);
  }

  @Test
  void theDriverAndTheNameStandBeforeTheRules() {
    QuotaRules rules = QuotaRules.of("maildir:User quota:ns=", List.of("*:bytes=7")).orElseThrow();
    assertThat(rules.driver()).contains(QuotaRules.Driver.MAILDIR);
    assertThat(rules.name()).isEqualTo("User quota");
    QuotaRules counted = rules.countedAs("count:Other").orElseThrow();
    assertThat(counted.driver()).contains(QuotaRules.Driver.COUNT);
    assertThat(counted.name()).isEqualTo("Other");
    assertThat(counted.byteLimit("INBOX")).isEqualTo(7);
    assertThat(rules.countedAs("dict:x")).isEmpty();
    assertThat(QuotaRules.of("", List.of("nonsense"))).contains(QuotaRules.NONE);
    assertThat(QuotaRules.of("fs:User quota", List.of())).isEmpty();
    assertThat(QuotaRules.of("maildir", List.of())).isEmpty();
    assertThat(QuotaRules.NONE.counts("INBOX")).isTrue();
    assertThat(QuotaRules.NONE.byteLimit("INBOX")).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "*:storage",
        "*:storage=x",
        "*:storage=",
        "*:storage=-",
        "*:storage= 10M",
        "*:storage=1.5G",
        "*:nosuch=1",
        "*:messages=x",
        ":storage=1"
      })
  void whatIsNoRuleIsRefused(String rule) {
    assertThat(QuotaRules.of("count:x", List.of(rule))).isEmpty();
  }
}
