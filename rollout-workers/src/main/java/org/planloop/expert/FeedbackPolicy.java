package org.planloop.expert;

import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;

/** A policy that is a function of the state alone. */
public final class FeedbackPolicy implements Policy {
  private final Law law;
  private final int stateSize;
  private final ActionSpace space;

  /** What it does. */
  @FunctionalInterface
  public interface Law {
    /**
     * @param state shape [S]; never written to
     * @param action result, shape [A]; clipped to the action space afterwards
     */
    void act(double[] state, double[] action);
  }

  public FeedbackPolicy(Environment environment, Law law) {
    this.law = law;
    this.stateSize = environment.states().size();
    this.space = environment.actions();
  }

  @Override
  public Session begin(RandomStream[] random) {
    double[] state = new double[stateSize];
    double[] action = new double[space.size()];
    return (active, states, actions) -> {
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          System.arraycopy(states, g * stateSize, state, 0, stateSize);
          law.act(state, action);
          space.clip(action, 0);
          System.arraycopy(action, 0, actions, g * action.length, action.length);
        }
      }
    };
  }
}
