package org.planloop.planning;

import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.Objective;

/**
 * Turns predicted states into the score of each candidate plan: its discounted return in the model.
 *
 * <p>What follows a termination counts for nothing, and a termination pays its {@link
 * Objective#terminalReward} for the steps of the horizon that it cuts off (a learned reward already
 * contains it). A learned probability of termination weighs what follows by the chance of getting
 * there. Particles are averaged in double; their standard deviation, which in an ensemble is what
 * its members disagree about, can be held against a plan.
 *
 * <p>A particle that meets a number that is not finite before it terminates scores NaN, and so does
 * a plan with one such particle, whatever the objective makes of it: a diverging model must never
 * look attractive.
 */
final class PlanScorer {
  private final int horizon;
  private final int actionSize;
  private double[] state;
  private double[] next;
  private final double[] action;
  private final double disagreement;
  private double[] returns = new double[0];

  /**
   * @param disagreement standard deviations that a score is lowered by
   */
  PlanScorer(int horizon, int stateSize, int actionSize, double disagreement) {
    this.horizon = horizon;
    this.disagreement = disagreement;
    this.actionSize = actionSize;
    this.state = new double[stateSize];
    this.next = new double[stateSize];
    this.action = new double[actionSize];
  }

  int stateSize() {
    return state.length;
  }

  /**
   * @param scores result, shape [G, P]; NaN for a plan that diverges
   */
  void score(
      Objective objective,
      double discount,
      RolloutRequest request,
      Rollouts rollouts,
      double[] scores) {
    int particles = request.particles();
    if (returns.length < particles) {
      returns = new double[particles];
    }
    for (int g = 0; g < request.problems(); g++) {
      for (int p = 0; p < request.plans(); p++) {
        int plan = g * request.plans() + p;
        double sum = 0;
        for (int k = 0; k < particles; k++) {
          returns[k] =
              particle(objective, discount, request, rollouts, g, plan, plan * particles + k);
          sum += returns[k];
        }
        double score = sum / particles;
        if (disagreement > 0 && Double.isFinite(score)) {
          score -= disagreement * deviation(score, particles);
        }
        scores[plan] = score == Double.POSITIVE_INFINITY ? Double.NaN : score;
      }
    }
  }

  /** The standard deviation of the particles' returns. */
  private double deviation(double mean, int particles) {
    double squares = 0;
    for (int k = 0; k < particles; k++) {
      squares += (returns[k] - mean) * (returns[k] - mean);
    }
    return Math.sqrt(squares / particles);
  }

  private double particle(
      Objective objective,
      double discount,
      RolloutRequest request,
      Rollouts rollouts,
      int problem,
      int plan,
      int particle) {
    float[] starts = request.starts();
    float[] actions = request.actions();
    float[] states = rollouts.states();
    float[] rewards = rollouts.rewards();
    float[] terminations = rollouts.terminations();
    int stateSize = state.length;
    for (int i = 0; i < stateSize; i++) {
      state[i] = starts[problem * stateSize + i];
    }
    int actionAt = plan * horizon * actionSize;
    int stateAt = particle * horizon * stateSize;
    int stepAt = particle * horizon;
    double total = 0;
    double weight = 1;
    for (int t = 0; t < horizon; t++) {
      double finite = 0;
      for (int i = 0; i < stateSize; i++) {
        double value = states[stateAt++];
        next[i] = value;
        finite += value * 0;
      }
      if (finite != 0) {
        return Double.NaN;
      }
      for (int i = 0; i < actionSize; i++) {
        action[i] = actions[actionAt++];
      }
      total +=
          weight * (rewards == null ? objective.reward(state, action, next) : rewards[stepAt + t]);
      double ends = 0;
      if (terminations != null) {
        ends = terminations[stepAt + t];
      } else if (objective.terminated(state, action, next)) {
        ends = 1;
      }
      if (ends != 0) {
        if (rewards == null) {
          total += weight * ends * objective.terminalReward(horizon - 1 - t);
        }
        if (ends == 1) {
          return total;
        }
        weight *= 1 - ends;
      }
      weight *= discount;
      double[] swap = state;
      state = next;
      next = swap;
    }
    return total;
  }
}
