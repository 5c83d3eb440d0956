package org.planloop.deploy.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.planloop.deploy.cluster.CampaignRecord.Phase;

/**
 * Why a campaign gets no further: who waits for whom, since when, and the likely cause. Pure.
 *
 * @param cause one sentence, with the way out
 * @param waits a line for each who waits
 * @param nodes whose threads are worth a look; empty for the trainer's own
 */
record Hang(String cause, List<String> waits, Set<String> nodes) {
  /** A worker that renews its lease twice a second and has not for this long is cut off. */
  private static final double SILENT_SECONDS = 10;

  Hang {
    waits = List.copyOf(waits);
    nodes = Set.copyOf(nodes);
  }

  static Hang of(Campaigning.Standing campaign, List<Campaigning.WorkerStanding> workers) {
    List<Campaigning.WorkerStanding> flying =
        workers.stream()
            .filter(worker -> worker.campaign().equals(campaign.campaign()))
            .sorted(Comparator.comparingDouble(w -> -w.flyingSeconds()))
            .toList();
    List<String> waits = new ArrayList<>();
    waits.add(
        seconds("the campaign waits since %.0f s", campaign.silentSeconds())
            + ", phase "
            + campaign.phase()
            + (campaign.reason().isEmpty() ? "" : ": " + campaign.reason()));
    if (campaign.waiting() > 0) {
      waits.add(campaign.waiting() + " jobs wait for a worker");
    }
    for (Campaigning.WorkerStanding worker : flying) {
      waits.add(
          "job "
              + worker.job()
              + " waits for "
              + worker.worker()
              + seconds(", given out %.0f s ago", worker.flyingSeconds())
              + seconds(", heard of %.0f s ago", worker.silentSeconds()));
    }
    return new Hang(cause(campaign, workers, flying), waits, nodes(flying));
  }

  private static String cause(
      Campaigning.Standing campaign,
      List<Campaigning.WorkerStanding> workers,
      List<Campaigning.WorkerStanding> flying) {
    if (campaign.phase().equals(Phase.WAITING_FOR_REPLAY.name())) {
      return "a replay shard is missing ("
          + campaign.reason()
          + "): start its node again, with the data folder that it had";
    }
    if (campaign.waiting() > 0 && workers.isEmpty()) {
      return "there is no worker: start a node with --roles worker";
    }
    if (!flying.isEmpty()) {
      Campaigning.WorkerStanding slowest = flying.get(0);
      return slowest.silentSeconds() > SILENT_SECONDS
          ? slowest.worker() + " is cut off or stands still: look at its node"
          : slowest.worker()
              + " is at one job for a long time: its environment or planner hangs, or replay does"
              + " not confirm its rows (is a shard's disk full?); see its threads";
    }
    if (campaign.waiting() > 0) {
      return "all workers fly for other campaigns: add workers";
    }
    return "the trainer's node computes, or waits for replay rows: see its threads";
  }

  private static Set<String> nodes(List<Campaigning.WorkerStanding> flying) {
    Set<String> nodes = new TreeSet<>();
    for (Campaigning.WorkerStanding worker : flying) {
      int name = worker.worker().indexOf('/');
      if (name > 0 && worker.worker().contains("@")) {
        nodes.add(worker.worker().substring(0, name));
      }
    }
    return nodes;
  }

  private static String seconds(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** All of it, for a log. */
  String text() {
    return "likely cause: " + cause + "\n" + String.join("\n", waits) + "\n";
  }
}
