package org.planloop.fitting;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.fitting.TrainerSettings.Draw;
import org.planloop.replay.MixtureDraw;
import org.planloop.replay.ReplayView;

/**
 * Draws the batches of many steps at once and asks for their rows. In every batch, every member
 * sees the exact share of both sides; a row that is drawn several times in a block is asked for
 * once.
 */
final class BlockDraw {
  /**
   * The batches of some steps.
   *
   * @param steps number of steps
   * @param index shape [steps, draws, batch]: rows of the expert's answer, followed by those of the
   *     learner's
   * @param expert the expert's rows
   * @param learner the learner's rows
   * @param expertRows how many of {@code index} are the expert's
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Block(
      int steps,
      int[] index,
      CompletableFuture<TransitionBatch> expert,
      CompletableFuture<TransitionBatch> learner,
      long expertRows) {}

  private final ReplayView data;
  private final int[] expert;
  private final int[] learner;
  private final MixtureDraw mixture;
  private final int batchSize;
  private final int draws;
  private final long[] bootstrap;
  private final RandomStream random;

  /**
   * @param members E
   * @param random given away
   */
  BlockDraw(
      ReplayView data,
      int[] expert,
      int[] learner,
      double expertFraction,
      int batchSize,
      Draw draw,
      int members,
      RandomStream random) {
    this.data = data;
    this.expert = expert;
    this.learner = learner;
    this.mixture = new MixtureDraw(expert.length, learner.length, expertFraction, batchSize);
    this.batchSize = batchSize;
    this.draws = draw == Draw.SHARED ? 1 : members;
    this.random = random;
    this.bootstrap = new long[draw == Draw.BOOTSTRAP ? members : 0];
    for (int e = 0; e < bootstrap.length; e++) {
      bootstrap[e] = random.nextLong();
    }
  }

  /** E, or 1 where all members see the same batches. */
  int draws() {
    return draws;
  }

  /** Most rows that a block of {@code steps} steps asks for. */
  int rows(int steps) {
    return steps * draws * batchSize;
  }

  Block next(int steps) {
    int[] index = new int[rows(steps)];
    DistinctRows experts = new DistinctRows(expert, index.length);
    DistinctRows learners = new DistinctRows(learner, index.length);
    long expertRows = 0;
    int at = 0;
    for (int step = 0; step < steps; step++) {
      int count = mixture.nextExpertCount();
      for (int d = 0; d < draws; d++) {
        draw(d, experts, index, at, count);
        draw(d, learners, index, at + count, batchSize - count);
        // Learner rows stand behind the expert's; until those are counted, they are negative.
        for (int i = at + count; i < at + batchSize; i++) {
          index[i] = -1 - index[i];
        }
        expertRows += count;
        at += batchSize;
      }
    }
    for (int i = 0; i < index.length; i++) {
      if (index[i] < 0) {
        index[i] = experts.size() - 1 - index[i];
      }
    }
    return new Block(
        steps,
        index,
        ask(Provenance.EXPERT, experts.rows()),
        ask(Provenance.LEARNER, learners.rows()),
        expertRows);
  }

  private void draw(int member, DistinctRows side, int[] index, int at, int count) {
    if (count == 0) {
      return;
    }
    MixtureDraw.draw(random, side.available(), index, at, count);
    for (int i = at; i < at + count; i++) {
      index[i] =
          side.add(
              bootstrap.length == 0
                  ? index[i]
                  : resampled(bootstrap[member], index[i], side.available()));
    }
  }

  /** The i-th row of a member's bootstrap sample: always the same, and never stored. */
  private static int resampled(long seed, int i, int size) {
    long bits = new RandomStream(seed + i).nextLong() >>> 1;
    return (int) Math.multiplyHigh(bits, 2L * size);
  }

  private CompletableFuture<TransitionBatch> ask(Provenance side, int[] rows) {
    return rows.length == 0
        ? CompletableFuture.completedFuture(
            TransitionBatch.allocate(0, data.stateSize(), data.actionSize()))
        : data.gather(side, rows);
  }

  /** Rows of one side that a block needs, each once where repeats are to be expected. */
  private static final class DistinctRows {
    private final int[] source;
    private final int[] position;
    private int[] rows = new int[256];
    private int size;

    DistinctRows(int[] source, int draws) {
      this.source = source;
      // Where draws are few among many rows, looking for repeats costs more than it saves.
      this.position = new int[source.length <= 4L * draws ? source.length : 0];
    }

    int available() {
      return source.length;
    }

    int add(int i) {
      if (position.length > 0 && position[i] > 0) {
        return position[i] - 1;
      }
      if (size == rows.length) {
        rows = Arrays.copyOf(rows, 2 * size);
      }
      rows[size++] = source[i];
      if (position.length > 0) {
        position[i] = size;
      }
      return size - 1;
    }

    int size() {
      return size;
    }

    int[] rows() {
      return Arrays.copyOf(rows, size);
    }
  }
}
