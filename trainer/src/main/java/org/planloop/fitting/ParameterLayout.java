package org.planloop.fitting;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;

/**
 * The parameters of some members of an ensemble as one vector: tensor by tensor (weight and bias of
 * every layer and, where the ensemble is probabilistic, the lower and the upper bound of the log
 * variance), within a tensor member by member.
 */
final class ParameterLayout {
  private final EnsembleArchitecture architecture;
  private final int[] each;

  ParameterLayout(EnsembleArchitecture architecture) {
    this.architecture = architecture;
    this.each =
        IntStream.concat(
                IntStream.range(0, architecture.layers())
                    .flatMap(
                        l ->
                            IntStream.of(
                                architecture.fanIn(l) * architecture.fanOut(l),
                                architecture.fanOut(l))),
                architecture.probabilistic()
                    ? IntStream.of(architecture.targets(), architecture.targets())
                    : IntStream.empty())
            .toArray();
  }

  /** Three dimensions a tensor, as the script takes them. */
  int[] shapes(int members) {
    EnsembleArchitecture a = architecture;
    IntStream layers =
        IntStream.range(0, a.layers())
            .flatMap(l -> IntStream.of(members, a.fanIn(l), a.fanOut(l), members, a.fanOut(l), 1));
    IntStream bounds =
        a.probabilistic()
            ? IntStream.of(members, a.targets(), 1, members, a.targets(), 1)
            : IntStream.empty();
    return IntStream.concat(layers, bounds).toArray();
  }

  /** Values of so many members. */
  int size(int members) {
    return members * Arrays.stream(each).sum();
  }

  /**
   * Copies {@code count} members.
   *
   * @param source of {@code sourceMembers} members, from {@code first} on
   * @param target of {@code targetMembers} members, from {@code at} on
   */
  void copy(
      float[] source,
      int sourceMembers,
      int first,
      float[] target,
      int targetMembers,
      int at,
      int count) {
    int from = 0;
    int to = 0;
    for (int size : each) {
      System.arraycopy(source, from + first * size, target, to + at * size, count * size);
      from += sourceMembers * size;
      to += targetMembers * size;
    }
  }

  /** All members of an ensemble. */
  float[] flatten(EnsembleWeights w) {
    float[] values = new float[size(architecture.members())];
    int at = 0;
    for (int l = 0; l < architecture.layers(); l++) {
      at = append(w.biases()[l], values, append(w.weights()[l], values, at));
    }
    append(w.maxLogVariance(), values, append(w.minLogVariance(), values, at));
    return values;
  }

  private static int append(float[] source, float[] target, int at) {
    System.arraycopy(source, 0, target, at, source.length);
    return at + source.length;
  }

  /**
   * An ensemble from a vector of all its members.
   *
   * @param normalizer whose normaliser it has
   * @param a the same shape, with the elites that it shall have
   */
  EnsembleWeights weights(float[] values, EnsembleWeights normalizer, EnsembleArchitecture a) {
    float[][] weights = new float[a.layers()][];
    float[][] biases = new float[a.layers()][];
    int at = 0;
    for (int l = 0; l < a.layers(); l++) {
      int bias = at + a.members() * each[2 * l];
      weights[l] = Arrays.copyOfRange(values, at, bias);
      at = bias + a.members() * each[2 * l + 1];
      biases[l] = Arrays.copyOfRange(values, bias, at);
    }
    int bounds = a.probabilistic() ? a.members() * a.targets() : 0;
    return new EnsembleWeights(
        a,
        weights,
        biases,
        normalizer.inputMean(),
        normalizer.inputStd(),
        normalizer.outputMean(),
        normalizer.outputStd(),
        Arrays.copyOfRange(values, at, at + bounds),
        Arrays.copyOfRange(values, at + bounds, at + 2 * bounds));
  }
}
