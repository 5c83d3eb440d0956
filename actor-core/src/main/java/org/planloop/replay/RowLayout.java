package org.planloop.replay;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.planloop.data.TransitionBatch;

/**
 * How a transition lies in a file: words of 4 bytes, little-endian - state [S], action [A], next
 * state [S], reward, then episode, step and flags as integers.
 */
record RowLayout(int stateSize, int actionSize) {
  /** Up to here single reads beat a bulk copy. */
  private static final int FEW = 12;

  RowLayout {
    if (stateSize < 1 || actionSize < 1 || stateSize > 1 << 20 || actionSize > 1 << 20) {
      throw new IllegalArgumentException(
          "widths must be from 1 to 1048576: state " + stateSize + ", action " + actionSize);
    }
  }

  /** Words a row. */
  int words() {
    return 2 * stateSize + actionSize + 4;
  }

  /** Bytes a row. */
  int bytes() {
    return words() * Integer.BYTES;
  }

  /** Puts all rows of a batch at the buffer's position. */
  void write(TransitionBatch rows, ByteBuffer target) {
    FloatBuffer floats = target.asFloatBuffer();
    IntBuffer ints = target.asIntBuffer();
    for (int row = 0; row < rows.size(); row++) {
      int word = row * words();
      floats.put(word, rows.states(), row * stateSize, stateSize);
      word += stateSize;
      floats.put(word, rows.actions(), row * actionSize, actionSize);
      word += actionSize;
      floats.put(word, rows.nextStates(), row * stateSize, stateSize);
      word += stateSize;
      floats.put(word, rows.rewards()[row]);
      ints.put(word + 1, rows.episodes()[row]);
      ints.put(word + 2, rows.steps()[row]);
      ints.put(word + 3, rows.flags()[row]);
    }
    target.position(target.position() + rows.size() * bytes());
  }

  /** Copies episode, step and flags of the row at a word of a segment to a row of a batch. */
  void readTail(IntBuffer ints, int word, TransitionBatch target, int to) {
    int at = word + words() - 3;
    target.episodes()[to] = ints.get(at);
    target.steps()[to] = ints.get(at + 1);
    target.flags()[to] = (byte) ints.get(at + 2);
  }

  /** Copies states, action and reward of the row at a word of a segment to a row of a batch. */
  void readFloats(FloatBuffer floats, int word, TransitionBatch target, int to) {
    int at = word;
    copy(floats, at, target.states(), to * stateSize, stateSize);
    at += stateSize;
    copy(floats, at, target.actions(), to * actionSize, actionSize);
    at += actionSize;
    copy(floats, at, target.nextStates(), to * stateSize, stateSize);
    target.rewards()[to] = floats.get(at + stateSize);
  }

  /** Copies states, action and reward of the row at an index of an array to a row of a batch. */
  void readFloats(float[] row, int from, TransitionBatch target, int to) {
    int at = from;
    copy(row, at, target.states(), to * stateSize, stateSize);
    at += stateSize;
    copy(row, at, target.actions(), to * actionSize, actionSize);
    at += actionSize;
    copy(row, at, target.nextStates(), to * stateSize, stateSize);
    target.rewards()[to] = row[at + stateSize];
  }

  private static void copy(float[] row, int from, float[] target, int offset, int count) {
    if (count <= FEW) {
      for (int i = 0; i < count; i++) {
        target[offset + i] = row[from + i];
      }
    } else {
      System.arraycopy(row, from, target, offset, count);
    }
  }

  private static void copy(FloatBuffer floats, int word, float[] target, int offset, int count) {
    if (count <= FEW) {
      for (int i = 0; i < count; i++) {
        target[offset + i] = floats.get(word + i);
      }
    } else {
      floats.get(word, target, offset, count);
    }
  }
}
