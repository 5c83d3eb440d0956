package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.deploy.report.EpisodeTrace;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;
import org.planloop.protocol.EpisodeResult;

/** Notes what another policy sees and does in the first of its episodes. */
final class TracedPolicy implements Policy {
  private final Policy policy;
  private final Environment environment;
  private final List<double[]> seen = new ArrayList<>();
  private final List<double[]> done = new ArrayList<>();

  TracedPolicy(Policy policy, Environment environment) {
    this.policy = policy;
    this.environment = environment;
  }

  @Override
  public Session begin(RandomStream[] random) {
    Session session = policy.begin(random);
    return (active, states, actions) -> {
      session.act(active, states, actions);
      if (active[0]) {
        seen.add(Arrays.copyOf(states, environment.states().size()));
        done.add(Arrays.copyOf(actions, environment.actions().size()));
      }
    };
  }

  @Override
  public Optional<Starts> starts() {
    return policy.starts();
  }

  EpisodeTrace trace(EpisodeResult result) {
    return new EpisodeTrace(environment, seen, done, result);
  }
}
