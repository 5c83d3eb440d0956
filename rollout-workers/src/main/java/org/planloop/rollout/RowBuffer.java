package org.planloop.rollout;

import java.util.ArrayList;
import java.util.List;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environment.StepResult;
import org.planloop.protocol.RolloutJob;

/**
 * Packs a job's transitions into chunks. Keeps all of them and hands each chunk on when it is full,
 * or keeps everything back and picks {@code keepRows} at random at the end.
 */
final class RowBuffer {
  private final int stateSize;
  private final int actionSize;
  private final int chunkRows;
  private final boolean stored;
  private final int keepRows;
  private final JobRollout.ChunkSink sink;
  private final List<TransitionBatch> held = new ArrayList<>();
  private TransitionBatch chunk;
  private int filled;
  private int chunks;
  private int handedOn;

  private RowBuffer(
      int stateSize,
      int actionSize,
      int chunkRows,
      boolean stored,
      int keepRows,
      JobRollout.ChunkSink sink) {
    this.stateSize = stateSize;
    this.actionSize = actionSize;
    this.chunkRows = chunkRows;
    this.stored = stored;
    this.keepRows = keepRows;
    this.sink = sink;
    // An evaluation keeps no row and needs no room for one.
    this.chunk = TransitionBatch.allocate(stored ? chunkRows : 0, stateSize, actionSize);
  }

  /**
   * @param stored whether rows are wanted at all
   */
  static RowBuffer of(
      Environment environment,
      RolloutJob job,
      int chunkRows,
      boolean stored,
      JobRollout.ChunkSink sink) {
    return new RowBuffer(
        environment.states().size(),
        environment.actions().size(),
        chunkRows,
        stored,
        job.keepRows(),
        sink);
  }

  void add(
      int slot,
      double[] states,
      double[] actions,
      StepResult stepped,
      int episode,
      int step,
      byte flags) {
    if (!stored) {
      return;
    }
    for (int i = 0; i < stateSize; i++) {
      chunk.states()[filled * stateSize + i] = (float) states[slot * stateSize + i];
      chunk.nextStates()[filled * stateSize + i] = (float) stepped.nextStates[slot * stateSize + i];
    }
    for (int i = 0; i < actionSize; i++) {
      chunk.actions()[filled * actionSize + i] = (float) actions[slot * actionSize + i];
    }
    chunk.rewards()[filled] = (float) stepped.rewards[slot];
    chunk.episodes()[filled] = episode;
    chunk.steps()[filled] = step;
    chunk.flags()[filled] = flags;
    filled++;
    if (filled == chunkRows) {
      flush();
    }
  }

  private void flush() {
    if (filled == 0) {
      return;
    }
    TransitionBatch rows = filled == chunkRows ? chunk : chunk.slice(0, filled);
    chunk = TransitionBatch.allocate(chunkRows, stateSize, actionSize);
    filled = 0;
    if (keepRows == 0) {
      send(rows);
    } else {
      held.add(rows);
    }
  }

  private void send(TransitionBatch rows) {
    handedOn += rows.size();
    sink.accept(chunks++, rows);
  }

  /**
   * Hands on what is left.
   *
   * @param random chooses the rows that are kept
   * @return the rows handed on in all
   */
  int finish(RandomStream random) {
    flush();
    if (keepRows > 0) {
      sendChosen(random);
    }
    return handedOn;
  }

  /**
   * Selection sampling (Knuth, TAOCP 2, algorithm 3.4.2 S): every subset is equally likely, the
   * order stays.
   */
  private void sendChosen(RandomStream random) {
    int left = held.stream().mapToInt(TransitionBatch::size).sum();
    int wanted = Math.min(keepRows, left);
    TransitionBatch chosen = TransitionBatch.allocate(wanted, stateSize, actionSize);
    int taken = 0;
    for (TransitionBatch rows : held) {
      for (int row = 0; row < rows.size(); row++) {
        if (random.nextDouble() * left < wanted - taken) {
          chosen.copyRows(rows, row, taken++, 1);
        }
        left--;
      }
    }
    for (int from = 0; from < wanted; from += chunkRows) {
      send(chosen.slice(from, Math.min(wanted, from + chunkRows)));
    }
  }
}
