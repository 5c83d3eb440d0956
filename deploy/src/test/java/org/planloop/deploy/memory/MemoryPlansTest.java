package org.planloop.deploy.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.planloop.deploy.memory.Plans.bytes;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.policy.PolicyDefinition;

/**
 * Sums that can be added up on paper; the pendulum has two dimensions, one an angle, and one
 * action.
 */
class MemoryPlansTest {
  private static int unasked() {
    throw new AssertionError("PyTorch is loaded for nothing");
  }

  @Test
  void aSearchHoldsCandidatesOfEveryRoundAndPredictionsOfOne() {
    MemoryPlan plan =
        Plans.of(
            MemoryPlansTest::unasked,
            "pendulum",
            "planner.kind=cem",
            "planner.population=100",
            "planner.rounds=3",
            "planner.horizon=30",
            "planner.particles=7",
            "planner.propagation=ts-infinity",
            "rollout.environments-per-job=5",
            "rollout.workers=3",
            "evaluation.episodes=50");

    assertThat(bytes(plan, "candidate plans", Place.HEAP)).isEqualTo(100 * 3 * 5 * 30 * 4 * 3);
    assertThat(bytes(plan, "predictions", Place.HEAP)).isEqualTo(100 * 5 * 30 * 7 * 2 * 4 * 3);
    assertThat(bytes(plan, "scores", Place.HEAP)).isEqualTo(100 * 5 * 8 * 3);
    assertThat(bytes(plan, "searches", Place.HEAP)).isEqualTo(5 * 30 * 24 * 3);
    assertThat(Plans.part(plan, "predictions", Place.HEAP).size().text())
        .isEqualTo(
            "planner.population 100 x rollout.environments-per-job 5 x planner.horizon 30 x"
                + " planner.particles 7 x 2 predicted values x 3 callers at a time x 4 bytes");
  }

