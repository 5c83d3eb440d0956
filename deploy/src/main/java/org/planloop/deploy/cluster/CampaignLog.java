package org.planloop.deploy.cluster;

import java.time.Duration;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.planloop.campaign.ProgressRow;
import org.slf4j.Logger;
import org.slf4j.spi.LoggingEventBuilder;

/** What the trainer's log says of a campaign; every line carries the campaign's id as a key. */
final class CampaignLog {
  /** Iterations of fractions of a second do not fill the log. */
  private static final Duration LINES_APART = Duration.ofSeconds(1);

  private final String campaign;
  private final Supplier<Logger> log;
  private long lineAt;

  /**
   * @param log of the actor, which is asked for it again for each line
   */
  CampaignLog(String campaign, Supplier<Logger> log) {
    this.campaign = campaign;
    this.log = log;
  }

  private LoggingEventBuilder about(LoggingEventBuilder line) {
    return line.addKeyValue("campaign", campaign);
  }

  /**
   * @param row the first that it is to make
   */
  void flies(long epoch, int row) {
    about(log.get().atInfo())
        .log("campaign {} runs under epoch {}, from row {}", campaign, epoch, row);
  }

  /** A row is final. */
  void row(ProgressRow row) {
    long now = System.nanoTime();
    boolean rare = lineAt == 0 || now - lineAt >= LINES_APART.toNanos();
    if (rare) {
      lineAt = now;
    }
    about(rare ? log.get().atInfo() : log.get().atDebug())
        .addKeyValue("iteration", row.iteration())
        .log(
            "iteration {}: return {}, best {}, {} steps",
            row.iteration(),
            text(row.returnMean()),
            text(row.bestReturnMean()),
            row.envSteps());
  }

  private static String text(OptionalDouble figure) {
    return figure.isPresent() ? String.format(Locale.ROOT, "%.6g", figure.getAsDouble()) : "none";
  }

  void warning(String line) {
    about(log.get().atWarn()).log("campaign {}: {}", campaign, line);
  }

  void triedAgain(String reason) {
    about(log.get().atWarn()).log("campaign {} failed and is tried again: {}", campaign, reason);
  }

  void failed(String reason) {
    about(log.get().atError()).log("campaign {} failed: {}", campaign, reason);
  }

  void finished() {
    about(log.get().atInfo()).log("campaign {} is finished", campaign);
  }

  void cannotGoOn(Exception why) {
    about(log.get().atError()).log("campaign {} cannot go on: {}", campaign, why.getMessage());
  }

  void cannotBeShown(Exception why) {
    about(log.get().atWarn())
        .log("campaign {} is finished, and cannot be shown: {}", campaign, why.getMessage());
  }

  void cannotBeDescribed(Exception why) {
    about(log.get().atError()).log("campaign {}: {}", campaign, why.getMessage());
  }
}
