package org.planloop.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A tensor as it rests in a {@link Safetensors} file: little-endian bytes of a stated type, turned
 * into numbers when asked for. Immutable; nothing is copied on the way in, so the arrays are given
 * away.
 */
public final class StoredTensor {
  /** The number types we write, under the format's names. */
  public enum DType {
    F64(8),
    I64(8),
    F32(4),
    I32(4);

    final int bytes;

    DType(int bytes) {
      this.bytes = bytes;
    }
  }

  private final String name;
  private final DType type;
  private final long[] shape;
  private final ByteBuffer bytes;

  /**
   * @param bytes the values, little-endian, from position to limit
   * @throws IllegalArgumentException if the shape does not need exactly these bytes
   */
  StoredTensor(String name, DType type, long[] shape, ByteBuffer bytes) {
    if (sizeOf(type, shape) != bytes.remaining()) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + " of type "
              + type
              + " and shape "
              + Arrays.toString(shape)
              + " does not take "
              + bytes.remaining()
              + " bytes");
    }
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of a shape, or -1 where a dimension is negative or the product overflows. */
  private static long sizeOf(DType type, long[] shape) {
    long size = type.bytes;
    for (long dimension : shape) {
      if (dimension < 0 || (dimension > 0 && size > Long.MAX_VALUE / dimension)) {
        return -1;
      }
      size *= dimension;
    }
    return size;
  }

  public static StoredTensor of(NamedTensor tensor) {
    ByteBuffer bytes = buffer(tensor.values().length, Float.BYTES);
    bytes.asFloatBuffer().put(tensor.values());
    return new StoredTensor(tensor.name(), DType.F32, tensor.shape(), bytes);
  }

  /** A vector or, with a {@code shape}, a tensor of doubles, kept to the bit. */
  public static StoredTensor of(String name, double[] values, long... shape) {
    ByteBuffer bytes = buffer(values.length, Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return new StoredTensor(name, DType.F64, shapeOr(shape, values.length), bytes);
  }

  /** A vector or, with a {@code shape}, a tensor of 32-bit integers. */
  public static StoredTensor of(String name, int[] values, long... shape) {
    ByteBuffer bytes = buffer(values.length, Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return new StoredTensor(name, DType.I32, shapeOr(shape, values.length), bytes);
  }

  /** A vector or, with a {@code shape}, a tensor of 64-bit integers. */
  public static StoredTensor of(String name, long[] values, long... shape) {
    ByteBuffer bytes = buffer(values.length, Long.BYTES);
    bytes.asLongBuffer().put(values);
    return new StoredTensor(name, DType.I64, shapeOr(shape, values.length), bytes);
  }

  private static ByteBuffer buffer(int values, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(values, size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long[] shapeOr(long[] shape, int length) {
    return shape.length == 0 ? new long[] {length} : shape;
  }

  public String name() {
    return name;
  }

  public DType type() {
    return type;
  }

  /** The dimensions, row-major; empty for a scalar. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of values. */
  public int size() {
    return bytes.remaining() / type.bytes;
  }

  /**
   * @throws InvalidInputException if the type is not F32
   */
  public NamedTensor floats() {
    require(DType.F32);
    float[] values = new float[size()];
    bytes.asFloatBuffer().get(values);
    return new NamedTensor(name, shape(), values);
  }

  /**
   * @throws InvalidInputException if the type is not F64
   */
  public double[] doubles() {
    require(DType.F64);
    double[] values = new double[size()];
    bytes.asDoubleBuffer().get(values);
    return values;
  }

  /**
   * @throws InvalidInputException if the type is not I32
   */
  public int[] ints() {
    require(DType.I32);
    int[] values = new int[size()];
    bytes.asIntBuffer().get(values);
    return values;
  }

  /**
   * @throws InvalidInputException if the type is not I64
   */
  public long[] longs() {
    require(DType.I64);
    long[] values = new long[size()];
    bytes.asLongBuffer().get(values);
    return values;
  }

  private void require(DType wanted) {
    if (type != wanted) {
      throw new InvalidInputException(
          "tensor " + name + " is of type " + type + ", but must be " + wanted);
    }
  }

  /** The bytes, read-only and little-endian. */
  ByteBuffer bytes() {
    return bytes.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredTensor that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && bytes.equals(that.bytes);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + bytes.hashCode();
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
