package org.planloop.environments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.environment.VectorEnvironment;

/** What holds for every bundled environment. */
class EnvironmentContractTest {
  private static final Environments ENVIRONMENTS = Environments.bundled();

  static Stream<Environment> bundled() {
    return ENVIRONMENTS.factories().keySet().stream()
        .map(name -> ENVIRONMENTS.create(name, Map.of()));
  }

  /** Slots of one environment under random actions; a slot that ended starts over. */
  private static final class Flight {
    final VectorEnvironment copies;
    final boolean[] active;
    final double[] actions;
    final StepResult result;
    private final Environment environment;
    private final RandomStream actionNoise;
    private final RandomStream starts = new RandomStream(2);

    Flight(Environment environment, int count, long seed) {
      this.environment = environment;
      copies = environment.open(count);
      active = new boolean[count];
      Arrays.fill(active, true);
      actions = new double[count * environment.actions().size()];
      result = new StepResult(count, environment.states().size());
      actionNoise = new RandomStream(seed);
      for (int slot = 0; slot < count; slot++) {
        copies.reset(slot, starts);
      }
    }

    void step() {
      for (int slot = 0; slot < active.length; slot++) {
        environment.actions().sample(actionNoise, actions, slot * environment.actions().size());
      }
      copies.step(active, actions, result);
    }

    void restartEnded() {
      for (int slot = 0; slot < active.length; slot++) {
        if (result.terminated[slot] || result.truncated[slot]) {
          copies.reset(slot, starts);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void anEpisodeIsAFunctionOfItsStreamAndActions(Environment environment) {
    double[] together = episode(environment, 3, 1);
    double[] alone = episode(environment, 1, 0);
    assertThat(together).isEqualTo(alone);
    assertThat(alone.length).isGreaterThan(environment.states().size());
  }

  /** All states and rewards of one slot's episode; the other slots start elsewhere. */
  private static double[] episode(Environment environment, int count, int slot) {
    VectorEnvironment copies = environment.open(count);
    boolean[] active = new boolean[count];
    Arrays.fill(active, true);
    for (int i = 0; i < count; i++) {
      copies.reset(i, new RandomStream(i == slot ? 5 : 100 + i));
    }
    int stateSize = environment.states().size();
    int actionSize = environment.actions().size();
    double[] actions = new double[count * actionSize];
    StepResult result = new StepResult(count, stateSize);
    RandomStream actionNoise = new RandomStream(6);
    Stream.Builder<double[]> rows = Stream.builder();
    rows.add(Arrays.copyOfRange(copies.states(), slot * stateSize, (slot + 1) * stateSize));
    for (int step = 0; step < 50; step++) {
      environment.actions().sample(actionNoise, actions, slot * actionSize);
      copies.step(active, actions, result);
      rows.add(Arrays.copyOfRange(result.nextStates, slot * stateSize, (slot + 1) * stateSize));
      rows.add(new double[] {result.rewards[slot]});
      if (result.terminated[slot]) {
        break;
      }
    }
    return rows.build().flatMapToDouble(Arrays::stream).toArray();
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void aRestoredSlotRepeatsWhatFollowed(Environment environment) {
    Flight flight = new Flight(environment, 2, 3);
    flight.active[1] = false;
    flight.step();
    VectorEnvironment.SavedState saved = flight.copies.save(0);
    Arrays.fill(flight.actions, 0);
    flight.copies.step(flight.active, flight.actions, flight.result);
    flight.copies.step(flight.active, flight.actions, flight.result);
    int stateSize = environment.states().size();
    double[] first = Arrays.copyOf(flight.result.nextStates, stateSize);
    double reward = flight.result.rewards[0];

    flight.copies.restore(1, saved);
    flight.active[0] = false;
    flight.active[1] = true;
    flight.copies.step(flight.active, flight.actions, flight.result);
    flight.copies.step(flight.active, flight.actions, flight.result);
    assertThat(Arrays.copyOfRange(flight.result.nextStates, stateSize, 2 * stateSize))
        .isEqualTo(first);
    assertThat(flight.result.rewards[1]).isEqualTo(reward);
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void anEpisodeStartsInTheStateItIsResetTo(Environment environment) {
    Flight flight = new Flight(environment, 1, 4);
    flight.step();
    double[] visited = flight.copies.states().clone();
    flight.copies.reset(0, new RandomStream(9));
    flight.copies.resetTo(0, visited, new RandomStream(9));
    double[] state = flight.copies.states();
    for (int i = 0; i < visited.length; i++) {
      assertThat(state[i])
          .as(environment.states().dimensions().get(i).name())
          .isCloseTo(visited[i], org.assertj.core.data.Offset.offset(1e-12));
    }
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void anEpisodeEndsAtTheStepLimitOrBefore(Environment environment) {
    Flight flight = new Flight(environment, 1, 5);
    int steps = 0;
    do {
      flight.step();
      steps++;
      assertThat(flight.result.failures[0]).isNull();
      assertThat(flight.result.terminated[0] && flight.result.truncated[0]).isFalse();
    } while (!flight.result.terminated[0] && !flight.result.truncated[0]);
    assertThat(steps).isLessThanOrEqualTo(environment.maxSteps());
    assertThat(flight.result.truncated[0]).isEqualTo(!flight.result.terminated[0]);
    if (flight.result.truncated[0]) {
      assertThat(steps).isEqualTo(environment.maxSteps());
    }
  }

  @ParameterizedTest
  @MethodSource("bundled")
  void steppingDoesNotAllocate(Environment environment) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Flight flight = new Flight(environment, 4, 6);
    for (int i = 0; i < 2_000; i++) {
      flight.step();
      flight.restartEnded();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 2_000; i++) {
      flight.step();
      flight.restartEnded();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes in 8,000 steps").isLessThan(8_000);
  }

  @Test
  void anUnknownNameOrKeyNamesWhatThereIs() {
    assertThatThrownBy(() -> ENVIRONMENTS.create("cartpole-swing", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("environment.name = cartpole-swing")
        .hasMessageContaining("cartpole-swingup");
    assertThatThrownBy(() -> ENVIRONMENTS.create("cartpole-swingup", Map.of("maxsteps", 3)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "environment.maxsteps = 3: cartpole-swingup has the settings max-steps, rail, rail-end");
  }
}
