package org.planloop.environments;

import java.util.Arrays;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;
import org.planloop.policy.Policy;

/** Flies whole episodes of a policy and sums their rewards up. */
public final class Episodes {
  private Episodes() {}

  /** The returns of {@code seeds} episodes. */
  public static double[] returns(Environment environment, Policy policy, int seeds) {
    VectorEnvironment copies = environment.open(1);
    StepResult result = new StepResult(1, environment.states().size());
    boolean[] active = {true};
    double[] action = new double[environment.actions().size()];
    double[] returns = new double[seeds];
    for (int seed = 0; seed < seeds; seed++) {
      Policy.Session session = policy.begin(new RandomStream[] {stream(seed, "policy")});
      copies.reset(0, stream(seed, "environment"));
      do {
        session.act(active, copies.states(), action);
        copies.step(active, action, result);
        returns[seed] += result.rewards[0];
      } while (!result.terminated[0] && !result.truncated[0]);
    }
    return returns;
  }

  private static RandomStream stream(int seed, String use) {
    return RandomStream.of(seed, Purpose.EVALUATE, 0, 0, use);
  }

  public static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** The standard deviation of one value. */
  public static double std(double[] values) {
    double mean = mean(values);
    return Math.sqrt(
        Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
  }
}
