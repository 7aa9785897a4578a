package org.doveadmsshd.system;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** What a server in this process logs from now on. */
final class ServerLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Logger ALL = (Logger) LoggerFactory.getLogger("org.doveadmsshd");
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  ServerLog() {
    start();
    ALL.addAppender(this);
  }

  @Override
  protected void append(ILoggingEvent event) {
    lines.add(event.getFormattedMessage());
  }

  /** The next line that begins like this, waited for. */
  String next(String beginning) throws InterruptedException {
    String line;
    do {
      line = lines.poll(30, TimeUnit.SECONDS);
      assertThat(line).as("a line that begins with: " + beginning).isNotNull();
    } while (!line.startsWith(beginning));
    return line;
  }

  /** What has come and was not asked for. */
  List<String> rest() {
    List<String> rest = new ArrayList<>();
    lines.drainTo(rest);
    return rest;
  }

  @Override
  public void close() {
    ALL.detachAppender(this);
  }
}
