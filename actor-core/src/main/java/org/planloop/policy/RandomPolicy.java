package org.planloop.policy;

import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;

/** Uniformly random actions. */
record RandomPolicy(ActionSpace space) implements Policy {
  @Override
  public Session begin(RandomStream[] random) {
    RandomStream[] streams = random.clone();
    return (active, states, actions) -> {
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          space.sample(streams[g], actions, g * space.size());
        }
      }
    };
  }
}