  @Test
  void thePopulationOfIcemShrinks() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "planner.kind=icem",
            "planner.population=100",
            "planner.elites=10",
            "planner.keep=4",
            "planner.decay=2",
            "planner.rounds=4",
            "planner.horizon=30",
            "rollout.workers=1");

    // 100, 50, 25 and 20, which is twice the elites.
    assertThat(bytes(plan, "candidate plans", Place.HEAP)).isEqualTo(195 * 30 * 4);
    assertThat(bytes(plan, "kept plans", Place.HEAP)).isEqualTo(4 * 30 * 2 * 4);
  }

  @Test
  void aCallIsCutToItsBounds() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "planner.kind=cem",
            "planner.population=100000",
            "planner.horizon=10",
            "dynamics.members=4",
            "dynamics.hidden=[64, 128, 32]",
            "rollout.workers=1");

    // 512 Ki floats of a layer for 4 members with 128 neurons: 1024 rows a call. A row's inputs are
    // two dimensions, sine and cosine, the action and a one.
    assertThat(bytes(plan, "activations", Place.NATIVE))
        .isEqualTo(1024 * 4 * (64 + 128 + 32 + 2) * 4);
    assertThat(bytes(plan, "inputs of calls", Place.HEAP)).isEqualTo(1024 * 10 * 6 * 4);
    assertThat(bytes(plan, "inputs and results", Place.NATIVE)).isEqualTo(1024 * 10 * 6 * 4);
  }

  @Test
  void everySizeOfACallKeepsItsMemory() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "planner.kind=icem",
            "planner.population=100",
            "planner.elites=10",
            "planner.decay=2",
            "planner.rounds=4",
            "dynamics.members=4",
            "dynamics.hidden=[8]",
            "rollout.workers=1");

    assertThat(bytes(plan, "activations", Place.NATIVE)).isEqualTo(195 * 4 * (8 + 2) * 4);
  }

  @Test
  void aSmallSearchIsSharedByItsThreads() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "planner.kind=cem",
            "planner.population=100",
            "planner.horizon=10",
            "planner.threads=2",
            "dynamics.members=4",
            "dynamics.hidden=[64]",
            "rollout.workers=1");

    assertThat(bytes(plan, "activations", Place.NATIVE)).isEqualTo(50 * 4 * (64 + 2) * 4 * 2);
  }

  @Test
  void aFitHoldsParametersBlocksAndActivations() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "dynamics.members=3",
            "dynamics.hidden=[10, 20]",
            "trainer.batch-size=64",
            "trainer.steps=7",
            "campaign.iterations=2",
            "rollout.workers=1");

    // Inputs: one real number, sine and cosine, one action. Outputs: two.
    int weights = 3 * ((4 + 1) * 10 + (10 + 1) * 20 + (20 + 1) * 2);
    assertThat(bytes(plan, "parameters of the fit", Place.NATIVE)).isEqualTo(weights * 5 * 4);
    assertThat(bytes(plan, "parameters in Java", Place.HEAP)).isEqualTo(weights * 5 * 4);
    assertThat(bytes(plan, "policy snapshots", Place.HEAP)).isEqualTo(weights * 2 * 2 * 4);
    assertThat(bytes(plan, "weights of the planners' models", Place.NATIVE)).isEqualTo(weights * 4);
    assertThat(bytes(plan, "indices of a block", Place.NATIVE)).isEqualTo(64 * 3 * 7 * 4);
    assertThat(bytes(plan, "indices of blocks", Place.HEAP)).isEqualTo(64 * 3 * 7 * 4 * 3);
    assertThat(bytes(plan, "activations of a step", Place.NATIVE))
        .isEqualTo(64 * 3 * (3 * 30 + 2 * 2 + 6) * 4);
  }

  @Test
  void aFitInHalfPrecisionCountsAsInWhicheverNeedsMore() {
    assertThat(activations("dynamics.hidden=[10, 20]")).isEqualTo(64 * 3 * (30 * 3 + 10) * 4);
    assertThat(activations("dynamics.hidden=[10]"))
        .isEqualTo(64 * 3 * (10 * 3 * 2 + (10 + 10) * 4 + 10 * 4));
  }

  private static double activations(String hidden) {
    return bytes(
        Plans.of(
            "pendulum",
            "dynamics.members=3",
            hidden,
            "trainer.batch-size=64",
            "trainer.precision=bf16"),
        "activations of a step",
        Place.NATIVE);
  }

  @Test
  void membersThatShareTheirBatchesNeedOneIndex() {
    String[] settings = {"dynamics.members=3", "trainer.batch-size=64", "trainer.steps=7"};
    String[] shared = {settings[0], settings[1], settings[2], "trainer.draw=shared"};

    assertThat(bytes(Plans.of("pendulum", settings), "indices of a block", Place.NATIVE))
        .isEqualTo(3 * bytes(Plans.of("pendulum", shared), "indices of a block", Place.NATIVE));
  }

  @Test
  void aBlockOfLargeBatchesHasFewerSteps() {
    MemoryPlan plan =
        Plans.of("pendulum", "dynamics.members=5", "trainer.batch-size=10000", "trainer.steps=500");

    // 4 Mi floats in rows of 6: 13 steps of 50,000 rows.
    assertThat(bytes(plan, "indices of a block", Place.NATIVE)).isEqualTo(50_000 * 13 * 4);
  }

  @Test
  void rowsAreLoadedOnceIfTheyAreFewAndBlockByBlockIfTheyAreMany() {
    String[] few = {
      "campaign.iterations=10", "campaign.steps-per-iteration=400", "dynamics.members=5"
    };
    String[] many = {
      "campaign.iterations=1000", "campaign.steps-per-iteration=40000", few[2], "trainer.steps=9000"
    };
    MemoryPlan resident = Plans.of("pendulum", few);
    MemoryPlan inBlocks = Plans.of("pendulum", many);

    assertThat(bytes(resident, "rows of the fit", Place.NATIVE)).isEqualTo(4000 * 6 * 4);
    assertThat(resident.rows()).noneMatch(row -> row.what().equals("transitions of two blocks"));
    // 100 steps of 64 rows for each of 5 members; transitions have 8 words and a byte.
    assertThat(bytes(inBlocks, "rows of the fit", Place.NATIVE)).isEqualTo(100 * 64 * 5 * 6 * 4);
    assertThat(bytes(inBlocks, "transitions of two blocks", Place.HEAP))
        .isEqualTo(100 * 64 * 5 * (2 * (8 * 4 + 1) + 6 * 4));
  }

  @Test
  void transitionsLieOnDiskAndTheirIndexInTheHeap() {
    MemoryPlan plan =
        Plans.of("pendulum", "campaign.iterations=10", "campaign.steps-per-iteration=400");

    // Rows of 9 words; a job of one episode has 200 rows and one chunk.
    assertThat(bytes(plan, "learner's transitions", Place.DISK))
        .isCloseTo(4000 * 36 + 20 * 48, within(1e-6));
    assertThat(bytes(plan, "index of the learner's transitions", Place.HEAP))
        .isCloseTo(4000 * 8 + 20 * (100 + 250), within(1e-6));
  }

  @Test
  void theCapacityCutsWhatLies() {
    MemoryPlan plan =
        Plans.of(
            "pendulum",
            "campaign.iterations=10",
            "campaign.steps-per-iteration=400",
            "replay.capacity=1000");

    assertThat(bytes(plan, "learner's transitions", Place.DISK))
        .isCloseTo(1000 * 36 + 5 * 48, within(1e-6));
    assertThat(Plans.part(plan, "learner's transitions", Place.DISK).size().text())
        .startsWith("replay.capacity 1000 x ");
  }

  @Test
  void whatACampaignMayNeverReachIsNotCounted() {
    String[] early = {"campaign.iterations=1000000", "campaign.max-wall=1 h"};
    String[] capped = {early[0], early[1], "replay.capacity=5000"};
    MemoryPlan plan = Plans.of("pendulum", early);

    assertThat(bytes(plan, "learner's transitions", Place.DISK)).isGreaterThan(1e9);
    assertThat(Plans.part(plan, "learner's transitions", Place.DISK).definite()).isFalse();
    assertThat(plan.bytes(Place.DISK)).isZero();
    assertThat(Plans.of("pendulum", capped).bytes(Place.DISK)).isGreaterThan(5000 * 36);
  }

  @Test
  void theExpertsEpisodesCountOnceOrEveryIteration() {
    String[] each = {
      "campaign.iterations=10", "expert.each-iteration=true", "expert.rows=50", "seed=1"
    };
    MemoryPlan once =
        Plans.of(
            "helicopter-hover",
            "expert.episodes=3",
            "expert.each-iteration=false",
            "expert.rows=0");
    Environment hover = helicopter();
    int row = (2 * hover.states().size() + hover.actions().size() + 4) * 4;

    assertThat(bytes(once, "expert's transitions", Place.DISK))
        .isCloseTo(3.0 * hover.maxSteps() * (row + 48 / (double) chunk(hover)), within(1.0));
    assertThat(bytes(Plans.of("helicopter-hover", each), "expert's transitions", Place.DISK))
        .isCloseTo(500 * (row + 48 / (double) chunk(hover)), within(30.0));
  }

  private static Environment helicopter() {
    return Plans.PARTS.environments().create("helicopter-hover", Map.of());
  }

  private static int chunk(Environment environment) {
    return Math.min(512, environment.maxSteps());
  }

  @Test
  void onlyAGpuThatIsThereTakesTensorsAway() {
    String[] settings = {"trainer.device=gpu:1", "planner.device=gpu:0"};

    assertThat(Plans.of(() -> 2, "pendulum", settings).bytes(Place.GPU)).isPositive();
    MemoryPlan one = Plans.of(() -> 1, "pendulum", settings);
    assertThat(bytes(one, "activations", Place.GPU)).isPositive();
    assertThat(bytes(one, "activations of a step", Place.NATIVE)).isPositive();
    assertThat(Plans.of(() -> 0, "pendulum", settings).bytes(Place.GPU)).isZero();
  }

  @Test
  void policiesFlyInBatches() {
    Environment pendulum = Plans.PARTS.environments().create("pendulum", Map.of());
    PolicyDefinition truth =
        new PolicyDefinition.Planned(
            new ModelParameters.Truth(),
            new org.planloop.deploy.config.ExperimentReader(Plans.PARTS)
                .read(
                    "pendulum",
                    new org.planloop.deploy.config.ExperimentReader.Overrides(
                        java.util.List.of("planner.population=100", "planner.horizon=10"),
                        java.util.OptionalLong.empty(),
                        java.util.Optional.empty()))
                .planner(),
            1);

    MemoryPlan plan = MemoryPlans.flights(truth, pendulum, 6, 2, MemoryPlansTest::unasked);

    assertThat(bytes(plan, "predictions", Place.HEAP)).isEqualTo(100 * 6 * 10 * 2 * 2 * 4);
    assertThat(plan.bytes(Place.NATIVE)).isLessThan(Plans.of("pendulum").bytes(Place.NATIVE));
  }

  @Test
  void recordedEpisodesStayInMemory() {
    Environment hover = helicopter();
    MemoryPlan plan =
        MemoryPlans.recording(new PolicyDefinition.Expert("lqr", 0, Map.of()), hover, 100);

    assertThat(bytes(plan, "recorded transitions", Place.HEAP))
        .isEqualTo(
            100.0
                * hover.maxSteps()
                * 2
                * ((2 * hover.states().size() + hover.actions().size() + 3) * 4 + 1));
  }
}
