package org.planloop.fitting;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.fitting.TrainerSettings.Draw;
import org.planloop.replay.MixtureDraw;
import org.planloop.replay.ReplayView;

/**
 * Draws the batches of many steps at once. In every batch, every member sees the exact share of
 * both sides.
 *
 * <p>Where all rows lie in the optimizer's memory (they are resident), a block is indices alone.
 * Where they are too many, or more than the fit will ever draw, it asks for the rows that it needs,
 * those drawn several times once. The draws are the same either way.
 */
final class BlockDraw {
  /**
   * The batches of some steps.
   *
   * @param steps number of steps
   * @param index shape [steps, draws, batch]: rows of the expert's side, followed by those of the
   *     learner's; of the whole sides where they are resident, else of the answers
   * @param answers the rows that were asked for; empty where all are resident
   * @param expertRows how many of {@code index} are the expert's
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Block(int steps, int[] index, Optional<Rows> answers, long expertRows) {}

  /** Rows on their way. */
  record Rows(
      CompletableFuture<TransitionBatch> expert, CompletableFuture<TransitionBatch> learner) {}

  /** Rows that are asked for at once while a table is loaded. */
  private static final int LOADED_ROWS = 4096;

  private final ReplayView data;
  private final int[] expert;
  private final int[] learner;
  private final boolean resident;
  private final MixtureDraw mixture;
  private final int batchSize;
  private final int draws;
  private final long[] bootstrap;
  private final RandomStream random;

  /**
   * @param expert rows of the expert's side that are drawn from
   * @param learner rows of the learner's side that are drawn from
   * @param resident whether the optimizer holds {@code expert}, then {@code learner}
   * @param members E
   * @param random given away
   */
  BlockDraw(
      ReplayView data,
      int[] expert,
      int[] learner,
      boolean resident,
      double expertFraction,
      int batchSize,
      Draw draw,
      int members,
      RandomStream random) {
    this.data = data;
    this.expert = expert;
    this.learner = learner;
    this.resident = resident;
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

  /** Rows that {@link #load} loads; empty where rows are asked for block by block. */
  OptionalInt residentRows() {
    return resident ? OptionalInt.of(expert.length + learner.length) : OptionalInt.empty();
  }

  /** Fills a table with both sides where they shall be resident. */
  void load(TrainingRows table) {
    if (resident) {
      load(Provenance.EXPERT, expert, table);
      load(Provenance.LEARNER, learner, table);
    }
  }

  private void load(Provenance side, int[] rows, TrainingRows table) {
    CompletableFuture<TransitionBatch> asked = part(side, rows, 0);
    for (int from = 0; from < rows.length; from += LOADED_ROWS) {
      TransitionBatch answer = Answers.await(asked);
      asked = part(side, rows, from + LOADED_ROWS);
      table.append(answer);
    }
  }

  private CompletableFuture<TransitionBatch> part(Provenance side, int[] rows, int from) {
    int to = Math.min(rows.length, from + LOADED_ROWS);
    return ask(side, from < to ? Arrays.copyOfRange(rows, from, to) : new int[0]);
  }

  Block next(int steps) {
    int[] index = new int[rows(steps)];
    Places experts = places(expert, index.length);
    Places learners = places(learner, index.length);
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
    return new Block(steps, index, ask(experts, learners), expertRows);
  }

  private Places places(int[] side, int draws) {
    return resident ? new AllRows(side.length) : new DistinctRows(side, draws);
  }

  private void draw(int member, Places side, int[] index, int at, int count) {
    if (count == 0) {
      return;
    }
    MixtureDraw.draw(random, side.available(), index, at, count);
    for (int i = at; i < at + count; i++) {
      index[i] =
          side.place(
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

  private Optional<Rows> ask(Places experts, Places learners) {
    return experts instanceof DistinctRows expertRows
            && learners instanceof DistinctRows learnerRows
        ? Optional.of(
            new Rows(
                ask(Provenance.EXPERT, expertRows.rows()),
                ask(Provenance.LEARNER, learnerRows.rows())))
        : Optional.empty();
  }

  private CompletableFuture<TransitionBatch> ask(Provenance side, int[] rows) {
    return rows.length == 0
        ? CompletableFuture.completedFuture(
            TransitionBatch.allocate(0, data.stateSize(), data.actionSize()))
        : data.gather(side, rows);
  }

  /** Where the rows of one side lie that a block draws. */
  private sealed interface Places {
    /** Rows to draw from. */
    int available();

    /** The place of the i-th of them. */
    int place(int i);

    /** Places in use. */
    int size();
  }

  /** A resident side: every row lies where it is counted. */
  private record AllRows(int size) implements Places {
    @Override
    public int available() {
      return size;
    }

    @Override
    public int place(int i) {
      return i;
    }
  }

  /** Rows of one side that a block needs, each once where repeats are to be expected. */
  private static final class DistinctRows implements Places {
    private final int[] source;
    private final int[] position;
    private int[] rows = new int[256];
    private int size;

    DistinctRows(int[] source, int draws) {
      this.source = source;
      // Where draws are few among many rows, looking for repeats costs more than it saves.
      this.position = new int[source.length <= 4L * draws ? source.length : 0];
    }

    @Override
    public int available() {
      return source.length;
    }

    @Override
    public int place(int i) {
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

    @Override
    public int size() {
      return size;
    }

    int[] rows() {
      return Arrays.copyOf(rows, size);
    }
  }
}
