package org.planloop.expert;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Capability;
import org.planloop.environment.Environment;
import org.planloop.environment.Options;
import org.planloop.environment.QuadraticCost;
import org.planloop.policy.Policy;

/**
 * No controller but an exploration distribution: nu_t of Ross and Bagnell (2012), single
 * transitions that start in a Gaussian about the target, under Gaussian actions. The target is the
 * observed state 0; where it moves, each transition starts at a step of the episode of its own.
 */
public final class TargetExpert implements ExpertFactory {
  @Override
  public String name() {
    return "target";
  }

  @Override
  public String summary() {
    return "single transitions from a Gaussian about the target (helicopter-hover, helicopter-funnel)";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of("state-std", 0.05, "action-std", 0.01);
  }

  @Override
  public Policy create(Environment environment, Options options) {
    if (!(environment.objective() instanceof QuadraticCost)
        || !(environment.actions() instanceof ActionSpace.Box box)
        || !environment.capabilities().contains(Capability.RESET_TO)) {
      throw InvalidInputException.setting(
          "expert.kind",
          name(),
          environment.name()
              + " has no target state, or cannot be reset to a state; 'planloop list' names other"
              + " experts");
    }
    double stateStd = options.number("state-std", 0, 1e6);
    double actionStd = options.number("action-std", 0, 1e6);
    return new NoisyTransitions(
        environment.states().size(),
        environment.states().step().orElse(-1),
        environment.maxSteps(),
        box,
        stateStd,
        actionStd);
  }

  private record NoisyTransitions(
      int stateSize,
      int stepIndex,
      int maxSteps,
      ActionSpace.Box space,
      double stateStd,
      double actionStd)
      implements Policy, Policy.Starts {
    @Override
    public Optional<Starts> starts() {
      return Optional.of(this);
    }

    @Override
    public void sample(RandomStream random, double[] state) {
      for (int i = 0; i < stateSize; i++) {
        state[i] = i == stepIndex ? random.nextInt(maxSteps) : stateStd * random.nextGaussian();
      }
    }

    @Override
    public int steps() {
      return 1;
    }

    @Override
    public Session begin(RandomStream[] random) {
      RandomStream[] own = Arrays.copyOf(random, random.length);
      return (active, states, actions) -> {
        for (int g = 0; g < active.length; g++) {
          if (active[g]) {
            for (int i = 0; i < space.size(); i++) {
              actions[g * space.size() + i] = actionStd * own[g].nextGaussian();
            }
            space.clip(actions, g * space.size());
          }
        }
      };
    }
  }
}
