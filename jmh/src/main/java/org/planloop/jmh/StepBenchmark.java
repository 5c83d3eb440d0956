package org.planloop.jmh;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.deploy.config.Parts;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;

/** One step of one pendulum, of sixteen in one call. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StepBenchmark {
  private static final int COPIES = 16;

  private final boolean[] active = new boolean[COPIES];
  private final double[] actions = new double[COPIES];
  private final VectorEnvironment pendulums;
  private final StepResult result;

  /** Opens them. */
  public StepBenchmark() {
    Parts parts = Parts.on(StepBenchmark.class.getClassLoader());
    Environment pendulum =
        parts.environment(
            new ExperimentReader(parts)
                .read(
                    "pendulum", new Overrides(List.of(), OptionalLong.empty(), Optional.empty())));
    pendulums = pendulum.open(COPIES);
    result = new StepResult(COPIES, pendulum.states().size());
    Arrays.fill(active, true);
    RandomStream random = new RandomStream(1);
    for (int slot = 0; slot < COPIES; slot++) {
      pendulums.reset(slot, random.split());
      actions[slot] = random.nextDouble(-2, 2);
    }
  }

  /** Closes them. */
  @TearDown
  public void close() {
    pendulums.close();
  }

  @Benchmark
  @OperationsPerInvocation(COPIES)
  public StepResult step() {
    pendulums.step(active, actions, result);
    return result;
  }
}
