package org.planloop.dynamics;

import java.util.List;
import java.util.stream.IntStream;
import org.planloop.data.InvalidInputException;
import org.planloop.environment.StateSpace;
import org.planloop.environment.StateSpace.Kind;

/**
 * The shape of a neural ensemble: members are multi-layer perceptrons with SiLU that predict the
 * normalised change of the state from the normalised state (angles as sine and cosine) and action.
 *
 * <p>Inputs, in order: the real dimensions, the sines of the angles, the cosines of the angles, the
 * action. Outputs of a member, in order: the change of every state dimension in the state's own
 * order (an angle's change lies in (-pi, pi]), the reward where it is learned, as many log
 * variances where the ensemble is probabilistic, the termination logit where it is learned.
 *
 * @param states which dimensions are angles
 * @param actionSize width A
 * @param members E
 * @param elites the members that predict, as indices in ascending order
 * @param hidden widths of the hidden layers
 * @param probabilistic whether a log variance is predicted beside the mean
 * @param learnedReward whether reward is one more output
 * @param learnedTermination whether a termination logit is one more output
 */
public record EnsembleArchitecture(
    StateSpace states,
    int actionSize,
    int members,
    List<Integer> elites,
    List<Integer> hidden,
    boolean probabilistic,
    boolean learnedReward,
    boolean learnedTermination) {
  public EnsembleArchitecture {
    elites = List.copyOf(elites);
    hidden = List.copyOf(hidden);
    if (states.dimensions().stream().anyMatch(d -> d.kind() == Kind.INDEX)) {
      throw new InvalidInputException(
          "dynamics.kind = ensemble: states are an index; use dynamics.kind = tabular");
    }
    if (elites.isEmpty() || elites.get(0) < 0 || elites.get(elites.size() - 1) >= members) {
      throw new IllegalArgumentException("elites " + elites + " of " + members + " members");
    }
  }

  /** The dimensions that are no angle, then the angles: the order of a network's inputs. */
  int[] realsThenAngles() {
    return IntStream.concat(
            IntStream.range(0, states.size()).filter(i -> !angle(i)),
            IntStream.range(0, states.size()).filter(this::angle))
        .toArray();
  }

  /** Whether state dimension {@code dimension} is an angle. */
  public boolean angle(int dimension) {
    return states.dimensions().get(dimension).kind() == Kind.ANGLE;
  }

  /** Number of angles among the state's dimensions. */
  public int angles() {
    return (int) states.dimensions().stream().filter(d -> d.kind() == Kind.ANGLE).count();
  }

  /** Width of a network's input. */
  public int inputs() {
    return states.size() + angles() + actionSize;
  }

  /** Width of what is regressed: the state's change and, where learned, the reward. */
  public int targets() {
    return states.size() + (learnedReward ? 1 : 0);
  }

  /** Width of a network's output. */
  public int outputs() {
    return targets() * (probabilistic ? 2 : 1) + (learnedTermination ? 1 : 0);
  }

  /** Number of weight matrices. */
  public int layers() {
    return hidden.size() + 1;
  }

  /** Width that goes into weight matrix {@code layer}. */
  public int fanIn(int layer) {
    return layer == 0 ? inputs() : hidden.get(layer - 1);
  }

  /** Width that comes out of weight matrix {@code layer}. */
  public int fanOut(int layer) {
    return layer == hidden.size() ? outputs() : hidden.get(layer);
  }

  /** The same shape with other elites. */
  public EnsembleArchitecture withElites(List<Integer> chosen) {
    return new EnsembleArchitecture(
        states,
        actionSize,
        members,
        chosen,
        hidden,
        probabilistic,
        learnedReward,
        learnedTermination);
  }

  /**
   * Writes a network's inputs for one state and action.
   *
   * @param state shape [S] from {@code stateAt} on
   * @param action shape [A] from {@code actionAt} on
   * @param inputs result, {@link #inputs} values from {@code at} on
   */
  public void writeInputs(
      float[] state, int stateAt, float[] action, int actionAt, float[] inputs, int at) {
    int reals = states.size() - angles();
    int real = at;
    int sine = at + reals;
    int cosine = sine + angles();
    for (int i = 0; i < states.size(); i++) {
      float value = state[stateAt + i];
      if (angle(i)) {
        inputs[sine++] = (float) Math.sin(value);
        inputs[cosine++] = (float) Math.cos(value);
      } else {
        inputs[real++] = value;
      }
    }
    System.arraycopy(action, actionAt, inputs, cosine, actionSize);
  }
}
