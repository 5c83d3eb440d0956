package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import org.planloop.wire.WireCatalogue.Coding;

/** Writes a part by the codec that its catalogue states. */
final class CodedSerializer<T extends Record> extends Serializer<T> {
  private final Coding<T> coding;

  CodedSerializer(Coding<T> coding) {
    super(false, true);
    this.coding = coding;
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    ((WireOutput) output).writeBlob(coding.encode().apply(value));
  }

  @Override
  public T read(Kryo kryo, Input input, Class<? extends T> type) {
    return coding.decode().apply(((WireInput) input).readBlob());
  }
}
