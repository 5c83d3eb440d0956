package org.planloop.environment;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An environment whose dynamics are a {@link Simulator}. */
record SimulatedEnvironment(
    String name,
    StateSpace states,
    ActionSpace actions,
    int maxSteps,
    Objective objective,
    Simulator truth,
    List<Limit> limits)
    implements Environment {
  SimulatedEnvironment {
    limits = List.copyOf(limits);
    if (maxSteps < 1) {
      throw new IllegalArgumentException("an episode needs at least one step: " + maxSteps);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return EnumSet.allOf(Capability.class);
  }

  @Override
  public Optional<Simulator> simulator() {
    return Optional.of(truth);
  }

  @Override
  public VectorEnvironment open(int count) {
    return new SimulatedVectorEnvironment(this, truth, count);
  }
}
