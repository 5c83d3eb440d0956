package org.planloop.deploy.report;

import java.util.List;
import org.planloop.environment.Environment;
import org.planloop.protocol.EpisodeResult;

/**
 * An episode step by step.
 *
 * @param environment where it was flown
 * @param states the observed states before each step, shape [steps][S]
 * @param actions as commanded, shape [steps][A]
 * @param result how it went
 */
public record EpisodeTrace(
    Environment environment, List<double[]> states, List<double[]> actions, EpisodeResult result) {
  public EpisodeTrace {
    states = List.copyOf(states);
    actions = List.copyOf(actions);
  }
}
