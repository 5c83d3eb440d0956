package org.planloop.deploy.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.ArrayLength;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.planning.PlannerSettings;

/**
 * Settings anywhere in their ranges, limits included: each experiment is refused in one line, or
 * everything that is allocated for it is an array that Java can have and the heap can hold.
 */
class LimitsFuzzTest {
  private static final int EXPERIMENTS = 300;

  private record Range(String key, long low, long high) {
    /** A bound every third time, else equally often of every magnitude. */
    String draw(RandomStream random) {
      double power = random.nextDouble();
      long value =
          switch (random.nextInt(6)) {
            case 0 -> low;
            case 1 -> high;
            default ->
                Math.max(low, Math.min(high, (long) Math.expm1(power * Math.log1p((double) high))));
          };
      return key + "=" + value;
    }
  }

  private static final List<Range> RANGES =
      List.of(
          new Range("planner.population", 2, 1_000_000),
          new Range("planner.horizon", 1, 10_000),
          new Range("planner.particles", 1, 10_000),
          new Range("planner.rounds", 1, 1_000),
          new Range("planner.threads", 1, 256),
          new Range("rollout.environments-per-job", 1, 4_096),
          new Range("rollout.workers", 0, 4_096),
          new Range("trainer.batch-size", 1, 65_536),
          new Range("trainer.steps", 1, 100_000_000),
          new Range("dynamics.members", 1, 100),
          new Range("evaluation.episodes", 2, 1_000_000),
          new Range("evaluation.confirm-episodes", 0, 1_000_000),
          new Range("campaign.iterations", 1, 1_000_000),
          new Range("campaign.steps-per-iteration", 1, Integer.MAX_VALUE),
          new Range("replay.capacity", 0, Long.MAX_VALUE),
          new Range("expert.options.population", 20, 100_000),
          new Range("expert.options.horizon", 1, 1_000));

  private static List<String> settings(RandomStream random) {
    List<String> settings = new ArrayList<>();
    String[] kinds = {"cem", "icem", "mppi", "random-shooting"};
    settings.add("planner.kind=" + kinds[random.nextInt(kinds.length)]);
    String[] propagations = {"expectation", "ts1", "ts-infinity"};
    settings.add("planner.propagation=" + propagations[random.nextInt(propagations.length)]);
    settings.add("planner.elites=" + (1 + random.nextInt(2)));
    settings.add("planner.keep=" + random.nextInt(2));
    settings.add("planner.color-exponent=" + random.nextInt(2));
    settings.add("planner.sampled-noise=" + (random.nextInt(2) == 0));
    settings.add("dynamics.loss=" + (random.nextInt(2) == 0 ? "gaussian-nll" : "squared-error"));
    int[] hidden = new int[1 + random.nextInt(10)];
    Arrays.setAll(hidden, i -> 1 << random.nextInt(13));
    settings.add("dynamics.hidden=" + Arrays.toString(hidden));
    for (Range range : RANGES) {
      if (random.nextInt(3) == 0) {
        settings.add(range.draw(random));
      }
    }
    return settings;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void isRefusedOrFits(long seed) {
    RandomStream random = new RandomStream(seed);
    ExperimentReader reader = new ExperimentReader(Plans.PARTS);
    int fitting = 0;
    int tooLarge = 0;
    for (int i = 0; i < EXPERIMENTS; i++) {
      List<String> settings = settings(random);
      Experiment read;
      try {
        read =
            reader.read(
                "cartpole-swingup",
                new ExperimentReader.Overrides(settings, OptionalLong.empty(), Optional.empty()));
      } catch (InvalidInputException outOfRule) {
        assertThat(outOfRule.getMessage()).matches("[a-z.-]+ = .*: .*");
        continue;
      }
      try {
        MemoryPlans.campaign(read, Plans.PARTS.environment(read), 2, () -> 0)
            .check(Plans.SMALL, 1, 1);
        fitting++;
        assertAllocatable(read, settings);
      } catch (InvalidInputException refused) {
        tooLarge++;
        assertThat(refused.getMessage())
            .as(settings.toString())
            .matches("[a-z.-]+ = [^:]+: the [A-Za-z' ]+ need .* = .*, and .*; lower .*");
      }
    }
    // Neither side of the border is missed.
    assertThat(fitting).isGreaterThan(EXPERIMENTS / 20);
    assertThat(tooLarge).isGreaterThan(EXPERIMENTS / 5);
  }

  /** Every length, in exact arithmetic and apart from the plan, for the cart-pole's 4 + 1. */
  private static void assertAllocatable(Experiment read, List<String> settings) {
    PlannerSettings planner = read.planner();
    long problems = Math.min(read.rollout().environmentsPerJob(), read.evaluation().episodes());
    long plans = Math.multiplyExact(planner.population(0), problems);
    long steps = Math.multiplyExact(plans, planner.horizon());
    long predicted = Math.multiplyExact(Math.multiplyExact(steps, planner.particles()), 4L);
    long members = read.dynamics().members();
    long weights = 0;
    int in = 4 + 1 + 1;
    for (int width : read.dynamics().hidden()) {
      weights = Math.addExact(weights, members * (in + 1L) * width);
      in = width;
    }
    long batch = Math.multiplyExact(read.trainer().batchSize(), members);
    for (long length : new long[] {plans, steps, predicted, weights, batch}) {
      assertThat(length).as(settings.toString()).isBetween(1L, (long) ArrayLength.LONGEST);
      assertThat(4.0 * length).as(settings.toString()).isLessThan(Plans.SMALL.heap());
    }
  }
}
