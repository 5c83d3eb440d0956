package org.planloop.jmh;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.deploy.config.Parts;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;

/** A policy of 10 MB to the bytes that are broadcast and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SnapshotBenchmark {
  private static final int MEMBERS = 5;
  private static final int WIDTH = 406;

  private final PolicySnapshot snapshot = snapshot();
  private final byte[] bytes = PolicyCodec.toBytes(snapshot);

  private static PolicySnapshot snapshot() {
    Parts parts = Parts.on(SnapshotBenchmark.class.getClassLoader());
    Experiment experiment =
        new ExperimentReader(parts)
            .read(
                "cartpole-swingup",
                new Overrides(List.of(), OptionalLong.empty(), Optional.empty()));
    EnsembleArchitecture shape =
        new EnsembleArchitecture(
            parts.environment(experiment).states(),
            1,
            MEMBERS,
            IntStream.range(0, MEMBERS).boxed().toList(),
            List.of(WIDTH, WIDTH, WIDTH, WIDTH),
            false,
            false,
            false);
    float[][] weights = new float[shape.layers()][];
    float[][] biases = new float[shape.layers()][];
    for (int layer = 0; layer < shape.layers(); layer++) {
      weights[layer] = new float[MEMBERS * shape.fanIn(layer) * shape.fanOut(layer)];
      biases[layer] = new float[MEMBERS * shape.fanOut(layer)];
    }
    EnsembleWeights model =
        new EnsembleWeights(
            shape,
            weights,
            biases,
            new float[shape.inputs()],
            new float[shape.inputs()],
            new float[shape.targets()],
            new float[shape.targets()],
            new float[0],
            new float[0]);
    return new PolicySnapshot(
        1, new PolicyDefinition.Planned(model.toParameters(), experiment.planner(), 1));
  }

  @Benchmark
  public byte[] encode() {
    return PolicyCodec.toBytes(snapshot);
  }

  @Benchmark
  public PolicySnapshot decode() {
    return PolicyCodec.fromBytes("snapshot", bytes);
  }
}
