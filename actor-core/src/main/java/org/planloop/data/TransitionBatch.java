package org.planloop.data;

import java.util.Arrays;

/**
 * Transitions (s, a, r, s') in columns: one flat array a column, row after row.
 *
 * <p>A batch is immutable by convention once handed over: whoever built it gives the arrays away.
 *
 * @param size number of rows n
 * @param stateSize width S of a state
 * @param actionSize width A of an action; a discrete action is its index in a width of 1
 * @param states shape [n, S]
 * @param actions shape [n, A], as commanded
 * @param nextStates shape [n, S]
 * @param rewards shape [n]
 * @param episodes shape [n], index of the row's episode within its iteration and side
 * @param steps shape [n], index of the step within its episode, from 0
 * @param flags shape [n], an or of {@link #TERMINATED}, {@link #TRUNCATED} and {@link
 *     #INTERVENTION}
 */
public record TransitionBatch(
    int size,
    int stateSize,
    int actionSize,
    float[] states,
    float[] actions,
    float[] nextStates,
    float[] rewards,
    int[] episodes,
    int[] steps,
    byte[] flags) {

  /** The next state ends the episode for good (Gymnasium's meaning). */
  public static final byte TERMINATED = 1;

  /**
   * The episode was cut after this row, by its step limit or the iteration's budget (Gymnasium's
   * meaning).
   */
  public static final byte TRUNCATED = 2;

  /** The action was the rescuer's, not the candidate's. */
  public static final byte INTERVENTION = 4;

  public TransitionBatch {
    check("states", states.length, (long) size * stateSize);
    check("actions", actions.length, (long) size * actionSize);
    check("nextStates", nextStates.length, (long) size * stateSize);
    check("rewards", rewards.length, size);
    check("episodes", episodes.length, size);
    check("steps", steps.length, size);
    check("flags", flags.length, size);
  }

  private static void check(String column, int length, long expected) {
    if (length != expected) {
      throw new IllegalArgumentException(
          "column " + column + " has " + length + " values, expected " + expected);
    }
  }

  /**
   * A batch of {@code size} rows of zeros, to be filled.
   *
   * @throws InvalidInputException if a column would not fit into an array
   */
  public static TransitionBatch allocate(int size, int stateSize, int actionSize) {
    ArrayLength.of("rows x values of a batch", size, Math.max(stateSize, actionSize));
    return new TransitionBatch(
        size,
        stateSize,
        actionSize,
        new float[size * stateSize],
        new float[size * actionSize],
        new float[size * stateSize],
        new float[size],
        new int[size],
        new int[size],
        new byte[size]);
  }

  /**
   * Copies {@code count} rows of {@code source} from {@code from} on to row {@code to} of this
   * batch.
   */
  public void copyRows(TransitionBatch source, int from, int to, int count) {
    System.arraycopy(source.states, from * stateSize, states, to * stateSize, count * stateSize);
    System.arraycopy(
        source.actions, from * actionSize, actions, to * actionSize, count * actionSize);
    System.arraycopy(
        source.nextStates, from * stateSize, nextStates, to * stateSize, count * stateSize);
    System.arraycopy(source.rewards, from, rewards, to, count);
    System.arraycopy(source.episodes, from, episodes, to, count);
    System.arraycopy(source.steps, from, steps, to, count);
    System.arraycopy(source.flags, from, flags, to, count);
  }

  /** Rows {@code from} (inclusive) to {@code to} (exclusive), copied. */
  public TransitionBatch slice(int from, int to) {
    TransitionBatch result = allocate(to - from, stateSize, actionSize);
    result.copyRows(this, from, 0, to - from);
    return result;
  }

  public boolean terminated(int row) {
    return (flags[row] & TERMINATED) != 0;
  }

  public boolean truncated(int row) {
    return (flags[row] & TRUNCATED) != 0;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TransitionBatch that
        && size == that.size
        && stateSize == that.stateSize
        && actionSize == that.actionSize
        && Arrays.equals(states, that.states)
        && Arrays.equals(actions, that.actions)
        && Arrays.equals(nextStates, that.nextStates)
        && Arrays.equals(rewards, that.rewards)
        && Arrays.equals(episodes, that.episodes)
        && Arrays.equals(steps, that.steps)
        && Arrays.equals(flags, that.flags);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(states) * 31 + Arrays.hashCode(actions);
  }

  @Override
  public String toString() {
    return "TransitionBatch["
        + size
        + " rows, states "
        + stateSize
        + ", actions "
        + actionSize
        + "]";
  }
}
