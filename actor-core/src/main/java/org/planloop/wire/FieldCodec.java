package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads the values of one record component. Stateless.
 *
 * @param <T> the component's type, boxed
 */
interface FieldCodec<T extends @Nullable Object> {
  void write(Kryo kryo, WireOutput output, T value);

  /** Never allocates more than a small multiple of the bytes that remain. */
  T read(Kryo kryo, WireInput input);

  /** The writing half of a codec. */
  @FunctionalInterface
  interface Writer<T> {
    void write(WireOutput output, T value);
  }

  /** The reading half of a codec. */
  @FunctionalInterface
  interface Reader<T> {
    T read(WireInput input);
  }

  /** A codec that needs no type ids. */
  static <T> FieldCodec<T> of(Writer<T> writer, Reader<T> reader) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, T value) {
        writer.write(output, value);
      }

      @Override
      public T read(Kryo kryo, WireInput input) {
        return reader.read(input);
      }
    };
  }
}
