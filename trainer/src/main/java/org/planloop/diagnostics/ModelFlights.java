package org.planloop.diagnostics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.policy.Policy;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;

/**
 * Flies a policy in a model as workers fly it in the environment: the same objective, discount,
 * terminal reward and counting of crashes, but the next state is the model's. The model is flown as
 * the Markov chain that it states: every step draws an ensemble's member anew (TS1) and its
 * predicted noise, or a table's next state. A learned reward stands in for the objective's; a
 * learned termination is drawn with its probability.
 *
 * <p>The true dynamics are flown on what is observed: hidden parts of the state are fresh at every
 * step.
 */
public final class ModelFlights {
  private final Environment environment;
  private final Objective objective;
  private final double discount;
  private final int stateSize;
  private final int actionSize;

  /**
   * @param environment whose objective scores, and whose step limit a termination is paid for
   * @param discount factor a step in the returns, in (0, 1]
   */
  public ModelFlights(Environment environment, double discount) {
    this.environment = environment;
    this.objective = environment.objective();
    this.discount = discount;
    this.stateSize = environment.states().size();
    this.actionSize = environment.actions().size();
  }

  /**
   * Flies one episode from each start, all of them side by side.
   *
   * @param policy acts on states; where it would start by itself ({@link Policy#starts}) is left
   *     out of account
   * @param model opened for this environment; stays open
   * @param starts observed states, shape [G, S]
   * @param maxSteps steps after which an episode ends, above 0: truncated at the environment's own
   *     limit or beyond, cut before it
   * @param policyNoise shape [G]: each episode's stream for the policy; given away
   * @param modelNoise shape [G]: each episode's stream for the model; given away
   * @return one result for each start, in order. {@link End#CRASHED} and {@link End#TERMINATED} as
   *     for real; {@link End#FAILED} where the model diverges, that is predicts a number that is
   *     not finite, with what was paid up to then
   * @throws IllegalArgumentException if a shape does not fit
   * @throws org.planloop.planning.PlanningException if the policy plans and finds no plan
   */
  public List<EpisodeResult> fly(
      Policy policy,
      DynamicsModel model,
      double[] starts,
      int maxSteps,
      RandomStream[] policyNoise,
      RandomStream[] modelNoise) {
    check("policy streams", policyNoise.length, modelNoise.length);
    check("starts", starts.length, modelNoise.length * stateSize);
    check("the model's state width", model.stateSize(), stateSize);
    check("the model's action width", model.actionSize(), actionSize);
    if (maxSteps < 1) {
      throw new IllegalArgumentException("an episode needs at least one step: " + maxSteps);
    }
    Flight flight = new Flight(model, starts, maxSteps, modelNoise);
    Policy.Session session = policy.begin(policyNoise);
    for (int step = 1; step <= maxSteps && flight.anyActive(); step++) {
      flight.step(session, step);
    }
    return flight.results();
  }

  private static void check(String what, int length, int expected) {
    if (length != expected) {
      throw new IllegalArgumentException(what + ": " + length + ", expected " + expected);
    }
  }

  /** G episodes under way. */
  private final class Flight {
    private final DynamicsModel model;
    private final RandomStream[] noise;
    private final int limit;
    private final double[] states;
    private final double[] actions;
    private final boolean[] active;
    private final double[] returns;
    private final int[] steps;
    private final End[] ends;
    private final String[] failures;
    private final double[] state = new double[stateSize];
    private final double[] action = new double[actionSize];
    private final double[] next = new double[stateSize];
    private double weight = 1;

    Flight(DynamicsModel model, double[] starts, int limit, RandomStream[] noise) {
      int count = noise.length;
      this.model = model;
      this.noise = noise;
      this.limit = limit;
      this.states = starts.clone();
      this.actions = new double[count * actionSize];
      this.active = new boolean[count];
      Arrays.fill(active, true);
      this.returns = new double[count];
      this.steps = new int[count];
      this.ends = new End[count];
      this.failures = new String[count];
      Arrays.fill(failures, "");
    }

    boolean anyActive() {
      for (boolean slot : active) {
        if (slot) {
          return true;
        }
      }
      return false;
    }

    void step(Policy.Session session, int number) {
      session.act(active, states, actions);
      int[] slots = active();
      Rollouts predicted = predict(slots);
      for (int row = 0; row < slots.length; row++) {
        arrive(slots[row], row, predicted, number);
      }
      weight *= discount;
    }

    private int[] active() {
      int[] slots = new int[active.length];
      int count = 0;
      for (int slot = 0; slot < active.length; slot++) {
        if (active[slot]) {
          slots[count++] = slot;
        }
      }
      return Arrays.copyOf(slots, count);
    }

    /** One step of the active episodes, packed into one batch. */
    private Rollouts predict(int[] slots) {
      float[] from = new float[slots.length * stateSize];
      float[] act = new float[slots.length * actionSize];
      RandomStream[] random = new RandomStream[slots.length];
      for (int row = 0; row < slots.length; row++) {
        int slot = slots[row];
        environment.actions().clip(actions, slot * actionSize);
        for (int i = 0; i < stateSize; i++) {
          from[row * stateSize + i] = (float) states[slot * stateSize + i];
        }
        for (int i = 0; i < actionSize; i++) {
          act[row * actionSize + i] = (float) actions[slot * actionSize + i];
        }
        random[row] = noise[slot];
      }
      return model.rollout(
          new RolloutRequest(slots.length, 1, 1, 1, from, act, Propagation.TS1, true, random));
    }

    private void arrive(int slot, int row, Rollouts predicted, int number) {
      System.arraycopy(states, slot * stateSize, state, 0, stateSize);
      System.arraycopy(actions, slot * actionSize, action, 0, actionSize);
      boolean finite = true;
      for (int i = 0; i < stateSize; i++) {
        next[i] = predicted.states()[row * stateSize + i];
        finite &= Double.isFinite(next[i]);
      }
      float[] learned = predicted.rewards();
      double reward =
          learned != null ? learned[row] : finite ? objective.reward(state, action, next) : 0;
      boolean ends = finite && ends(slot, predicted.terminations(), row);
      if (ends && learned == null) {
        reward += objective.terminalReward(Math.max(0, environment.maxSteps() - number));
      }
      if (!finite || !Double.isFinite(reward)) {
        failures[slot] =
            "the model diverges at step "
                + number
                + ": "
                + Arrays.toString(next)
                + ", reward "
                + reward;
        end(slot, End.FAILED);
        return;
      }
      returns[slot] += weight * reward;
      steps[slot] = number;
      System.arraycopy(next, 0, states, slot * stateSize, stateSize);
      if (ends) {
        end(slot, objective.terminationIsCrash() ? End.CRASHED : End.TERMINATED);
      } else if (number == limit) {
        end(slot, limit < environment.maxSteps() ? End.CUT : End.TRUNCATED);
      }
    }

    private boolean ends(int slot, float @Nullable [] learned, int row) {
      return learned == null
          ? objective.terminated(state, action, next)
          : noise[slot].nextDouble() < learned[row];
    }

    private void end(int slot, End reason) {
      active[slot] = false;
      ends[slot] = reason;
    }

    List<EpisodeResult> results() {
      List<EpisodeResult> results = new ArrayList<>();
      for (int slot = 0; slot < active.length; slot++) {
        results.add(
            new EpisodeResult(slot, returns[slot], steps[slot], ends[slot], failures[slot], 0));
      }
      return results;
    }
  }
}
