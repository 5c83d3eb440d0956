package org.planloop.deploy.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.planloop.deploy.report.Json;

/**
 * What a cluster does.
 *
 * @param members its nodes
 * @param standings its campaigns and workers; empty without a trainer
 * @param holdings its replay shards, of nodes that answer
 */
public record ClusterStatus(
    NodeActor.Members members,
    Optional<Campaigning.Standings> standings,
    List<Shards.Holdings> holdings) {
  public ClusterStatus {
    holdings = List.copyOf(holdings);
  }

  /** An address without the scheme and the cluster's name. */
  public static String place(String address) {
    return address.replaceFirst(".*@", "");
  }

  /** The newest policy on each node that flies for the campaign, -1 for none. */
  public static ObjectNode policyVersions(Campaigning.Standing one) {
    ObjectNode held = Json.object();
    for (int i = 0; i < one.nodes().size(); i++) {
      held.put(place(one.nodes().get(i)), one.versions().get(i));
    }
    return held;
  }

  /** What {@code planloop status --json} and a node's {@code /status} show. */
  public ObjectNode toJson() {
    ObjectNode object = Json.object();
    ArrayNode nodes = object.putArray("nodes");
    members.members().forEach(member -> node(nodes.addObject(), member));
    standings.ifPresent(
        known -> {
          ArrayNode campaigns = object.putArray("campaigns");
          known.campaigns().forEach(one -> campaign(campaigns.addObject(), one));
          ArrayNode workers = object.putArray("workers");
          known.workers().forEach(one -> worker(workers.addObject(), one));
        });
    ArrayNode replay = object.putArray("replay");
    holdings.forEach(shard -> shard(replay, shard));
    return object;
  }

  private static void node(ObjectNode node, NodeActor.MemberStanding member) {
    node.put("address", place(member.address()));
    member.roles().forEach(node.putArray("roles")::add);
    node.put("status", member.status());
    node.put("reachable", member.reachable());
  }

  private static void campaign(ObjectNode node, Campaigning.Standing one) {
    node.put("campaign", one.campaign());
    node.put("experiment", one.experiment());
    node.put("phase", one.phase());
    node.put("reason", one.reason());
    node.put("iteration", one.iteration());
    node.put("iterations", one.iterations());
    node.put("env_steps", one.envSteps());
    put(node, "best_return_mean", one.bestReturn());
    put(node, "best_return_ci95", one.bestReturnCi95());
    node.set("policy_versions", policyVersions(one));
    node.put("jobs_waiting", one.waiting());
    node.put("jobs_flying", one.flying());
    Json.put(node, "seconds_without_progress", one.silentSeconds());
    node.put("copied", one.copied());
  }

  private static void put(ObjectNode node, String name, Optional<Double> value) {
    Json.put(node, name, value.map(OptionalDouble::of).orElse(OptionalDouble.empty()));
  }

  private static void worker(ObjectNode node, Campaigning.WorkerStanding worker) {
    node.put("worker", place(worker.worker()));
    node.put("campaign", worker.campaign());
    node.put("job", worker.job());
    Json.put(node, "flying_seconds", worker.flyingSeconds());
    Json.put(node, "steps_per_second", worker.stepsPerSecond());
    node.put("jobs", worker.jobs());
    Json.put(node, "silent_seconds", worker.silentSeconds());
  }

  private static void shard(ArrayNode array, Shards.Holdings shard) {
    for (int i = 0; i < shard.campaigns().size(); i++) {
      ObjectNode node = array.addObject();
      node.put("campaign", shard.campaigns().get(i));
      node.put("shard", shard.shard());
      node.put("expert_rows", shard.expertRows().get(i));
      node.put("learner_rows", shard.learnerRows().get(i));
      node.put("bytes", shard.bytes().get(i));
    }
  }
}
