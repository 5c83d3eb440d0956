package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;

class JobRolloutTest {
  private final List<TransitionBatch> chunks = new ArrayList<>();

  private JobResult fly(Environment environment, RolloutJob job, double discount, int chunkRows) {
    chunks.clear();
    return new JobRollout(environment, discount, chunkRows, () -> 0)
        .fly(job, Counting.policy(), (chunk, rows) -> chunks.add(rows), () -> false);
  }

  private int rows() {
    return chunks.stream().mapToInt(TransitionBatch::size).sum();
  }

  @Test
  void returnsAreDiscountedSumsOfRewards() {
    JobResult result = fly(Counting.environment(4), Counting.job(0, 1, 0, 0), 0.5, 100);

    // 1 + 2/2 + 3/4 + 4/8
    assertThat(result.episodes().get(0))
        .isEqualTo(new EpisodeResult(0, 3.25, 4, End.TERMINATED, "", 0));
    TransitionBatch rows = chunks.get(0);
    assertThat(rows.rewards()).containsExactly(1, 2, 3, 4);
    assertThat(rows.steps()).containsExactly(0, 1, 2, 3);
    assertThat(rows.flags()).containsExactly(0, 0, 0, TransitionBatch.TERMINATED);
  }

  @Test
  void rowsChainFromStateToNextState() {
    fly(Counting.environment(99), Counting.job(0, 1, 0, 0), 1, 100);

    TransitionBatch rows = chunks.get(0);
    for (int row = 1; row < rows.size(); row++) {
      assertThat(rows.states()[2 * row]).isEqualTo(rows.nextStates()[2 * row - 2]);
      assertThat(rows.states()[2 * row + 1]).isEqualTo(rows.nextStates()[2 * row - 1]);
    }
  }

  @Test
  void theStepLimitTruncatesAndTheJobsLimitCuts() {
    assertThat(
            fly(Counting.environment(99), Counting.job(0, 1, 0, 0), 1, 100).episodes().get(0).end())
        .isEqualTo(End.TRUNCATED);
    assertThat(chunks.get(0).truncated(9)).isTrue();

    JobResult cut = fly(Counting.environment(99), Counting.job(0, 1, 3, 0), 1, 100);
    assertThat(cut.episodes().get(0).end()).isEqualTo(End.CUT);
    assertThat(cut.steps()).isEqualTo(3);
    assertThat(chunks.get(0).truncated(2)).isTrue();
  }

  @Test
  void actionsAreStoredAsClipped() {
    fly(Counting.environment(99), Counting.job(0, 1, 0, 0), 1, 100);

    for (float action : chunks.get(0).actions()) {
      assertThat(action).isBetween(-1f, 1f);
    }
  }

  @Test
  void anEpisodeDoesNotDependOnItsNeighbours() {
    fly(Counting.environment(99), Counting.job(2, 1, 0, 0), 1, 100);
    TransitionBatch alone = chunks.get(0);
    fly(Counting.environment(99), Counting.job(0, 4, 0, 0), 1, 100);
    TransitionBatch together = chunks.get(0);

    int row = 0;
    for (int i = 0; i < together.size(); i++) {
      if (together.episodes()[i] == 2) {
        assertThat(together.slice(i, i + 1)).isEqualTo(alone.slice(row, row + 1));
        row++;
      }
    }
    assertThat(row).isEqualTo(Counting.MAX_STEPS);
  }

  @Test
  void chunksAreFullButForTheLast() {
    fly(Counting.environment(99), Counting.job(0, 2, 0, 0), 1, 8);

    assertThat(chunks).extracting(TransitionBatch::size).containsExactly(8, 8, 4);
  }

  @Test
  void evaluationStoresNothing() {
    RolloutJob job = new RolloutJob(org.planloop.data.Purpose.EVALUATE, 0, 0, 0, 1, 7, 0, 3, 0, 0);

    assertThat(fly(Counting.environment(99), job, 1, 8).storedRows()).isZero();
    assertThat(chunks).isEmpty();
  }

  @Test
  void keptRowsAreARandomSubsetInOrder() {
    Set<List<Integer>> subsets = new HashSet<>();
    int[] counts = new int[Counting.MAX_STEPS];
    for (int episode = 0; episode < 2000; episode++) {
      JobResult result = fly(Counting.environment(99), Counting.job(episode, 1, 0, 3), 1, 100);
      assertThat(result.storedRows()).isEqualTo(3);
      assertThat(result.steps()).isEqualTo(10);
      List<Integer> steps = new ArrayList<>();
      for (int step : chunks.get(0).steps()) {
        steps.add(step);
        counts[step]++;
      }
      assertThat(steps).isSorted().doesNotHaveDuplicates();
      subsets.add(steps);
    }
    // 120 subsets of 3 of 10; 2,000 draws miss one with a chance below 1e-4. A step is kept 600
    // times, standard deviation 20.
    assertThat(subsets).hasSize(120);
    for (int count : counts) {
      assertThat(count).isBetween(500, 700);
    }
  }

  @Test
  void anEarlyCrashKeepsOnlyTheStepsBeforeIt() {
    assertThat(fly(Counting.environment(2), Counting.job(0, 1, 0, 5), 1, 100).storedRows())
        .isEqualTo(2);
  }

  @Test
  void aThrowingEnvironmentFailsItsEpisodeAndKeepsWhatWasReal() {
    Environment environment =
        Counting.environment(99, Map.of(4, new IllegalStateException("engine on fire")));
    JobResult result = fly(environment, Counting.job(0, 2, 0, 0), 1, 100);

    assertThat(result.episodes()).allMatch(EpisodeResult::failed);
    assertThat(result.episodes().get(0).failure()).contains("engine on fire");
    assertThat(result.steps()).isEqualTo(6);
    assertThat(rows()).isEqualTo(6);
  }

  @Test
  void aCancelledFlightEnds() {
    JobRollout rollout = new JobRollout(Counting.environment(99), 1, 10, () -> 0);

    assertThatThrownBy(
            () ->
                rollout.fly(
                    Counting.job(0, 1, 0, 0),
                    Counting.policy(),
                    JobRollout.ChunkSink.NONE,
                    () -> true))
        .isInstanceOf(JobRollout.FlightCancelledException.class);
  }
}
