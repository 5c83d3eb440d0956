package org.planloop.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/**
 * A flat tensor of 32-bit whole numbers on the CPU that Java and scripts both read and write,
 * without a copy between them. Scripts give it its shape and move it to their device.
 */
public final class SharedInts extends TorchArgument {
  private final PtNDArray array;
  private final IntBuffer memory;

  private SharedInts(PtNDArray array) {
    super(IValue.from(array));
    this.array = array;
    this.memory = JniUtils.getByteBuffer(array, true).order(ByteOrder.nativeOrder()).asIntBuffer();
  }

  static SharedInts allocate(PtNDManager manager, int size) {
    return new SharedInts(
        JniUtils.createZerosNdArray(
            manager, new Shape(size), DataType.INT32, ai.djl.Device.cpu(), SparseFormat.DENSE));
  }

  /** Number of numbers. */
  public int size() {
    return memory.capacity();
  }

  /** Writes {@code source[from .. from + count - 1]} to position {@code at} on. */
  public void put(int at, int[] source, int from, int count) {
    checkOpen();
    memory.put(at, source, from, count);
  }

  /** Writes all of {@code source} to the beginning. */
  public void put(int[] source) {
    put(0, source, 0, source.length);
  }

  /** Reads {@code count} numbers from position {@code at} on into {@code target}. */
  public void get(int at, int[] target, int to, int count) {
    checkOpen();
    memory.get(at, target, to, count);
  }

  /** The first {@code count} numbers. */
  public int[] get(int count) {
    int[] result = new int[count];
    get(0, result, 0, count);
    return result;
  }

  @Override
  void freeMemory() {
    array.close();
  }
}
