package org.planloop.deploy.bench;

import java.util.List;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.environment.StateSpace;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;

/** A new policy from the trainer's node to all workers of another. */
final class BroadcastBenchmark implements Benchmark {
  private static final int WORKERS = 8;

  /** Five networks of this width in four layers are 10 MB. */
  private static final int WIDTH = 406;

  @Override
  public String name() {
    return "broadcast";
  }

  @Override
  public String title() {
    return "a policy of 10 MB to eight workers of another node, over loopback";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) {
    setting.progress().accept("a policy to the workers of another node");
    PolicyDefinition policy = policy();
    double bytes = PolicyCodec.toBytes(new PolicySnapshot(1, policy)).length;
    try (TwoNodes nodes = new TwoNodes(WORKERS)) {
      double[] seconds = setting.stopwatch().time(() -> nodes.broadcast(policy));
      return List.of(
          Measurement.milliseconds(
              "broadcast-10mb-8-workers",
              seconds,
              new Reference("loopback socket", 1e3 * bytes / setting.limits().socketBytes())));
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
