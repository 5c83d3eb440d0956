package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.planloop.campaign.CampaignObserver;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Summary;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignStarter;
import org.planloop.deploy.node.RunningCampaign;
import org.planloop.deploy.report.Rows;

/** Campaigns that give stored rows and end as they are told to. */
final class ImaginedCampaign implements CampaignStarter, RunningCampaign {
  final CompletableFuture<Summary> result = new CompletableFuture<>();
  private final List<ProgressRow> earlier;
  private final List<ProgressRow> rows;
  private final Runnable afterwards;
  Experiment experiment;
  boolean closed;

  /**
   * @param earlier rows of an earlier attempt
   * @param rows rows of this one, given at once
   * @param afterwards runs when they are given
   */
  ImaginedCampaign(List<ProgressRow> earlier, List<ProgressRow> rows, Runnable afterwards) {
    this.earlier = earlier;
    this.rows = rows;
    this.afterwards = afterwards;
  }

  /** A campaign of {@code n} rows that finishes. */
  static ImaginedCampaign finishing(int n) {
    ImaginedCampaign campaign = new ImaginedCampaign(List.of(), Rows.rows(n), () -> {});
    campaign.result.complete(Rows.summary(n));
    return campaign;
  }

  @Override
  public RunningCampaign start(
      Experiment started, Parts parts, Path folder, CampaignObserver observer) {
    experiment = started;
    observer.flown(0, 0);
    for (ProgressRow row : rows) {
      observer.flown(row.iteration(), row.envSteps());
      observer.row(row);
    }
    observer.warning("the wind is up");
    afterwards.run();
    return this;
  }

  @Override
  public List<ProgressRow> earlier() {
    return earlier;
  }

  @Override
  public CompletableFuture<Summary> result() {
    return result;
  }

  @Override
  public void close() {
    closed = true;
    result.cancel(false);
  }
}
