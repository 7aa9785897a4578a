package org.doveadmsshd.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the configuration of the log writes, and where. */
class LogLinesTest {
  private static final String FORGED =
      "x\n2026-11-26 12:00:00 INFO  root logged in\r\u001b[2J\u2028y";

  /** When something happened, to the second. */
  private static final String TIME = "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d ";

  private static final Logger LOG = LoggerFactory.getLogger("org.doveadmsshd.server.Daemon");

  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final PrintStream usual = System.err;

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void giveBack() {
    System.setErr(usual);
  }

  private String written() {
    return error.toString(StandardCharsets.UTF_8);
  }

  private List<String> lines() {
    return written().lines().toList();
  }

  @Test
  void aLineSaysWhenHowGraveAndWhat() {
    LOG.info("The server listens on {}", "[::]:2222");
    LOG.warn("It is late");
    LOG.error("It is over");
    assertThat(written())
        .matches(
            TIME
                + "INFO  The server listens on \\[::]:2222\n"
                + TIME
                + "WARN  It is late\n"
                + TIME
                + "ERROR It is over\n");
  }

  @Test
  void whatIsForDevelopersIsNotWritten() {
    LOG.debug("x");
    LOG.trace("x");
    assertThat(error.toByteArray()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "org.apache.sshd.server.session.ServerSessionImpl, ''",
    "org.doveadmsshd.server.ssh.ServingSession, ''",
    "com.zaxxer.hikari.HikariDataSource, WARN ERROR",
    "com.unboundid.ldap, INFO WARN ERROR",
  })
  void librariesSayWhatAnAdministratorCanActOn(String name, String levels) {
    Logger library = LoggerFactory.getLogger(name);
    library.info("INFO");
    library.warn("WARN");
    library.error("ERROR");
    assertThat(lines())
        .extracting(line -> line.substring(line.lastIndexOf(' ') + 1))
        .containsExactly(levels.isEmpty() ? new String[0] : levels.split(" "));
  }

  @Test
  void aMessageIsOneLineWhateverItNames() {
    LOG.warn("{} from {}", FORGED, "192.0.2.1");
    assertThat(lines()).hasSize(1);
    assertThat(lines().get(0))
        .endsWith(
            "WARN  x\ufffd2026-11-26 12:00:00 INFO  root logged in\ufffd\ufffd[2J\ufffdy from 192.0.2.1");
  }

  @Test
  void namesAreWrittenInUtf8WhateverTheLocale() {
    LOG.info("Übersicht 日本語 😀");
    assertThat(written()).endsWith("INFO  Übersicht 日本語 😀\n");
  }

  @ParameterizedTest
  @ValueSource(ints = {8191, 8192, 8193, 1_000_000})
  void aLongMessageIsCut(int length) {
    LOG.info("x".repeat(length));
    String message = lines().get(0).replaceFirst(TIME + "INFO  ", "");
    assertThat(message).hasSize(Math.min(length, 8192)).endsWith(length > 8192 ? "x…" : "xx");
  }

  @Test
  void whatAnExceptionSaysIsIndented() {
    Throwable cause = new IllegalStateException(FORGED);
    LOG.warn("it failed", new RuntimeException("outer " + FORGED, cause));
    LOG.info("next");
    List<String> lines = lines();
    assertThat(lines.get(0)).matches(TIME + "WARN  it failed");
    assertThat(lines.get(lines.size() - 1)).matches(TIME + "INFO  next");
    List<String> trace = lines.subList(1, lines.size() - 1);
    assertThat(trace).hasSizeGreaterThan(3).allMatch(line -> line.startsWith("\t"));
    assertThat(String.join("", trace))
        .contains("RuntimeException: outer x", "Caused by: java.lang.IllegalStateException")
        .contains("LogLinesTest")
        .doesNotContain("\u001b", "\r", "\u2028");
  }

  @Test
  void ofACallTheInnermostFramesAreEnough() {
    Exception deep = new Exception("deep");
    StackTraceElement[] frames = new StackTraceElement[500];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = new StackTraceElement("Type", "frame" + i, "Type.java", i + 1);
    }
    deep.setStackTrace(frames);
    LOG.error("it failed", deep);
    assertThat(written()).contains("frame0(", "frame11(").doesNotContain("frame12(", "frame499(");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "x\n", "\n"})
  void anExceptionThatSaysVeryMuchDoesNotFillTheLog(String piece) {
    LOG.error("it failed", new Exception(piece.repeat(1_000_000)));
    assertThat(lines()).hasSizeLessThanOrEqualTo(201).allMatch(line -> line.length() < 8300);
  }
}
