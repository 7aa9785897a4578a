package org.doveadmsshd.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server's own configuration of its log makes of what others say. */
class LogLinesTest {
  private static final String FORGED =
      "x\n2026-11-26 12:00:00 INFO  root logged in\r\u001b[2J\u2028y";

  private final LoggerContext context = new LoggerContext();
  private OutputStreamAppender<ILoggingEvent> appender;

  @BeforeEach
  void configure() throws Exception {
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(getClass().getResource("/logback.xml"));
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    appender = (OutputStreamAppender<ILoggingEvent>) root.getAppender("STDERR");
  }

  private List<String> lines(String message, Throwable throwable, Object... arguments) {
    Logger logger = context.getLogger(getClass());
    LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, throwable, arguments);
    byte[] bytes = appender.getEncoder().encode(event);
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void aMessageIsOneLineWhateverItNames() {
    List<String> lines = lines("{} from {}", null, FORGED, "192.0.2.1");
    assertThat(lines).hasSize(1);
    assertThat(lines.get(0))
        .endsWith(
            "WARN  x\ufffd2026-11-26 12:00:00 INFO  root logged in\ufffd\ufffd[2J\ufffdy from 192.0.2.1");
  }

  @Test
  void whatAnExceptionSaysIsIndented() {
    Throwable cause = new IllegalStateException(FORGED);
    List<String> lines = lines("it failed", new RuntimeException("outer " + FORGED, cause));
    assertThat(lines.get(0)).endsWith(" WARN  it failed");
    assertThat(lines.subList(1, lines.size()))
        .hasSizeGreaterThan(3)
        .allMatch(l -> l.startsWith("\t"));
    assertThat(String.join("", lines)).contains("LogLinesTest").doesNotContain("\u001b", "\r");
  }
}
