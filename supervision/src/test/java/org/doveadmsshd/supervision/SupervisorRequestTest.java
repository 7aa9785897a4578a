package org.doveadmsshd.supervision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.doveadmsshd.base.TabLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that root reads, from a server that an attacker may have taken over. */
class SupervisorRequestTest {
  private static final String[] WORDS = {
    "WORKER",
    "WORKER\tdoveadm",
    "RELEASE",
    "LOST",
    "RELOAD",
    "jane",
    "0",
    "-1",
    "99999999999",
    "\t",
    "\001",
    "\001t",
    "é"
  };

  private static SupervisorRequest parse(String line) throws ProtocolException {
    return SupervisorRequest.parse(TabLines.values(line));
  }

  @Test
  void whatTheDocumentSaysIsUnderstood() throws Exception {
    assertThat(parse("WORKER\tdoveadm\t500\tjane@example.org"))
        .isEqualTo(new SupervisorRequest.Acquire("doveadm", List.of("jane@example.org"), 500));
    assertThat(parse("WORKER\tdoveadm\t0\tjane\tjoe"))
        .isEqualTo(new SupervisorRequest.Acquire("doveadm", List.of("jane", "joe"), 0));
    assertThat(parse("WORKER\tdoveadm\t0\tja\001nne\t\tjoe"))
        .as("what nobody is called is said to be nobody's, which fails him alone")
        .isEqualTo(new SupervisorRequest.Acquire("doveadm", List.of("ja\nne", "", "joe"), 0));
    assertThat(parse("RELEASE")).isEqualTo(new SupervisorRequest.Release());
    assertThat(parse("LOST")).isEqualTo(new SupervisorRequest.Lost());
    assertThat(parse("RELOAD")).isEqualTo(new SupervisorRequest.Reload());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "worker\t0\tjane",
        "WORKER",
        "WORKER\tdoveadm",
        "WORKER\tdoveadm\t0",
        "WORKER\t0\tjane",
        "WORKER\tdoveadm\tjane\t0",
        "WORKER\tdoveadm\t-1\tjane",
        "WORKER\tdoveadm\t99999999999\tjane",
        "RELEASE\t1",
        "LOST\t",
        "RELOAD\t/etc/passwd",
        "USER\tjane\t0\t0\tjane"
      })
  void nothingElseIs(String line) {
    assertThatThrownBy(() -> parse(line)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void moreUsersThanOneWorkerHasAtOnceAreRefused() throws Exception {
    List<String> line = new ArrayList<>(List.of("WORKER", "doveadm", "0"));
    line.addAll(Collections.nCopies(SupervisorRequest.MAX_USERS, "jane"));
    SupervisorRequest.parse(line);
    line.add("jane");
    assertThatThrownBy(() -> SupervisorRequest.parse(line)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void whateverComesItIsARequestOrRefused() {
    Random random = new Random(5);
    for (int i = 0; i < 200_000; i++) {
      StringBuilder line = new StringBuilder();
      for (int n = random.nextInt(6); n >= 0; n--) {
        byte[] bytes = new byte[random.nextInt(4)];
        random.nextBytes(bytes);
        line.append(WORDS[random.nextInt(WORDS.length)]);
        line.append(random.nextBoolean() ? "\t" : new String(bytes, StandardCharsets.ISO_8859_1));
      }
      try {
        SupervisorRequest request = parse(line.toString());
        if (request instanceof SupervisorRequest.Acquire) {
          List<String> users = ((SupervisorRequest.Acquire) request).users();
          assertThat(users).hasSizeBetween(1, SupervisorRequest.MAX_USERS);
        }
      } catch (ProtocolException e) {
        assertThat(List.of(e.getMessage())).isNotEmpty();
      }
    }
  }
}
