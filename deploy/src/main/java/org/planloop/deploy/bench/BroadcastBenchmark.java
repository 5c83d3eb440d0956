package org.planloop.deploy.bench;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StateSpace;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;

/**
 * A new policy from the trainer's node to all workers of another, without and with TLS, and to the
 * workers of several nodes.
 */
final class BroadcastBenchmark implements Benchmark {
  private static final int WORKERS = 8;
  private static final int[] NODES = {2, 4, 8};

  /** Five networks of this width in four layers are 10 MB. */
  private static final int WIDTH = 406;

  @Override
  public String name() {
    return "broadcast";
  }

  @Override
  public String title() {
    return "a policy of 10 MB to eight workers of another node, with TLS, and of several nodes";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) {
    Config tls = NodeActors.mutualTls(setting.scratch().resolve("broadcast-certificates"));
    List<Measurement> all = new ArrayList<>();
    all.add(run(setting, "broadcast-10mb-8-workers", 1, WORKERS, NodeActors.LOOPBACK));
    all.add(run(setting, "broadcast-10mb-8-workers-mtls", 1, WORKERS, tls));
    for (int nodes : NODES) {
      all.add(run(setting, "broadcast-10mb-" + nodes + "-nodes", nodes, 1, NodeActors.LOOPBACK));
    }
    return all;
  }

  private static Measurement run(
      BenchSetting setting, String name, int nodes, int workers, Config transport) {
    setting.progress().accept(nodes == 1 ? "a policy to another node" : "to " + nodes + " nodes");
    PolicyDefinition policy = policy();
    double bytes = PolicyCodec.toBytes(new PolicySnapshot(1, policy)).length;
    try (BroadcastNodes cluster = new BroadcastNodes(nodes, workers, transport)) {
      double[] seconds = setting.stopwatch().time(() -> cluster.broadcast(policy));
      return Measurement.milliseconds(
              name,
              seconds,
              new Reference(
                  "loopback socket", 1e3 * nodes * bytes / setting.limits().socketBytes()))
          .counting("policies a node", cluster.received() / (bytes * nodes * cluster.broadcasts()));
    }
  }

  private static PolicyDefinition policy() {
    Experiment experiment = Settings.of("cartpole-swingup");
    Environment environment = Settings.environment(experiment);
    StateSpace states = environment.states();
    ModelParameters.Ensemble model =
        RandomModels.ensemble(states, 1, 5, List.of(WIDTH, WIDTH, WIDTH, WIDTH), true);
    return new PolicyDefinition.Planned(model, experiment.planner(), 1);
  }
}
