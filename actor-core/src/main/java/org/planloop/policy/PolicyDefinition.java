package org.planloop.policy;

import java.util.Map;
import org.planloop.dynamics.ModelParameters;
import org.planloop.planning.PlannerSettings;

/**
 * The kinds of policy that can be broadcast, stored and exported: immutable data, no open resource.
 */
public sealed interface PolicyDefinition {

  /** Uniformly random actions. */
  record RandomActions() implements PolicyDefinition {}

  /**
   * One action for each state of a finite MDP.
   *
   * @param actions shape [states]
   */
  record Tabular(int[] actions) implements PolicyDefinition {}

  /**
   * One discrete action for each node of a regular grid over real dimensions; between nodes the
   * nearest one's.
   *
   * @param low lower corner, shape [S]
   * @param high upper corner, shape [S]
   * @param nodes along each dimension, corners included; shape [S]
   * @param actions indices, the last dimension running fastest
   */
  record Gridded(double[] low, double[] high, int[] nodes, int[] actions)
      implements PolicyDefinition {
    public Gridded {
      long count = 1;
      for (int along : nodes) {
        if (along < 2) {
          throw new IllegalArgumentException(
              "a grid needs 2 nodes along each dimension, has " + along);
        }
        count *= along;
      }
      if (low.length != nodes.length || high.length != nodes.length || actions.length != count) {
        throw new IllegalArgumentException(
            "corners of "
                + low.length
                + " and "
                + high.length
                + " values and "
                + actions.length
                + " actions do not fit "
                + count
                + " nodes in "
                + nodes.length
                + " dimensions");
      }
    }
  }

  /**
   * a = -K s, clipped to the action space.
   *
   * @param gain K, shape [A, S]
   */
  record LinearFeedback(int stateSize, int actionSize, double[] gain) implements PolicyDefinition {
    public LinearFeedback {
      if (gain.length != stateSize * actionSize) {
        throw new IllegalArgumentException(
            "a gain of "
                + gain.length
                + " values does not fit "
                + stateSize
                + " states and "
                + actionSize
                + " actions");
      }
    }
  }

  /**
   * a = -K s, clipped to the action space, with a gain for each step of the episode.
   *
   * @param hold steps at the start of the episode that the first gain is used for before its turn
   * @param gains shape [H, A, S]: step t uses gain t - hold, or the first or last where there is
   *     none
   */
  record TimeVaryingFeedback(int stateSize, int actionSize, int hold, double[] gains)
      implements PolicyDefinition {
    public TimeVaryingFeedback {
      if (hold < 0 || gains.length == 0 || gains.length % (stateSize * actionSize) != 0) {
        throw new IllegalArgumentException(
            "gains of "
                + gains.length
                + " values held for "
                + hold
                + " steps do not fit "
                + stateSize
                + " states and "
                + actionSize
                + " actions");
      }
    }
  }

  /**
   * Plans in a model at every step.
   *
   * @param model what it plans in
   * @param planner how
   * @param discount factor a step
   */
  record Planned(ModelParameters model, PlannerSettings planner, double discount)
      implements PolicyDefinition {}

  /**
   * An expert of the node's class path.
   *
   * @param kind its name
   * @param controlNoise standard deviation of the noise on its actions, in their units
   * @param options its settings
   */
  record Expert(String kind, double controlNoise, Map<String, Object> options)
      implements PolicyDefinition {
    public Expert {
      options = Map.copyOf(options);
    }
  }
}
