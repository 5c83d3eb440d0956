package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class LogFormatTest {
  @TempDir private Path folder;

  private CommandLineRun run(String format, String... args) {
    return CommandLineRun.of(
        folder,
        ImaginedCampaign.finishing(1),
        new Signals(code -> {}, System::nanoTime),
        Map.of(LogFormat.VARIABLE, format),
        args);
  }

  @Test
  void aFormatThatThereIsNotIsRefused() {
    for (String format : new String[] {"xml", "JSON", ""}) {
      CommandLineRun refused = run(format, "list");
      assertThat(refused.code()).isEqualTo(Main.USAGE);
      assertThat(refused.err()).contains("PLANLOOP_LOG_FORMAT", "text or json");
    }
    assertThat(run("text", "list").code()).isZero();
  }

  /** Whoever collects lines gets the reason why a node does not start as one, too. */
  @Test
  void aNodeThatLogsJsonWritesNothingBesideItsLog() {
    Logger logger = (Logger) LoggerFactory.getLogger(Console.class);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    try {
      CommandLineRun refused = run("json", "node");
      assertThat(refused.code()).isEqualTo(Main.USAGE);
      assertThat(refused.out() + refused.err()).isEmpty();
      assertThat(logged.list)
          .singleElement()
          .satisfies(
              event -> {
                assertThat(event.getLevel()).isEqualTo(Level.ERROR);
                assertThat(event.getFormattedMessage()).startsWith("--roles: ");
              });
      assertThat(run("text", "node").err()).startsWith("planloop: --roles: ");
      assertThat(logged.list).hasSize(1);
    } finally {
      logger.detachAppender(logged);
    }
  }

  @Test
  void theProgramsLoggingReadsTheSameVariable() throws IOException {
    try (var file =
        Objects.requireNonNull(LogFormatTest.class.getResourceAsStream("/logback.xml"))) {
      assertThat(new String(file.readAllBytes(), StandardCharsets.UTF_8))
          .contains("<appender-ref ref=\"${" + LogFormat.VARIABLE + ":-text}\" />");
    }
  }
}
