package org.planloop.policy;

import org.planloop.data.RandomStream;

/** One action for each state of a finite MDP; the state is its index. */
record TabularPolicy(int[] table) implements Policy {
  @Override
  public Session begin(RandomStream[] random) {
    return (active, states, actions) -> {
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          double state = states[g];
          if (!(state >= 0 && state < table.length) || state != Math.rint(state)) {
            throw new IllegalArgumentException(
                "state "
                    + state
                    + " is no index of a policy for states 0 to "
                    + (table.length - 1)
                    + "; use the policy with the environment it was made for");
          }
          actions[g] = table[(int) state];
        }
      }
    };
  }
}
