package org.planloop.deploy.certs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** What the TLS package logs while this is open. */
public final class LogLines implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Logger logger = (Logger) LoggerFactory.getLogger("org.planloop.tls");
  private final Level before = logger.getLevel();
  private final BlockingQueue<String> arriving = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          arriving.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  public LogLines() {
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  /** The first line, said already or to come, with all the words in it. */
  public String await(String... words) throws InterruptedException {
    for (String line : seen) {
      if (hasAll(line, words)) {
        return line;
      }
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      String line = arriving.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("no line with " + List.of(words) + " but " + seen);
      }
      seen.add(line);
      if (hasAll(line, words)) {
        return line;
      }
    }
  }

  /** All lines up to now. */
  public List<String> all() {
    arriving.drainTo(seen);
    return List.copyOf(seen);
  }

  private static boolean hasAll(String line, String... words) {
    for (String word : words) {
      if (!line.contains(word)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(before);
  }
}
