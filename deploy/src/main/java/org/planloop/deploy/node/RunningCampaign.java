package org.planloop.deploy.node;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.planloop.campaign.AuditEntry;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;

/** A campaign under way in this process. */
public interface RunningCampaign extends AutoCloseable {
  /** Rows that earlier attempts made final; empty in a new run. */
  List<ProgressRow> earlier();

  /** Decisions about policies that earlier attempts made final; none in a new run. */
  default List<AuditEntry> decided() {
    return List.of();
  }

  /**
   * Completes when the best policy is chosen and stored in {@code best/}; exceptionally with {@link
   * CampaignFailedException} if the campaign cannot go on.
   */
  CompletableFuture<Summary> result();

  /** What the user is told after a signal has ended the watch over it. */
  default String afterSignal(Path run) {
    return "stopped by a signal; go on with: planloop train --resume " + run;
  }

  /** Where its checkpoints are copied to. */
  default Optional<String> copiedTo() {
    return Optional.empty();
  }

  /**
   * To be called last, when nobody writes to the run folder any more: waits until copies have it.
   *
   * @return why they do not have it in time; empty if they do, or there are none
   */
  default String settle(Duration patience) {
    return "";
  }

  /**
   * Stops, whether finished or not, and waits until every file is closed: what is not final is
   * dropped, and resuming goes on after the last final row.
   */
  @Override
  void close();
}
