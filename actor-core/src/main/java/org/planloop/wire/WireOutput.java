package org.planloop.wire;

import com.esotericsoftware.kryo.io.Output;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Kryo's output with arrays as a length and raw little-endian values, NaN to the bit. */
final class WireOutput extends Output {
  private static final int START = 512;

  /** An output that is used again and again, and refuses to grow beyond {@code maxBytes}. */
  WireOutput(int maxBytes) {
    super(Math.min(START, maxBytes), maxBytes);
  }

  void writeLength(int length) {
    writeVarInt(length, true);
  }

  void writeText(String text) {
    writeBlob(text.getBytes(StandardCharsets.UTF_8));
  }

  void writeBlob(byte[] bytes) {
    writeBlob(ByteBuffer.wrap(bytes));
  }

  /** Writes what lies between position and limit, which stay as they are. */
  void writeBlob(ByteBuffer bytes) {
    int length = bytes.remaining();
    writeLength(length);
    // At once: Kryo would double its array, and copy it, until they fit.
    require(length);
    bytes.get(bytes.position(), buffer, position, length);
    position += length;
  }

  void writeArray(float[] values) {
    reserve(values.length, Float.BYTES).asFloatBuffer().put(values);
  }

  void writeArray(double[] values) {
    reserve(values.length, Double.BYTES).asDoubleBuffer().put(values);
  }

  void writeArray(int[] values) {
    reserve(values.length, Integer.BYTES).asIntBuffer().put(values);
  }

  void writeArray(long[] values) {
    reserve(values.length, Long.BYTES).asLongBuffer().put(values);
  }

  /** Writes the length and leaves room for the values, which go into the buffer returned. */
  private ByteBuffer reserve(int length, int size) {
    writeLength(length);
    int bytes = Math.multiplyExact(length, size);
    require(bytes);
    ByteBuffer room = ByteBuffer.wrap(buffer, position, bytes).slice();
    position += bytes;
    return room.order(ByteOrder.LITTLE_ENDIAN);
  }
}
