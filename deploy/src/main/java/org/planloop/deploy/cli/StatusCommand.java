package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.planloop.cluster.Roles;
import org.planloop.deploy.cluster.Campaigns;
import org.planloop.deploy.cluster.ClusterClient;
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
      NodeActor.Members members = client.members();
      ObjectNode object = Json.object();
      nodes(object, members);
      boolean trainer =
          members.members().stream()
              .anyMatch(member -> member.reachable() && member.roles().contains(Roles.TRAINER));
      if (trainer) {
        Campaigns.Standings standings = client.standings();
        campaigns(object, standings.campaigns());
        workers(object, standings.workers());
      } else {
        context.console().say("\nno trainer: campaigns wait until its node is back");
      }
      shards(object, client.holdings(members));
      context.console().answer(object);
    }
    return Main.DONE;
  }

  private void say(String format, Object... values) {
    context.console().say(String.format(Locale.ROOT, format, values).stripTrailing());
  }

  private void nodes(ObjectNode object, NodeActor.Members members) {
    say("%-44s %-24s %s", "NODE", "ROLES", "STATE");
    ArrayNode array = object.putArray("nodes");
    for (NodeActor.MemberStanding member : members.members()) {
      String address = member.address().replaceFirst(".*@", "");
      say(
          "%-44s %-24s %s%s",
          address,
          String.join(",", member.roles()),
          member.status(),
          member.reachable() ? "" : ", out of reach");
      ObjectNode node = array.addObject();
      node.put("address", address);
      member.roles().forEach(node.putArray("roles")::add);
      node.put("status", member.status());
      node.put("reachable", member.reachable());
    }
  }

  private void campaigns(ObjectNode object, List<Campaigns.Standing> campaigns) {
    ArrayNode array = object.putArray("campaigns");
    if (!campaigns.isEmpty()) {
      say(
          "\n%-44s %-18s %9s %9s %11s %7s %6s",
          "CAMPAIGN", "PHASE", "ITERATION", "STEPS", "BEST RETURN", "WAITING", "FLYING");
    }
    for (Campaigns.Standing one : campaigns) {
      say(
          "%-44s %-18s %9s %9d %11s %7d %6d",
          one.campaign(),
          one.phase(),
          one.iteration() + "/" + one.iterations(),
          one.envSteps(),
          one.bestReturn().map(best -> String.format(Locale.ROOT, "%.4g", best)).orElse("-"),
          one.waiting(),
          one.flying());
      ObjectNode held = Json.object();
      for (int i = 0; i < one.nodes().size(); i++) {
        held.put(one.nodes().get(i).replaceFirst(".*@", ""), one.versions().get(i));
      }
      if (!held.isEmpty() && !one.phase().equals("FINISHED")) {
        say("  newest policy there: %s", Json.line(held).replaceAll("[{}\"]", ""));
      }
      if (!one.reason().isEmpty()) {
        say("  %s, for %.0f s", one.reason(), one.silentSeconds());
      }
      ObjectNode node = array.addObject();
      node.put("campaign", one.campaign());
      node.put("experiment", one.experiment());
      node.put("phase", one.phase());
      node.put("reason", one.reason());
      node.put("iteration", one.iteration());
      node.put("iterations", one.iterations());
      node.put("env_steps", one.envSteps());
      Json.put(
          node,
          "best_return_mean",
          one.bestReturn().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
      node.set("policy_versions", held);
      node.put("jobs_waiting", one.waiting());
      node.put("jobs_flying", one.flying());
      Json.put(node, "seconds_without_progress", one.silentSeconds());
    }
  }

  private void workers(ObjectNode object, List<Campaigns.WorkerStanding> workers) {
    ArrayNode array = object.putArray("workers");
    if (!workers.isEmpty()) {
      say("\n%-44s %-32s %8s %10s %7s", "WORKER", "FLIES", "SINCE s", "STEPS/s", "JOBS");
    }
    for (Campaigns.WorkerStanding worker : workers) {
      String quiet =
          worker.silentSeconds() > 5
              ? String.format(Locale.ROOT, "  silent for %.0f s", worker.silentSeconds())
              : "";
      say(
          "%-44s %-32s %8.1f %10.0f %7d%s",
          worker.worker().replaceFirst(".*@", ""),
          worker.job().isEmpty() ? "-" : worker.job(),
          worker.flyingSeconds(),
          worker.stepsPerSecond(),
          worker.jobs(),
          quiet);
      ObjectNode node = array.addObject();
      node.put("worker", worker.worker().replaceFirst(".*@", ""));
      node.put("campaign", worker.campaign());
      node.put("job", worker.job());
      Json.put(node, "flying_seconds", worker.flyingSeconds());
      Json.put(node, "steps_per_second", worker.stepsPerSecond());
      node.put("jobs", worker.jobs());
      Json.put(node, "silent_seconds", worker.silentSeconds());
    }
  }

  private void shards(ObjectNode object, List<Shards.Holdings> shards) {
    ArrayNode array = object.putArray("replay");
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
        ObjectNode node = array.addObject();
        node.put("campaign", shard.campaigns().get(i));
        node.put("shard", shard.shard());
        node.put("expert_rows", shard.expertRows().get(i));
        node.put("learner_rows", shard.learnerRows().get(i));
        node.put("bytes", shard.bytes().get(i));
      }
    }
  }
}
