package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.planloop.deploy.report.RunFolder;
import org.planloop.rollout.Dispatcher;
import org.planloop.rollout.WorkerActivity;

/** Answers what is asked about the campaigns of a trainer. Changes nothing. */
final class CampaignAnswers {
  private final Map<String, Hosted> hosted;

  /**
   * @param hosted the campaigns, by their ids; seen as it changes
   */
  CampaignAnswers(Map<String, Hosted> hosted) {
    this.hosted = hosted;
  }

  /** Why nothing can be done with a campaign that is not here. */
  String unknown(String campaign) {
    return "there is no campaign "
        + campaign
        + "; there are "
        + (hosted.isEmpty() ? "none" : String.join(", ", hosted.keySet()));
  }

  /** What a campaign is; empty while it does not fly. */
  Optional<Campaigning.Description> description(String campaign) throws IOException {
    Hosted entry = hosted.get(campaign);
    HostedCampaign.Started flying = entry == null ? null : entry.flying;
    if (entry == null || flying == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Campaigning.Description(
            flying.epoch(),
            entry.record.experiment().name(),
            Files.readString(entry.record.path().resolve(RunFolder.CONFIG)),
            flying.publisher()));
  }

  Campaigning.PageReply page(Campaigning.GetPage asked) {
    Hosted entry = hosted.get(asked.campaign());
    return entry == null
        ? new Campaigning.NoSuchCampaign(asked.campaign(), List.copyOf(hosted.keySet()))
        : entry.record.page(asked.campaign(), asked);
  }

  Campaigning.Piece piece(Campaigning.ReadFile asked) {
    Hosted entry = hosted.get(asked.campaign());
    return entry == null
        ? RunFilePieces.NONE
        : RunFilePieces.read(entry.record.path(), asked.file(), asked.from());
  }

  /**
   * A line about each campaign and each worker.
   *
   * @param seen by the dispatcher; null where it does not answer
   */
  Campaigning.Standings standings(Dispatcher.@Nullable Seen seen) {
    Map<String, Integer> waiting = seen == null ? Map.of() : seen.waiting();
    Map<String, Integer> flying = new TreeMap<>();
    List<Campaigning.WorkerStanding> workers = new ArrayList<>();
    if (seen != null) {
      for (WorkerActivity worker : seen.workers()) {
        worker.task().ifPresent(task -> flying.merge(task.campaign().campaign(), 1, Integer::sum));
        workers.add(standing(worker));
      }
    }
    List<Campaigning.Standing> campaigns = new ArrayList<>();
    hosted.forEach(
        (campaign, entry) ->
            campaigns.add(
                entry.record.standing(
                    campaign,
                    waiting.getOrDefault(campaign, 0),
                    flying.getOrDefault(campaign, 0))));
    return new Campaigning.Standings(campaigns, workers);
  }

  private static Campaigning.WorkerStanding standing(WorkerActivity worker) {
    return new Campaigning.WorkerStanding(
        worker.address(),
        worker.task().map(task -> task.campaign().campaign()).orElse(""),
        worker.task().map(task -> task.job().label()).orElse(""),
        worker.flyingSeconds(),
        worker.stepsPerSecond(),
        worker.jobs(),
        worker.silentSeconds());
  }
}
