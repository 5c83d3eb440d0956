package org.planloop.dynamics;

import java.util.Arrays;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.Simulator;

/**
 * Rollouts in an environment's own simulator, in double: what experts plan in, and the yardstick
 * for planners in learned models. A start is an observed state, made whole by {@link
 * Simulator#embed}.
 *
 * <p>With sampled noise, particle k meets the same noise in every plan of a problem (common random
 * numbers, from a split of the problem's stream), so plans differ by their actions alone. Without,
 * every draw gives its mean, {@link RandomStream#silent}.
 */
public final class TrueDynamicsModel implements DynamicsModel {
  private final Simulator simulator;
  private final int stateSize;
  private final int actionSize;

  /**
   * @param environment has a simulator
   */
  public TrueDynamicsModel(Environment environment) {
    this.simulator =
        environment
            .simulator()
            .orElseThrow(
                () ->
                    new UnsupportedOperationException(
                        environment.name()
                            + " has no simulator, so nobody can plan in its true dynamics"));
    this.stateSize = environment.states().size();
    this.actionSize = environment.actions().size();
  }

  @Override
  public int stateSize() {
    return stateSize;
  }

  @Override
  public int actionSize() {
    return actionSize;
  }

  @Override
  public Rollouts rollout(RolloutRequest request) {
    int particles = request.particles();
    int floats = request.horizon() * stateSize;
    float[] states = new float[request.problems() * request.plans() * particles * floats];
    double[] start = new double[stateSize];
    Flight flight = new Flight();
    for (int g = 0; g < request.problems(); g++) {
      for (int i = 0; i < stateSize; i++) {
        start[i] = request.starts()[g * stateSize + i];
      }
      RandomStream base = request.sampledNoise() ? request.random()[g].split() : null;
      for (int k = 0; k < particles; k++) {
        RandomStream ofParticle = base == null ? RandomStream.silent() : base.split();
        for (int p = 0; p < request.plans(); p++) {
          int plan = g * request.plans() + p;
          flight.fly(request, start, ofParticle, plan, states, (plan * particles + k) * floats);
        }
      }
    }
    return new Rollouts(states, null, null);
  }

  @Override
  public void close() {}

  /** Scratch space of one plan's flight. */
  private final class Flight {
    private final double[] full = new double[simulator.size()];
    private final double[] observed = new double[stateSize];
    private final double[] action = new double[actionSize];
    private final RandomStream random = RandomStream.silent();

    void fly(
        RolloutRequest request,
        double[] start,
        RandomStream noise,
        int plan,
        float[] states,
        int at) {
      Arrays.fill(full, 0);
      simulator.embed(start, full);
      random.copyFrom(noise);
      for (int t = 0; t < request.horizon(); t++) {
        for (int i = 0; i < actionSize; i++) {
          action[i] = request.actions()[(plan * request.horizon() + t) * actionSize + i];
        }
        simulator.step(full, action, random);
        simulator.observe(full, observed);
        for (int i = 0; i < stateSize; i++) {
          states[at + t * stateSize + i] = (float) observed[i];
        }
      }
    }
  }
}
