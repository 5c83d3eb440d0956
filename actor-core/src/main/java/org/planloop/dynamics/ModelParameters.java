package org.planloop.dynamics;

import java.util.List;
import org.planloop.data.NamedTensor;
import org.planloop.data.RandomStream;

/**
 * Everything that makes a model, as immutable data: what a fit returns, a snapshot carries and a
 * checkpoint stores.
 */
public sealed interface ModelParameters {

  /**
   * A finite MDP's transition probabilities.
   *
   * @param states number of states
   * @param actions number of actions
   * @param probabilities shape [states, actions, states]; each row sums to 1
   */
  record Tabular(int states, int actions, double[] probabilities) implements ModelParameters {
    public Tabular {
      if (probabilities.length != (long) states * actions * states) {
        throw new IllegalArgumentException(
            "a tabular model of "
                + states
                + " states and "
                + actions
                + " actions needs "
                + (long) states * actions * states
                + " probabilities, has "
                + probabilities.length);
      }
    }

    /** A deterministic model: {@code next[state][action]} is the state that follows. */
    public static Tabular deterministic(int[][] next) {
      int states = next.length;
      int actions = next[0].length;
      double[] probabilities = new double[states * actions * states];
      for (int s = 0; s < states; s++) {
        for (int a = 0; a < actions; a++) {
          probabilities[(s * actions + a) * states + next[s][a]] = 1;
        }
      }
      return new Tabular(states, actions, probabilities);
    }

    /** P(next | state, action). */
    public double probability(int state, int action, int next) {
      return probabilities[(state * actions + action) * states + next];
    }

    /** A next state, drawn by inverse distribution with one random number. */
    public int draw(int state, int action, RandomStream random) {
      return random.nextIndex(probabilities, (state * actions + action) * states, states);
    }
  }

  /**
   * s' = A s + B a. An affine part is carried by a state dimension that is constantly 1.
   *
   * @param stateMatrix A, shape [S, S]
   * @param actionMatrix B, shape [S, A]
   */
  record Linear(int stateSize, int actionSize, double[] stateMatrix, double[] actionMatrix)
      implements ModelParameters {
    public Linear {
      if (stateMatrix.length != stateSize * stateSize
          || actionMatrix.length != stateSize * actionSize) {
        throw new IllegalArgumentException(
            "a linear model of "
                + stateSize
                + " states and "
                + actionSize
                + " actions has matrices of "
                + stateMatrix.length
                + " and "
                + actionMatrix.length
                + " values");
      }
    }
  }

  /**
   * s_t+1 = A_t s_t + B_t a_t with matrices of each step t, which the state itself holds; after the
   * last step its matrices go on. An affine part is carried by a state dimension that is constantly
   * 1.
   *
   * @param stepIndex the state's dimension that holds t
   * @param stateMatrices A, shape [H, S, S]
   * @param actionMatrices B, shape [H, S, A]
   */
  record TimeVaryingLinear(
      int stateSize, int actionSize, int stepIndex, double[] stateMatrices, double[] actionMatrices)
      implements ModelParameters {
    public TimeVaryingLinear {
      int steps = stateMatrices.length / (stateSize * stateSize);
      if (steps == 0
          || stateMatrices.length != steps * stateSize * stateSize
          || actionMatrices.length != steps * stateSize * actionSize
          || stepIndex < 0
          || stepIndex >= stateSize) {
        throw new IllegalArgumentException(
            "a time-varying linear model of "
                + stateSize
                + " states, the step at "
                + stepIndex
                + ", and "
                + actionSize
                + " actions has matrices of "
                + stateMatrices.length
                + " and "
                + actionMatrices.length
                + " values");
      }
    }

    /** Number of steps H that have matrices of their own. */
    public int steps() {
      return stateMatrices.length / (stateSize * stateSize);
    }

    /** Whose matrices hold at the step that a state states: the nearest there are. */
    public int index(double step) {
      return (int) Math.min(steps() - 1, Math.max(0, Math.rint(step)));
    }
  }

  /**
   * An ensemble of neural networks with its normaliser.
   *
   * @param architecture what the tensors mean
   * @param tensors weights and normaliser by name
   */
  record Ensemble(EnsembleArchitecture architecture, List<NamedTensor> tensors)
      implements ModelParameters {
    public Ensemble {
      tensors = List.copyOf(tensors);
    }
  }

  /**
   * The true dynamics, taken from the environment's simulator: for experts and for measuring
   * planners.
   */
  record Truth() implements ModelParameters {}
}
