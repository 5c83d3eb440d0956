package example;

import java.util.Map;
import org.planloop.data.RandomStream;
import org.planloop.environment.*;
import org.planloop.expert.ExpertFactory;
import org.planloop.expert.FeedbackPolicy;
import org.planloop.policy.Policy;

/** A puck on ice, pushed to the origin. State: position in m, speed in m/s; action: push in N. */
public final class Puck implements EnvironmentFactory {
  public String name() { return "puck"; }

  public String summary() { return "push a puck on ice to the origin"; }

  public Map<String, Object> defaults() { return Map.of("friction", 0.1); }

  public Environment create(Options options) {
    Dynamics dynamics = new Dynamics(options.number("friction", 0, 10));
    return Environment.simulated(
        name(), StateSpace.of("x", "v"), ActionSpace.Box.symmetric(1, 1), 100, new Cost(), dynamics);
  }

  /** A mass of 1 kg, in steps of 0.1 s. */
  record Dynamics(double friction) implements Simulator {
    public int size() { return 2; }

    public void start(double[] s, RandomStream random) {
      s[0] = 2 * random.nextDouble() - 1;
    }

    public void step(double[] s, double[] action, RandomStream random) {
      s[1] += 0.1 * (action[0] - friction * s[1]);
      s[0] += 0.1 * s[1];
    }
  }

  /** Minus the squares of distance, speed and push. */
  record Cost() implements Objective {
    public double reward(double[] s, double[] action, double[] next) {
      return -next[0] * next[0] - 0.1 * next[1] * next[1] - 0.01 * action[0] * action[0];
    }
  }

  /** Pushes back, and brakes. */
  public static final class Expert implements ExpertFactory {
    public String name() { return "puck-pusher"; }

    public String summary() { return "proportional and derivative control (puck)"; }

    public Policy create(Environment environment, Options options) {
      return new FeedbackPolicy(environment, (s, action) -> action[0] = -2 * s[0] - 2 * s[1]);
    }
  }
}
