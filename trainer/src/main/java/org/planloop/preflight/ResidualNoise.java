package org.planloop.preflight;

import java.util.Optional;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.replay.ReplayView;

/**
 * A model that predicts no noise, with the noise that it was fitted through: at every step it adds
 * what it missed in a transition drawn from the rows, the sides in their shares. So a candidate
 * meets gusts as strong as the real ones in the model, and no two episodes are alike.
 */
final class ResidualNoise implements DynamicsModel {
  /** Residuals kept: enough to hold rare gusts, few enough to hold in memory. */
  private static final int KEPT = 4096;

  private final DynamicsModel model;
  private final float[] residuals;

  private ResidualNoise(DynamicsModel model, float[] residuals) {
    this.model = model;
    this.residuals = residuals;
  }

  /** Whether a model of this kind says nothing about noise. */
  static boolean lacking(ModelParameters model) {
    return model instanceof ModelParameters.Ensemble ensemble
        ? !ensemble.architecture().probabilistic()
        : !(model instanceof ModelParameters.Tabular || model instanceof ModelParameters.Truth);
  }

  /**
   * Adds noise to a model.
   *
   * @param model its owner from here on
   * @param expertFraction share of the draws that come from the expert's rows
   * @param random draws the rows whose residuals are kept
   * @return empty where a side that the share needs has no rows
   */
  static Optional<DynamicsModel> of(
      DynamicsModel model, ReplayView rows, double expertFraction, RandomStream random) {
    int expert = (int) Math.rint(expertFraction * KEPT);
    if ((expert > 0 && rows.size(Provenance.EXPERT) == 0)
        || (expert < KEPT && rows.size(Provenance.LEARNER) == 0)) {
      return Optional.empty();
    }
    int width = model.stateSize();
    float[] residuals = new float[KEPT * width];
    measure(model, rows, Provenance.EXPERT, expert, random, residuals, 0);
    measure(model, rows, Provenance.LEARNER, KEPT - expert, random, residuals, expert * width);
    return Optional.of(new ResidualNoise(model, residuals));
  }

  private static void measure(
      DynamicsModel model,
      ReplayView rows,
      Provenance side,
      int count,
      RandomStream random,
      float[] residuals,
      int at) {
    if (count == 0) {
      return;
    }
    int[] drawn = new int[count];
    RandomStream[] deal = new RandomStream[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = random.nextInt(rows.size(side));
      deal[i] = new RandomStream(i);
    }
    TransitionBatch batch = rows.gather(side, drawn).join();
    float[] predicted =
        model
            .rollout(
                new RolloutRequest(
                    count,
                    1,
                    1,
                    1,
                    batch.states(),
                    batch.actions(),
                    Propagation.EXPECTATION,
                    false,
                    deal))
            .states();
    for (int i = 0; i < predicted.length; i++) {
      residuals[at + i] = batch.nextStates()[i] - predicted[i];
    }
  }

  @Override
  public int stateSize() {
    return model.stateSize();
  }

  @Override
  public int actionSize() {
    return model.actionSize();
  }

  /**
   * @throws IllegalArgumentException if asked for more than one step: noise would have to enter
   *     between the steps
   */
  @Override
  public Rollouts rollout(RolloutRequest request) {
    if (request.horizon() != 1 || request.plans() != 1 || request.particles() != 1) {
      throw new IllegalArgumentException("flown in single steps: " + request.horizon());
    }
    Rollouts predicted = model.rollout(request);
    float[] states = predicted.states().clone();
    int width = stateSize();
    for (int row = 0; row < request.problems(); row++) {
      int drawn = request.random()[row].nextInt(KEPT) * width;
      for (int i = 0; i < width; i++) {
        states[row * width + i] += residuals[drawn + i];
      }
    }
    return new Rollouts(states, predicted.rewards(), predicted.terminations());
  }

  @Override
  public void close() {
    model.close();
  }
}
