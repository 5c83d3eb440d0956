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
  private final Values values;

  /** The numbers of a tensor, encoded or not yet. */
  private interface Values {
    /** Length of the encoded values. */
    int length();

    /** Writes them, little-endian, behind the position of {@code target}. */
    void put(ByteBuffer target);

    /** Them as bytes, little-endian, from position to limit. */
    ByteBuffer bytes();
  }

  private record Encoded(ByteBuffer bytes) implements Values {
    @Override
    public int length() {
      return bytes.remaining();
    }

    @Override
    public void put(ByteBuffer target) {
      target.put(bytes.duplicate());
    }
  }

  /** Weights, which can be many: they are encoded where they are written to, not before. */
  private record Floats(float[] floats) implements Values {
    @Override
    public int length() {
      return Math.multiplyExact(floats.length, Float.BYTES);
    }

    @Override
    public void put(ByteBuffer target) {
      target.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(floats);
      target.position(target.position() + length());
    }

    @Override
    public ByteBuffer bytes() {
      ByteBuffer encoded = buffer(floats.length, Float.BYTES);
      encoded.asFloatBuffer().put(floats);
      return encoded;
    }
  }

  /**
   * @param bytes the values, little-endian, from position to limit
   * @throws IllegalArgumentException if the shape does not need exactly these bytes
   */
  StoredTensor(String name, DType type, long[] shape, ByteBuffer bytes) {
    this(name, type, shape, new Encoded(bytes.slice().order(ByteOrder.LITTLE_ENDIAN)));
  }

  private StoredTensor(String name, DType type, long[] shape, Values values) {
    if (sizeOf(type, shape) != values.length()) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + " of type "
              + type
              + " and shape "
              + Arrays.toString(shape)
              + " does not take "
              + values.length()
              + " bytes");
    }
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.values = values;
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
    return new StoredTensor(tensor.name(), DType.F32, tensor.shape(), new Floats(tensor.values()));
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
    return values.length() / type.bytes;
  }

  /**
   * @throws InvalidInputException if the type is not F32
   */
  public NamedTensor floats() {
    require(DType.F32);
    float[] numbers = new float[size()];
    values.bytes().asFloatBuffer().get(numbers);
    return new NamedTensor(name, shape(), numbers);
  }

  /**
   * @throws InvalidInputException if the type is not F64
   */
  public double[] doubles() {
    require(DType.F64);
    double[] numbers = new double[size()];
    values.bytes().asDoubleBuffer().get(numbers);
    return numbers;
  }

  /**
   * @throws InvalidInputException if the type is not I32
   */
  public int[] ints() {
    require(DType.I32);
    int[] numbers = new int[size()];
    values.bytes().asIntBuffer().get(numbers);
    return numbers;
  }

  /**
   * @throws InvalidInputException if the type is not I64
   */
  public long[] longs() {
    require(DType.I64);
    long[] numbers = new long[size()];
    values.bytes().asLongBuffer().get(numbers);
    return numbers;
  }

  private void require(DType wanted) {
    if (type != wanted) {
      throw new InvalidInputException(
          "tensor " + name + " is of type " + type + ", but must be " + wanted);
    }
  }

  /** Length of the values in a file, in bytes. */
  int length() {
    return values.length();
  }

  /** Writes the values, little-endian, behind the position of {@code file}. */
  void put(ByteBuffer file) {
    values.put(file);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredTensor that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && values.bytes().equals(that.values.bytes());
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + values.bytes().hashCode();
  }

  @Override
  public String toString() {
    return name + " " + type + Arrays.toString(shape);
  }
}
