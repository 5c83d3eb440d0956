package org.planloop.wire;

import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.io.Input;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Kryo's input over a whole message. A length is checked against the bytes that remain before
 * anything is allocated for it, so a message never takes more memory than a small multiple of its
 * own size.
 */
final class WireInput extends Input {
  private static final char REPLACEMENT = '\ufffd';
  private static final byte[] NOTHING = {};

  /** Where bytes of a buffer are put to be read; kept, so that a message costs no array. */
  private byte[] own = NOTHING;

  /** An input that is used again and again, for whole messages. */
  WireInput() {
    super(NOTHING);
  }

  /** Goes to the start of a message. */
  void open(byte[] bytes) {
    setBuffer(bytes);
  }

  /** Goes to the start of a message, a copy of what remains of {@code bytes}. */
  void open(ByteBuffer bytes) {
    int length = bytes.remaining();
    if (own.length < length) {
      own = new byte[Math.max(length, 2 * own.length)];
    }
    bytes.get(own, 0, length);
    setBuffer(own, 0, length);
  }

  /** Lets go of an array that somebody gave. */
  void letGo() {
    setBuffer(NOTHING);
  }

  int remaining() {
    return limit - position;
  }

  /**
   * @param size the fewest bytes one element takes
   * @throws KryoException if that many elements do not fit into what remains
   */
  int readLength(int size) {
    int length = readVarInt(true);
    if (length < 0 || (long) length * size > remaining()) {
      throw new KryoException(
          "a length of "
              + Integer.toUnsignedLong(length)
              + " does not fit the "
              + remaining()
              + " bytes that remain");
    }
    return length;
  }

  byte[] readBlob() {
    return readBytes(readLength(1));
  }

  String readText() {
    int length = readLength(1);
    String text = new String(buffer, position, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      requireUtf8(ByteBuffer.wrap(buffer, position, length));
    }
    position += length;
    return text;
  }

  /** Of a text with a replacement character: it may stand for bytes that are none. */
  private static void requireUtf8(ByteBuffer bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes);
    } catch (CharacterCodingException e) {
      throw new KryoException("a text is no UTF-8", e);
    }
  }

  float[] readFloatArray() {
    float[] values = new float[readLength(Float.BYTES)];
    take(values.length, Float.BYTES).asFloatBuffer().get(values);
    return values;
  }

  double[] readDoubleArray() {
    double[] values = new double[readLength(Double.BYTES)];
    take(values.length, Double.BYTES).asDoubleBuffer().get(values);
    return values;
  }

  int[] readIntArray() {
    int[] values = new int[readLength(Integer.BYTES)];
    take(values.length, Integer.BYTES).asIntBuffer().get(values);
    return values;
  }

  long[] readLongArray() {
    long[] values = new long[readLength(Long.BYTES)];
    take(values.length, Long.BYTES).asLongBuffer().get(values);
    return values;
  }

  private ByteBuffer take(int length, int size) {
    ByteBuffer values = ByteBuffer.wrap(buffer, position, length * size).slice();
    position += length * size;
    return values.order(ByteOrder.LITTLE_ENDIAN);
  }
}
