package org.planloop.dynamics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.planloop.data.InvalidInputException;
import org.planloop.data.NamedTensor;

/**
 * An ensemble's tensors under their names: "weight" and "bias" with the number of their layer from
 * 0 on, {@code input_mean}, {@code input_std}, {@code output_mean}, {@code output_std} and, where
 * the ensemble is probabilistic, {@code min_log_variance} and {@code max_log_variance}.
 *
 * @param architecture what the tensors mean
 * @param weights by layer, shape [E, in, out]
 * @param biases by layer, shape [E, out]
 * @param inputMean shape [inputs]: a network sees (input - mean) / std
 * @param inputStd shape [inputs], positive
 * @param outputMean shape [targets]: a network predicts (target - mean) / std
 * @param outputStd shape [targets], positive
 * @param minLogVariance shape [E, targets], of normalised targets; empty unless probabilistic
 * @param maxLogVariance shape [E, targets], of normalised targets; empty unless probabilistic
 */
public record EnsembleWeights(
    EnsembleArchitecture architecture,
    float[][] weights,
    float[][] biases,
    float[] inputMean,
    float[] inputStd,
    float[] outputMean,
    float[] outputStd,
    float[] minLogVariance,
    float[] maxLogVariance) {

  /**
   * Looks the tensors up.
   *
   * @throws InvalidInputException if one is missing or has another shape than the architecture says
   */
  public static EnsembleWeights of(ModelParameters.Ensemble model) {
    EnsembleArchitecture a = model.architecture();
    Map<String, NamedTensor> byName = new HashMap<>();
    model.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    for (int l = 0; l < a.layers(); l++) {
      weights[l] = take(byName, "weight" + l, a.members(), a.fanIn(l), a.fanOut(l));
      biases[l] = take(byName, "bias" + l, a.members(), a.fanOut(l));
    }
    return new EnsembleWeights(
        a,
        weights,
        biases,
        take(byName, "input_mean", a.inputs()),
        take(byName, "input_std", a.inputs()),
        take(byName, "output_mean", a.targets()),
        take(byName, "output_std", a.targets()),
        a.probabilistic()
            ? take(byName, "min_log_variance", a.members(), a.targets())
            : new float[0],
        a.probabilistic()
            ? take(byName, "max_log_variance", a.members(), a.targets())
            : new float[0]);
  }

  private static float[] take(Map<String, NamedTensor> byName, String name, long... shape) {
    NamedTensor tensor = byName.get(name);
    if (tensor == null || !Arrays.equals(tensor.shape(), shape)) {
      throw new InvalidInputException(
          "ensemble model: tensor "
              + name
              + " of shape "
              + Arrays.toString(shape)
              + " is needed, found "
              + (tensor == null ? "none" : Arrays.toString(tensor.shape()))
              + "; the model file does not belong to its description");
    }
    return tensor.values();
  }

  /** The tensors as data. */
  public ModelParameters.Ensemble toParameters() {
    EnsembleArchitecture a = architecture;
    List<NamedTensor> tensors = new ArrayList<>();
    for (int l = 0; l < a.layers(); l++) {
      long[] shape = {a.members(), a.fanIn(l), a.fanOut(l)};
      tensors.add(new NamedTensor("weight" + l, shape, weights[l]));
      tensors.add(new NamedTensor("bias" + l, new long[] {a.members(), a.fanOut(l)}, biases[l]));
    }
    tensors.add(vector("input_mean", inputMean));
    tensors.add(vector("input_std", inputStd));
    tensors.add(vector("output_mean", outputMean));
    tensors.add(vector("output_std", outputStd));
    if (a.probabilistic()) {
      long[] shape = {a.members(), a.targets()};
      tensors.add(new NamedTensor("min_log_variance", shape, minLogVariance));
      tensors.add(new NamedTensor("max_log_variance", shape, maxLogVariance));
    }
    return new ModelParameters.Ensemble(a, tensors);
  }

  private static NamedTensor vector(String name, float[] values) {
    return new NamedTensor(name, new long[] {values.length}, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EnsembleWeights that && toParameters().equals(that.toParameters());
  }

  @Override
  public int hashCode() {
    return toParameters().hashCode();
  }

  @Override
  public String toString() {
    return "EnsembleWeights[" + architecture + "]";
  }
}
