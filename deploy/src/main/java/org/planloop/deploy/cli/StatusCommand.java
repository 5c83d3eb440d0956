package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.planloop.deploy.cluster.Campaigning;
import org.planloop.deploy.cluster.ClusterClient;
import org.planloop.deploy.cluster.ClusterStatus;
import org.planloop.deploy.cluster.NodeActor;
import org.planloop.deploy.cluster.Shards;
import org.planloop.deploy.report.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code planloop status}: what a cluster does. */
@Command(
    name = "status",
    description =
        "Show a cluster: its nodes, its campaigns and what they wait for, its workers and their"
            + " rates, and what its replay shards hold.")
final class StatusCommand implements Callable<Integer> {
  private final Context context;

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  StatusCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ClusterClient client = new ClusterClient(cluster.access())) {
      ClusterStatus status = client.status();
      nodes(status.members());
      status
          .standings()
          .ifPresentOrElse(
              standings -> {
                campaigns(standings.campaigns());
                workers(standings.workers());
              },
              () -> context.console().say("\nno trainer: campaigns wait until its node is back"));
      shards(status.holdings());
      context.console().answer(status.toJson());
    }
    return Main.DONE;
  }

  private void say(String format, Object... values) {
    context.console().say(String.format(Locale.ROOT, format, values).stripTrailing());
  }

  private void nodes(NodeActor.Members members) {
    say("%-44s %-24s %s", "NODE", "ROLES", "STATE");
    for (NodeActor.MemberStanding member : members.members()) {
      say(
          "%-44s %-24s %s%s",
          ClusterStatus.place(member.address()),
          String.join(",", member.roles()),
          member.status(),
          member.reachable() ? "" : ", out of reach");
    }
  }

  private void campaigns(List<Campaigning.Standing> campaigns) {
    if (!campaigns.isEmpty()) {
      say(
          "\n%-44s %-18s %9s %9s %11s %7s %6s",
          "CAMPAIGN", "PHASE", "ITERATION", "STEPS", "BEST RETURN", "WAITING", "FLYING");
    }
    for (Campaigning.Standing one : campaigns) {
      say(
          "%-44s %-18s %9s %9d %11s %7d %6d",
          one.campaign(),
          one.phase(),
          one.iteration() + "/" + one.iterations(),
          one.envSteps(),
          one.bestReturn().map(best -> String.format(Locale.ROOT, "%.4g", best)).orElse("-"),
          one.waiting(),
          one.flying());
      ObjectNode held = ClusterStatus.policyVersions(one);
      if (!held.isEmpty() && !one.phase().equals("FINISHED")) {
        say("  newest policy there: %s", Json.line(held).replaceAll("[{}\"]", ""));
      }
      if (!one.copied().isEmpty()) {
        say("  object store: %s", one.copied());
      }
      if (!one.reason().isEmpty()) {
        say("  %s, for %.0f s", one.reason(), one.silentSeconds());
      }
    }
  }

  private void workers(List<Campaigning.WorkerStanding> workers) {
    if (!workers.isEmpty()) {
      say("\n%-44s %-32s %8s %10s %7s", "WORKER", "FLIES", "SINCE s", "STEPS/s", "JOBS");
    }
    for (Campaigning.WorkerStanding worker : workers) {
      String quiet =
          worker.silentSeconds() > 5
              ? String.format(Locale.ROOT, "  silent for %.0f s", worker.silentSeconds())
              : "";
      say(
          "%-44s %-32s %8.1f %10.0f %7d%s",
          ClusterStatus.place(worker.worker()),
          worker.job().isEmpty() ? "-" : worker.job(),
          worker.flyingSeconds(),
          worker.stepsPerSecond(),
          worker.jobs(),
          quiet);
    }
  }

  private void shards(List<Shards.Holdings> shards) {
    boolean any = shards.stream().anyMatch(shard -> !shard.campaigns().isEmpty());
    if (any) {
      say("\n%-44s %6s %12s %12s %9s", "REPLAY", "SHARD", "EXPERT ROWS", "LEARNER ROWS", "MB");
    }
    for (Shards.Holdings shard : shards) {
      for (int i = 0; i < shard.campaigns().size(); i++) {
        say(
            "%-44s %6d %12d %12d %9.1f",
            shard.campaigns().get(i),
            shard.shard(),
            shard.expertRows().get(i),
            shard.learnerRows().get(i),
            shard.bytes().get(i) * 1e-6);
      }
    }
  }
}
