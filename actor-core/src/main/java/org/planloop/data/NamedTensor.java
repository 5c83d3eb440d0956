package org.planloop.data;

import java.util.Arrays;

/**
 * A dense tensor of floats with a name: how parameters travel and rest.
 *
 * @param name unique within its model, for example {@code w0}
 * @param shape the dimensions, row-major; empty for a scalar
 * @param values shape [product of the dimensions]; given away
 */
public record NamedTensor(String name, long[] shape, float[] values) {
  public NamedTensor {
    long count = 1;
    for (long dimension : shape) {
      count = Math.multiplyExact(count, dimension);
    }
    if (count != values.length) {
      throw new IllegalArgumentException(
          "tensor "
              + name
              + " of shape "
              + Arrays.toString(shape)
              + " needs "
              + count
              + " values, has "
              + values.length);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedTensor that
        && name.equals(that.name)
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return name + Arrays.toString(shape);
  }
}
