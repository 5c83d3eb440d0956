package org.planloop.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * A flat float tensor on the CPU that Java and scripts both read and write, without a copy between
 * them. Scripts give it its shape and move it to their device.
 */
public final class SharedFloats extends TorchArgument {
  private final PtNDArray array;
  private final FloatBuffer memory;

  private SharedFloats(PtNDArray array) {
    super(IValue.from(array));
    this.array = array;
    this.memory =
        JniUtils.getByteBuffer(array, true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  static SharedFloats allocate(PtNDManager manager, int size) {
    return new SharedFloats(
        JniUtils.createZerosNdArray(
            manager, new Shape(size), DataType.FLOAT32, ai.djl.Device.cpu(), SparseFormat.DENSE));
  }

  /** Number of floats. */
  public int size() {
    return memory.capacity();
  }

  /** Writes {@code source[from .. from + count - 1]} to position {@code at} on. */
  public void put(int at, float[] source, int from, int count) {
    checkOpen();
    memory.put(at, source, from, count);
  }

  /** Writes all of {@code source} to the beginning. */
  public void put(float[] source) {
    put(0, source, 0, source.length);
  }

  /** Reads {@code count} floats from position {@code at} on into {@code target}. */
  public void get(int at, float[] target, int to, int count) {
    checkOpen();
    memory.get(at, target, to, count);
  }

  /** The first {@code count} floats. */
  public float[] get(int count) {
    float[] result = new float[count];
    get(0, result, 0, count);
    return result;
  }

  @Override
  void freeMemory() {
    array.close();
  }
}
