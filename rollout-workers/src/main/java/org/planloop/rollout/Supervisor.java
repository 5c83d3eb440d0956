package org.planloop.rollout;

import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.EnsembleDisagreement;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/**
 * Watches a candidate: it acts until the state leaves the envelope, or until the ensemble that it
 * plans in disagrees about its action; then a rescuer acts, for the rest of the episode or until
 * the state has been inside for a while. The episode goes on as it is: nothing is reset, commands
 * that wait in a delay buffer stay there.
 *
 * <p>Holds what it was given; not safe for use by several threads.
 */
public final class Supervisor implements AutoCloseable {
  private final Environment environment;
  private final EnvelopeSettings settings;
  private final Envelope envelope;
  private final Policy rescuer;
  private final Optional<EnsembleDisagreement> disagreement;

  /**
   * @param candidate whose ensemble is asked where disagreement is limited; a policy without an
   *     ensemble is watched by its states alone
   * @param rescuer takes over; stays the caller's
   * @throws org.planloop.data.InvalidInputException if the settings do not fit the environment
   */
  public Supervisor(
      EnvelopeSettings settings,
      Environment environment,
      PolicyDefinition candidate,
      Policy rescuer) {
    this.environment = environment;
    this.settings = settings;
    this.envelope = Envelope.of(settings, environment);
    this.rescuer = rescuer;
    this.disagreement =
        !Double.isNaN(settings.disagreement())
                && candidate instanceof PolicyDefinition.Planned planned
                && planned.model() instanceof ModelParameters.Ensemble ensemble
            ? Optional.of(
                new EnsembleDisagreement(
                    ensemble, environment, planned.planner().threads(), planned.planner().device()))
            : Optional.empty();
  }

  /** Whether the rescuer's transitions are kept, as expert's data. */
  boolean keepsRescuerSteps() {
    return settings.rescuerSteps() == EnvelopeSettings.RescuerSteps.EXPERT_DATA;
  }

  /**
   * Begins episodes that are acted in together.
   *
   * @param candidate acts inside
   * @param random shape [G]: the rescuer's streams; given away
   */
  Flight begin(Policy.Session candidate, RandomStream[] random) {
    return new Flight(candidate, rescuer.begin(random), random.length);
  }

  @Override
  public void close() {
    disagreement.ifPresent(EnsembleDisagreement::close);
  }

  /** Episodes under way, and who acts in each. */
  final class Flight implements Policy.Session {
    private final Policy.Session candidate;
    private final Policy.Session rescue;
    private final boolean[] rescued;
    private final int[] inside;
    private final boolean[] own;
    private final boolean[] rescuing;

    private Flight(Policy.Session candidate, Policy.Session rescue, int count) {
      this.candidate = candidate;
      this.rescue = rescue;
      this.rescued = new boolean[count];
      this.inside = new int[count];
      this.own = new boolean[count];
      this.rescuing = new boolean[count];
    }

    /** Whether the rescuer acted in the last step of an episode. */
    boolean rescued(int slot) {
      return rescued[slot];
    }

    @Override
    public void act(boolean[] active, double[] states, double[] actions) {
      for (int slot = 0; slot < active.length; slot++) {
        if (active[slot]) {
          watch(slot, states);
        }
        own[slot] = active[slot] && !rescued[slot];
      }
      candidate.act(own, states, actions);
      disagreement.ifPresent(measure -> doubt(measure, states, actions));
      for (int slot = 0; slot < active.length; slot++) {
        rescuing[slot] = active[slot] && rescued[slot];
        if (rescuing[slot] && !own[slot]) {
          candidate.skip(slot);
        } else if (active[slot] && !rescuing[slot]) {
          rescue.skip(slot);
        }
      }
      rescue.act(rescuing, states, actions);
    }

    private void watch(int slot, double[] states) {
      boolean outside = envelope.outside(states, slot);
      inside[slot] = outside ? 0 : inside[slot] + 1;
      if (outside) {
        rescued[slot] = true;
      } else if (rescued[slot]
          && settings.returnAfter() > 0
          && inside[slot] >= settings.returnAfter()) {
        rescued[slot] = false;
      }
    }

    /** Takes the word of those candidates whose ensemble disagrees about what comes next. */
    private void doubt(EnsembleDisagreement measure, double[] states, double[] actions) {
      int stateSize = environment.states().size();
      int actionSize = environment.actions().size();
      int rows = count(own);
      if (rows == 0) {
        return;
      }
      float[] from = new float[rows * stateSize];
      float[] act = new float[rows * actionSize];
      int row = 0;
      for (int slot = 0; slot < own.length; slot++) {
        if (own[slot]) {
          copy(states, slot * stateSize, from, row * stateSize, stateSize);
          copy(actions, slot * actionSize, act, row * actionSize, actionSize);
          row++;
        }
      }
      double[] disagreements = measure.measure(rows, from, act);
      row = 0;
      for (int slot = 0; slot < own.length; slot++) {
        if (own[slot] && !(disagreements[row++] <= settings.disagreement())) {
          rescued[slot] = true;
          inside[slot] = 0;
        }
      }
    }

    private static int count(boolean[] slots) {
      int count = 0;
      for (boolean slot : slots) {
        count += slot ? 1 : 0;
      }
      return count;
    }

    private static void copy(double[] source, int from, float[] target, int to, int count) {
      for (int i = 0; i < count; i++) {
        target[to + i] = (float) source[from + i];
      }
    }
  }

  /** The expert as a rescuer: it does not play with its controls. */
  static PolicyDefinition asRescuer(PolicyDefinition definition) {
    return definition instanceof PolicyDefinition.Expert expert
        ? new PolicyDefinition.Expert(expert.kind(), 0, expert.options())
        : definition;
  }
}
