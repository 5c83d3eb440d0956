package org.planloop.jmh;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.QuadraticCost;
import org.planloop.planning.Lqr;

/** One step of the Riccati recursion, 21 states and 4 actions, as the helicopter has them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RiccatiBenchmark {
  private static final int STATES = 21;
  private static final int ACTIONS = 4;
  private static final int HORIZON = 100;

  private final ModelParameters.Linear model = model();
  private final QuadraticCost cost = new Weights(filled(STATES), filled(ACTIONS));

  private record Weights(double[] stateWeights, double[] actionWeights) implements QuadraticCost {}

  private static ModelParameters.Linear model() {
    RandomStream random = new RandomStream(1);
    double[] a = new double[STATES * STATES];
    double[] b = new double[STATES * ACTIONS];
    Arrays.setAll(a, i -> (i % (STATES + 1) == 0 ? 1 : 0) + 0.02 * random.nextGaussian());
    Arrays.setAll(b, i -> 0.1 * random.nextGaussian());
    return new ModelParameters.Linear(STATES, ACTIONS, a, b);
  }

  private static double[] filled(int size) {
    double[] ones = new double[size];
    Arrays.fill(ones, 1);
    return ones;
  }

  @Benchmark
  @OperationsPerInvocation(HORIZON)
  public double[][] step() {
    return Lqr.finiteHorizon(model, cost, 1, HORIZON);
  }
}
