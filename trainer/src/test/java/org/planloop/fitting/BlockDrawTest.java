package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.fitting.TrainerSettings.Draw;

class BlockDrawTest {
  /** The row's number is its state; the learner's begin at 1000. */
  private static MemoryReplay replay(int expert, int learner) {
    return new MemoryReplay(numbered(expert, 0), numbered(learner, 1000));
  }

  private static TransitionBatch numbered(int rows, int from) {
    TransitionBatch batch = TransitionBatch.allocate(rows, 1, 1);
    for (int i = 0; i < rows; i++) {
      batch.states()[i] = from + i;
    }
    return batch;
  }

  private static BlockDraw draw(MemoryReplay replay, double fraction, int batch, Draw draw) {
    return draw(replay, false, fraction, batch, draw);
  }

  private static BlockDraw draw(
      MemoryReplay replay, boolean resident, double fraction, int batch, Draw draw) {
    return new BlockDraw(
        replay,
        IntStream.range(0, replay.expert().size()).toArray(),
        IntStream.range(0, replay.learner().size()).toArray(),
        resident,
        fraction,
        batch,
        draw,
        3,
        new RandomStream(4));
  }

  /** The drawn states, shape [steps, draws, batch]. */
  private static float[] states(BlockDraw.Block block) {
    TransitionBatch expert = block.answers().orElseThrow().expert().join();
    TransitionBatch learner = block.answers().orElseThrow().learner().join();
    float[] states = new float[block.index().length];
    for (int i = 0; i < states.length; i++) {
      int row = block.index()[i];
      states[i] =
          row < expert.size() ? expert.states()[row] : learner.states()[row - expert.size()];
    }
    return states;
  }

  @Test
  void everyBatchOfEveryMemberHasTheExactShare() {
    BlockDraw draw = draw(replay(10, 500), 0.5, 5, Draw.INDEPENDENT);
    for (int block = 0; block < 2; block++) {
      BlockDraw.Block drawn = draw.next(4);
      float[] states = states(drawn);
      assertThat(states).hasSize(60);
      for (int step = 0; step < 4; step++) {
        for (int member = 0; member < 3; member++) {
          int experts = 0;
          for (int i = 0; i < 5; i++) {
            experts += states[(step * 3 + member) * 5 + i] < 1000 ? 1 : 0;
          }
          assertThat(experts).isEqualTo(step % 2 == 0 ? 2 : 3);
        }
      }
      assertThat(drawn.expertRows()).isEqualTo(30);
    }
  }

  @Test
  void onlyTheSideThatIsDrawnFromIsAsked() {
    MemoryReplay replay = replay(0, 50);
    BlockDraw.Block block = draw(replay, 0, 8, Draw.SHARED).next(3);
    assertThat(states(block)).hasSize(24);
    assertThat(block.expertRows()).isZero();
    assertThat(replay.gathered()).hasSize(1);
  }

  @Test
  void aRowThatIsDrawnOftenIsAskedForOnce() {
    MemoryReplay replay = replay(4, 5);
    draw(replay, 0.5, 64, Draw.INDEPENDENT).next(50);
    assertThat(replay.gathered()).containsExactly(4, 5);
  }

  @ParameterizedTest
  @EnumSource(Draw.class)
  void residentRowsAreDrawnAsThoseThatAreAskedFor(Draw kind) {
    MemoryReplay replay = replay(40, 500);
    BlockDraw asked = draw(replay, 0.5, 7, kind);
    BlockDraw resident = draw(replay, true, 0.5, 7, kind);
    int before = replay.gathered().size();
    for (int block = 0; block < 3; block++) {
      float[] states = states(asked.next(5));
      before = replay.gathered().size();
      BlockDraw.Block drawn = resident.next(5);
      assertThat(drawn.answers()).isEmpty();
      float[] own = new float[states.length];
      for (int i = 0; i < own.length; i++) {
        int row = drawn.index()[i];
        own[i] = row < 40 ? row : 1000 + row - 40;
      }
      assertThat(own).isEqualTo(states);
      assertThat(replay.gathered()).hasSize(before);
    }
    assertThat(resident.residentRows()).hasValue(540);
  }

  @Test
  void independentMembersSeeDifferentRowsAndSharedOnesTheSame() {
    float[] independent = states(draw(replay(400, 400), 0.5, 100, Draw.INDEPENDENT).next(1));
    assertThat(Arrays.copyOfRange(independent, 0, 100))
        .isNotEqualTo(Arrays.copyOfRange(independent, 100, 200));
    assertThat(draw(replay(400, 400), 0.5, 100, Draw.SHARED).draws()).isEqualTo(1);
  }

  @Test
  void aBootstrapSampleHoldsTheSameTwoThirdsOfTheRowsForEver() {
    BlockDraw draw = draw(replay(300, 300), 0.5, 100, Draw.BOOTSTRAP);
    Set<Float> seen = new HashSet<>();
    Set<Float> seenByAny = new HashSet<>();
    for (int block = 0; block < 100; block++) {
      float[] states = states(draw.next(1));
      for (int i = 0; i < 300; i++) {
        seenByAny.add(states[i]);
        if (i < 100) {
          seen.add(states[i]);
        }
      }
    }
    assertThat(seen.size() / 600.0).isBetween(0.56, 0.70);
    assertThat(seenByAny.size() / 600.0).isGreaterThan(0.9);
  }
}
