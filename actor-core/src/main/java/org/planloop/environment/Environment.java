package org.planloop.environment;

import java.util.Optional;
import java.util.Set;

/** A system to be learned: what it is, and as many copies of it as are wanted. Immutable. */
public interface Environment {
  /** The name it is listed under, for example {@code cartpole-swingup}. */
  String name();

  StateSpace states();

  ActionSpace actions();

  /** Steps after which an episode is truncated. */
  int maxSteps();

  Objective objective();

  Set<Capability> capabilities();

  /** The true dynamics, where they can be had: for experts and planners that plan in the truth. */
  Optional<Simulator> simulator();

  /**
   * Copies that step together, each in an episode of its own.
   *
   * @param count number of slots, at least 1
   */
  VectorEnvironment open(int count);

  /** An environment around a simulator: all capabilities, noise from the episode's stream. */
  static Environment simulated(
      String name,
      StateSpace states,
      ActionSpace actions,
      int maxSteps,
      Objective objective,
      Simulator simulator) {
    return new SimulatedEnvironment(name, states, actions, maxSteps, objective, simulator);
  }
}
