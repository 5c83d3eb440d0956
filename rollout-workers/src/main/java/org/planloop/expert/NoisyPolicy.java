package org.planloop.expert;

import java.util.Optional;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.policy.Policy;

/**
 * A policy with Gaussian noise on its actions, which are then clipped. Under pure feedback an
 * expert's actions are a function of its states, so no model can tell the two apart; a little noise
 * on the controls does.
 */
final class NoisyPolicy implements Policy {
  private final Policy policy;
  private final double std;
  private final ActionSpace.Box space;

  /**
   * @param std standard deviation in the units of the actions
   */
  NoisyPolicy(Policy policy, double std, ActionSpace.Box space) {
    this.policy = policy;
    this.std = std;
    this.space = space;
  }

  @Override
  public Session begin(RandomStream[] random) {
    RandomStream[] noise = new RandomStream[random.length];
    for (int g = 0; g < random.length; g++) {
      noise[g] = random[g].split();
    }
    Session session = policy.begin(random);
    int size = space.size();
    return new Session() {
      @Override
      public void act(boolean[] active, double[] states, double[] actions) {
        session.act(active, states, actions);
        for (int g = 0; g < active.length; g++) {
          if (active[g]) {
            for (int i = 0; i < size; i++) {
              actions[g * size + i] += std * noise[g].nextGaussian();
            }
            space.clip(actions, g * size);
          }
        }
      }

      @Override
      public void skip(int slot) {
        session.skip(slot);
      }
    };
  }

  @Override
  public Optional<Starts> starts() {
    return policy.starts();
  }

  @Override
  public void close() {
    policy.close();
  }
}
