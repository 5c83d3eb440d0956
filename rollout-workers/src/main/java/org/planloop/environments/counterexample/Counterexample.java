package org.planloop.environments.counterexample;

import java.util.Map;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.StateSpace;

/**
 * The truth M* of {@link CounterexampleModels} as an environment. The state is the index of a
 * place: start, first, second, treasure, ditch, coin, end; the actions are 0 = go, 1 = cut, 2 =
 * cash. Entering the treasure pays 10, the ditch -10, the coin 1; an episode ends on entering the
 * end.
 */
public final class Counterexample implements EnvironmentFactory {
  @Override
  public String name() {
    return "counterexample";
  }

  @Override
  public String summary() {
    return "seven places where expert data alone, and learner data alone, mislead a planner";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("max-steps", 20);
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.index("place"),
        new ActionSpace.Discrete(CounterexampleModels.ACTIONS),
        options.integer("max-steps", 1, 1_000_000),
        new EnteringPays(),
        new FiniteDynamics(CounterexampleModels.truth(), Place.START));
  }
}
