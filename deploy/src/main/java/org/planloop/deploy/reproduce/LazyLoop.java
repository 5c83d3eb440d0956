package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.planloop.data.RandomStream;
import org.planloop.diagnostics.FiniteProcess;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Objective;
import org.planloop.planning.ValueIteration;

/**
 * The loop on a random finite MDP, small enough to be judged exactly: half of the model's weight on
 * the expert's transitions, half on the learner's, and a planner that solves the model or improves
 * the last policy along the expert's states.
 */
final class LazyLoop {
  private static final int STATES = 60;
  private static final int ACTIONS = 4;
  private static final int SUCCESSORS = 3;
  private static final double DISCOUNT = 0.95;

  /** Chance that the expert takes any action instead of the best. */
  private static final double SLIP = 0.2;

  private static final int EXPERT_EPISODES = 10;
  private static final int LEARNER_EPISODES = 4;
  private static final int STEPS = 40;

  private final ModelParameters.Tabular truth;
  private final double[] rewards = new double[STATES * ACTIONS];
  private final Objective objective;
  private final FiniteProcess real;
  private final double[] expert;
  private final int[] visited;
  private final double[] expertCounts = new double[STATES * ACTIONS * STATES];
  private final double expertReturn;

  /**
   * What an iteration gave.
   *
   * @param value expected real return of its policy
   * @param backups what planning it asked of the model
   */
  record Step(double value, long backups) {}

  /**
   * @param random draws the world and the expert's flights
   */
  LazyLoop(RandomStream random) {
    double[] probabilities = new double[STATES * ACTIONS * STATES];
    for (int pair = 0; pair < STATES * ACTIONS; pair++) {
      double sum = 0;
      double[] drawn = new double[SUCCESSORS];
      for (int i = 0; i < SUCCESSORS; i++) {
        drawn[i] = -Math.log(1 - random.nextDouble());
        sum += drawn[i];
      }
      for (int i = 0; i < SUCCESSORS; i++) {
        probabilities[pair * STATES + random.nextInt(STATES)] += drawn[i] / sum;
      }
      rewards[pair] = Math.pow(random.nextDouble(), 4);
    }
    truth = new ModelParameters.Tabular(STATES, ACTIONS, probabilities);
    objective = (state, action, next) -> rewards[((int) state[0]) * ACTIONS + (int) action[0]];
    real = FiniteProcess.of(truth, objective, DISCOUNT);
    expert = slipping(ValueIteration.solve(truth, objective, DISCOUNT).actions());
    expertReturn = real.values(expert)[0];
    for (int episode = 0; episode < EXPERT_EPISODES; episode++) {
      fly(expert, random, expertCounts);
    }
    visited = IntStream.range(0, STATES).filter(state -> seen(expertCounts, state)).toArray();
  }

  /** Expected return of the expert. */
  double expertReturn() {
    return expertReturn;
  }

  /** States that the expert's flights saw. */
  int visited() {
    return visited.length;
  }

  /**
   * Runs the loop. The first policy is solved for in a model of the expert's data alone.
   *
   * @param random draws the learner's flights
   */
  List<Step> run(boolean lazy, int iterations, RandomStream random) {
    List<Step> steps = new ArrayList<>();
    double[] learnerCounts = new double[expertCounts.length];
    ValueIteration.Solution plan =
        ValueIteration.solve(model(1, learnerCounts), objective, DISCOUNT);
    for (int i = 1; i <= iterations; i++) {
      double[] policy = certain(plan.actions());
      steps.add(new Step(real.values(policy)[0], plan.backups()));
      for (int episode = 0; episode < LEARNER_EPISODES; episode++) {
        fly(policy, random, learnerCounts);
      }
      ModelParameters.Tabular model = model(0.5, learnerCounts);
      plan =
          lazy
              ? ValueIteration.improve(model, objective, DISCOUNT, plan.actions(), visited)
              : ValueIteration.solve(model, objective, DISCOUNT);
    }
    return steps;
  }

  /** Counts, weighted by side; an action that nobody tried is believed to stay put. */
  private ModelParameters.Tabular model(double expertShare, double[] learnerCounts) {
    double ofExpert = expertShare / Arrays.stream(expertCounts).sum();
    double learned = Arrays.stream(learnerCounts).sum();
    double ofLearner = learned == 0 ? 0 : (1 - expertShare) / learned;
    double[] probabilities = new double[expertCounts.length];
    for (int pair = 0; pair < STATES * ACTIONS; pair++) {
      double sum = 0;
      for (int next = 0; next < STATES; next++) {
        int at = pair * STATES + next;
        probabilities[at] = ofExpert * expertCounts[at] + ofLearner * learnerCounts[at];
        sum += probabilities[at];
      }
      if (sum == 0) {
        probabilities[pair * STATES + pair / ACTIONS] = 1;
        continue;
      }
      for (int next = 0; next < STATES; next++) {
        probabilities[pair * STATES + next] /= sum;
      }
    }
    return new ModelParameters.Tabular(STATES, ACTIONS, probabilities);
  }

  private void fly(double[] policy, RandomStream random, double[] counts) {
    int state = 0;
    for (int step = 0; step < STEPS; step++) {
      int pair = state * ACTIONS + random.nextIndex(policy, state * ACTIONS, ACTIONS);
      int next = random.nextIndex(truth.probabilities(), pair * STATES, STATES);
      counts[pair * STATES + next]++;
      state = next;
    }
  }

  private static boolean seen(double[] counts, int state) {
    int width = ACTIONS * STATES;
    return Arrays.stream(counts, state * width, (state + 1) * width).sum() > 0;
  }

  private static double[] certain(int[] actions) {
    double[] policy = new double[STATES * ACTIONS];
    for (int state = 0; state < STATES; state++) {
      policy[state * ACTIONS + actions[state]] = 1;
    }
    return policy;
  }

  private static double[] slipping(int[] actions) {
    double[] policy = certain(actions);
    for (int i = 0; i < policy.length; i++) {
      policy[i] = (1 - SLIP) * policy[i] + SLIP / ACTIONS;
    }
    return policy;
  }
}
