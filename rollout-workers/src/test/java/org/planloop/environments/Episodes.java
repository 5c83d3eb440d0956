package org.planloop.environments;

import java.util.Arrays;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;

/** Flies episodes of a feedback law and sums their rewards up. */
public final class Episodes {
  /** A feedback law: writes the action for a state. */
  @FunctionalInterface
  public interface Law {
    void act(double[] state, double[] action);
  }

  /** a = -K s. */
  public static Law linear(double[] gain, int stateSize) {
    return (state, action) -> {
      for (int row = 0; row < action.length; row++) {
        double sum = 0;
        for (int column = 0; column < stateSize; column++) {
          sum += gain[row * stateSize + column] * state[column];
        }
        action[row] = -sum;
      }
    };
  }

  private Episodes() {}

  /** The returns of {@code seeds} whole episodes. */
  public static double[] returns(Environment environment, Law law, int seeds) {
    VectorEnvironment copies = environment.open(1);
    StepResult result = new StepResult(1, environment.states().size());
    boolean[] active = {true};
    double[] action = new double[environment.actions().size()];
    double[] returns = new double[seeds];
    for (int seed = 0; seed < seeds; seed++) {
      copies.reset(0, RandomStream.of(seed, Purpose.EVALUATE, 0, 0, "environment"));
      do {
        law.act(copies.states(), action);
        copies.step(active, action, result);
        returns[seed] += result.rewards[0];
      } while (!result.terminated[0] && !result.truncated[0]);
    }
    return returns;
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
