package org.planloop.environment;

import java.util.List;
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

  /**
   * How far the system may go before it is in danger, crash limits first: what an envelope of
   * supervised flight is a fraction of. None by default.
   */
  default List<Limit> limits() {
    return List.of();
  }

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
    return simulated(name, states, actions, maxSteps, objective, simulator, List.of());
  }

  /** The same, with {@link #limits}. */
  static Environment simulated(
      String name,
      StateSpace states,
      ActionSpace actions,
      int maxSteps,
      Objective objective,
      Simulator simulator,
      List<Limit> limits) {
    return new SimulatedEnvironment(name, states, actions, maxSteps, objective, simulator, limits);
  }
}
