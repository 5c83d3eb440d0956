package org.planloop.deploy.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiments;

class MemoryPlanTest {
  private static final double GIB = 0x1p30;

  private static void assertRefused(MemoryPlan plan, Machine machine, String message) {
    assertThatThrownBy(() -> plan.check(machine, 1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  static java.util.List<String> bundled() {
    return Experiments.bundled();
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.MethodSource("bundled")
  void everyBundledExperimentFitsASmallMachine(String name) {
    Machine laptop = new Machine(0.9 * GIB, 4 * GIB, 5 * GIB);

    assertThatCode(() -> Plans.of(name).check(laptop, 1, 1)).doesNotThrowAnyException();
  }

  @Test
  void aPopulationTooLargeForTheMachineIsRefusedWithTheArithmetic() {
    assertRefused(
        Plans.of(
            "pendulum",
            "planner.kind=cem",
            "planner.population=1000000",
            "planner.horizon=10000",
            "planner.rounds=1",
            "rollout.workers=2"),
        Plans.SMALL,
        "planner.population = 1000000: the predictions need planner.population 1000000 x"
            + " planner.horizon 10000 x 2 predicted values x 2 callers at a time x 4 bytes = 149 GiB"
            + " of Java heap, with the rest 224 GiB, and this machine has 24.0 GiB; lower"
            + " planner.population or planner.horizon");
  }

  @Test
  void whatOnlyTheHeapCannotHoldMayGetALargerHeap() {
    assertRefused(
        Plans.of(
            "pendulum",
            "planner.kind=cem",
            "planner.population=100000",
            "planner.horizon=1000",
            "planner.rounds=1",
            "rollout.workers=2"),
        Plans.SMALL,
        "planner.population = 100000: the predictions need planner.population 100000 x"
            + " planner.horizon 1000 x 2 predicted values x 2 callers at a time x 4 bytes = 1.5 GiB of"
            + " Java heap, with the rest 2.3 GiB, and Java's heap has 1.0 GiB; lower"
            + " planner.population or planner.horizon, or give Java more:"
            + " PLANLOOP_JAVA_OPTS=-Xmx4g");
  }

  @Test
  void anArrayThatJavaCannotHaveIsRefusedWhateverTheMemory() {
    Machine huge = new Machine(1e15, 1e15, 1e15);

    assertRefused(
        Plans.of(
            "pendulum",
            "planner.kind=cem",
            "planner.population=1000000",
            "planner.horizon=2000",
            "planner.rounds=1",
            "rollout.workers=1"),
        huge,
        "planner.population = 1000000: the predictions need planner.population 1000000 x"
            + " planner.horizon 2000 x 2 predicted values = 4000000000, and a Java array holds at"
            + " most 2147483639 numbers; lower planner.population or planner.horizon");
  }

  @Test
  void aSnapshotThatCannotBeBroadcastIsRefused() {
    Machine huge = new Machine(1e15, 1e15, 1e15);

    assertThatThrownBy(
            () ->
                Plans.of(
                        "pendulum",
                        "dynamics.members=100",
                        "dynamics.hidden=[4096, 4096]",
                        "planner.kind=cem")
                    .check(huge, 1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("dynamics.hidden = [4096, 4096]: the policy snapshots need")
        .hasMessageContaining("a policy snapshot may have at most 1 GiB")
        .hasMessageContaining("lower dynamics.hidden or dynamics.members");
  }

  @Test
  void aBatchTooLargeNamesItsKeys() {
    assertThatThrownBy(
            () ->
                Plans.of(
                        "pendulum",
                        "trainer.batch-size=65536",
                        "dynamics.members=20",
                        "dynamics.hidden=[1024, 1024, 1024]")
                    .check(Plans.SMALL, 1, 1))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("trainer.batch-size = 65536: the activations of a step need")
        .hasMessageContaining("trainer.batch-size 65536 x dynamics.members 20 x")
        .hasMessageContaining("lower trainer.batch-size or dynamics.hidden or dynamics.members");
  }

  @Test
  void aBufferTooLargeForTheDiskIsRefused() {
    assertRefused(
        Plans.of(
            "pendulum",
            "campaign.iterations=1000000",
            "campaign.steps-per-iteration=200",
            "campaign.max-wall=1 h",
            "replay.capacity=100000000",
            "trainer.steps=10"),
        new Machine(2 * GIB, 24 * GIB, 1 * GIB),
        "replay.capacity = 100000000: the learner's transitions need replay.capacity 100000000 x"
            + " 36.24 bytes = 3.4 GiB of disk, and the disk has 1.0 GiB free; lower"
            + " replay.capacity, or name another disk with replay.path");
  }

  @Test
  void severalProcessesShareTheMemoryAndTheDisk() {
    MemoryPlan plan = Plans.of("pendulum");
    double memory = plan.memory();
    Machine three = new Machine(GIB, 3 * memory + 1, 8 * plan.bytes(Place.DISK) + 1);

    plan.check(three, 3, 8);
    assertThatThrownBy(() -> plan.check(three, 4, 8))
        .hasMessageContaining("for each of 4 processes at a time")
        .hasMessageContaining("run fewer at a time with --jobs");
    assertThatThrownBy(() -> plan.check(three, 3, 9))
        .hasMessageContaining("for each of 9 campaigns");
  }

  @Test
  void rowsAreSortedByPlaceAndSize() {
    MemoryPlan plan = Plans.of("pendulum", "planner.population=5000");

    assertThat(plan.rows())
        .isSortedAccordingTo(
            java.util.Comparator.comparing(MemoryPlan.Row::place)
                .thenComparing(MemoryPlan.Row::bytes, java.util.Comparator.reverseOrder()));
    assertThat(plan.rows().stream().mapToDouble(MemoryPlan.Row::bytes).sum())
        .isEqualTo(plan.memory() + plan.bytes(Place.DISK));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 1023, 1024, 1e6, 3e9, 149 * 0x1p30, 1e18})
  void sizesHaveTwoToFourDigits(double bytes) {
    assertThat(MemoryPlan.size(bytes)).matches("[0-9.]{1,10} (KiB|MiB|GiB)");
    assertThat(MemoryPlan.size(149 * GIB)).isEqualTo("149 GiB");
    assertThat(MemoryPlan.size(1.5 * GIB)).isEqualTo("1.5 GiB");
    assertThat(MemoryPlan.size(Double.POSITIVE_INFINITY)).isEqualTo("no known limit");
  }

  @Test
  void thisMachineHasSomeOfEverything() {
    Machine here = Machine.here(java.nio.file.Path.of("not", "there", "yet"));

    assertThat(here.heap()).isEqualTo((double) Runtime.getRuntime().maxMemory());
    assertThat(here.memory()).isBetween(GIB / 4, 1e15);
    assertThat(here.disk()).isPositive();
  }
}
