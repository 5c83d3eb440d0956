package org.planloop.deploy.cluster;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.JoranException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * What this process logs while this is open, as the program's own logback.xml writes it as JSON.
 */
final class JsonLines implements AutoCloseable {
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("org.planloop");
  private final Level before = ours.getLevel();
  private final Logger theirs = (Logger) LoggerFactory.getLogger("org.apache.pekko.cluster");
  private final LoggerContext program = new LoggerContext();
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final AppenderBase<ILoggingEvent> appender;

  JsonLines() {
    Encoder<ILoggingEvent> encoder = encoder();
    appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(new String(encoder.encode(event), StandardCharsets.UTF_8));
          }
        };
    appender.setContext(root.getLoggerContext());
    appender.start();
    root.addAppender(appender);
    ours.setLevel(Level.DEBUG);
    theirs.setLevel(Level.INFO);
  }

  private Encoder<ILoggingEvent> encoder() {
    program.putProperty("PLANLOOP_LOG_FORMAT", "json");
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(program);
    URL file = JsonLines.class.getResource("/logback.xml");
    try {
      configurator.doConfigure(Objects.requireNonNull(file));
    } catch (JoranException e) {
      throw new IllegalStateException(e);
    }
    var appender =
        (ConsoleAppender<ILoggingEvent>)
            program.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("json");
    return appender.getEncoder();
  }

  /** Each with its end. */
  List<String> all() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    root.detachAppender(appender);
    ours.setLevel(before);
    theirs.setLevel(null);
    program.stop();
  }
}
