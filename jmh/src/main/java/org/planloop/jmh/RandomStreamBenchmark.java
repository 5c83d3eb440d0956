package org.planloop.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.planloop.data.RandomStream;

/** Random numbers, one at a time. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RandomStreamBenchmark {
  private final RandomStream random = new RandomStream(1);

  /** 64 random bits. */
  @Benchmark
  public long nextLong() {
    return random.nextLong();
  }

  /** A number of the standard normal distribution. */
  @Benchmark
  public double nextGaussian() {
    return random.nextGaussian();
  }

  /** A stream of its own. */
  @Benchmark
  public RandomStream split() {
    return random.split();
  }
}
