package org.planloop.rollout;

import static org.planloop.data.InvalidInputException.check;

import java.util.ArrayList;
import java.util.List;
import org.planloop.environment.Environment;
import org.planloop.environment.Limit;

/**
 * The states that a candidate may be in: each limit's norm at most its bound. Looks at observed
 * states alone, so it serves a simulator, a bridge and a robot alike. Immutable.
 */
public final class Envelope {
  private static final String FRACTION = "rollout.envelope.fraction";
  private static final String LIMITS = "rollout.envelope.limits";

  private record Bound(int[] dimensions, double squared) {}

  private final List<Bound> bounds = new ArrayList<>();
  private final int stateSize;

  private Envelope(EnvelopeSettings settings, Environment environment) {
    stateSize = environment.states().size();
    if (settings.fraction() > 0) {
      environment
          .limits()
          .forEach(limit -> add(FRACTION, limit.times(settings.fraction()), environment));
    }
    for (String text : settings.limits()) {
      add(LIMITS, Limit.parse(LIMITS, text), environment);
    }
  }

  /**
   * @throws org.planloop.data.InvalidInputException if a limit names a dimension that is not there,
   *     or nothing is limited at all
   */
  public static Envelope of(EnvelopeSettings settings, Environment environment) {
    Envelope envelope = new Envelope(settings, environment);
    check(
        !envelope.bounds.isEmpty() || !Double.isNaN(settings.disagreement()),
        FRACTION,
        settings.fraction(),
        environment.limits().isEmpty()
            ? "environment "
                + environment.name()
                + " states no limits to take a share of; give "
                + LIMITS
                + ", for example [\""
                + environment.states().dimensions().get(0).name()
                + " < 2\"]"
            : "limits nothing; give a share above 0, or " + LIMITS);
    return envelope;
  }

  private void add(String key, Limit limit, Environment environment) {
    bounds.add(new Bound(limit.indices(key, environment.states()), limit.bound() * limit.bound()));
  }

  /**
   * Whether a state is outside; one that is not a number is.
   *
   * @param states shape [n, S]
   * @param slot row of the state
   */
  public boolean outside(double[] states, int slot) {
    for (Bound bound : bounds) {
      double sum = 0;
      for (int dimension : bound.dimensions()) {
        double value = states[slot * stateSize + dimension];
        sum += value * value;
      }
      if (!(sum <= bound.squared())) {
        return true;
      }
    }
    return false;
  }
}
