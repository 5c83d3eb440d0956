package robot;

import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.planloop.data.RandomStream;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.EnvironmentFactory;
import org.planloop.environment.Options;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;

/** A robot: every step takes 5 ms of waiting and hardly any computing, so that many of them fit on one machine. */
public final class WaitingRobot implements EnvironmentFactory {
  private static final int STEPS = 100;
  private static final long STEP_NANOS = 5_000_000;

  @Override
  public String name() {
    return "waiting-robot";
  }

  @Override
  public String summary() {
    return "a robot whose steps take 5 ms of waiting";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of();
  }

  @Override
  public Environment create(Options options) {
    return Environment.simulated(
        name(),
        StateSpace.of("position", "speed"),
        ActionSpace.Box.symmetric(1, 1),
        STEPS,
        (state, action, next) -> -next[0] * next[0],
        new Waiting());
  }

  private static final class Waiting implements Simulator {
    @Override
    public int size() {
      return 2;
    }

    @Override
    public void start(double[] full, RandomStream random) {
      full[0] = random.nextDouble();
      full[1] = 0;
    }

    @Override
    public void step(double[] full, double[] action, RandomStream random) {
      long end = System.nanoTime() + STEP_NANOS;
      for (long left = STEP_NANOS; left > 0; left = end - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      full[1] += 0.005 * action[0];
      full[0] += 0.005 * full[1];
    }
  }
}
