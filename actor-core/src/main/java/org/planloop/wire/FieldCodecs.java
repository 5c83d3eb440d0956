package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Registration;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.jspecify.annotations.Nullable;

/**
 * Finds the codec of a record component by its type: numbers, texts, enums, arrays of numbers,
 * lists, maps by text, optionals, actor references, registered records, and interfaces over them.
 */
final class FieldCodecs {
  private static final Map<Type, FieldCodec<?>> SIMPLE =
      Map.ofEntries(
          Map.entry(
              int.class,
              FieldCodec.<Integer>of((o, v) -> o.writeVarInt(v, false), FieldCodecs::readInt)),
          Map.entry(
              long.class,
              FieldCodec.<Long>of((o, v) -> o.writeVarLong(v, false), i -> i.readVarLong(false))),
          Map.entry(
              float.class,
              FieldCodec.<Float>of(
                  (o, v) -> o.writeInt(Float.floatToRawIntBits(v)),
                  i -> Float.intBitsToFloat(i.readInt()))),
          Map.entry(
              double.class,
              FieldCodec.<Double>of(
                  (o, v) -> o.writeLong(Double.doubleToRawLongBits(v)),
                  i -> Double.longBitsToDouble(i.readLong()))),
          Map.entry(byte.class, FieldCodec.<Byte>of((o, v) -> o.writeByte(v), WireInput::readByte)),
          Map.entry(boolean.class, FieldCodec.of(WireOutput::writeBoolean, FieldCodecs::readFlag)),
          Map.entry(String.class, FieldCodec.of(WireOutput::writeText, WireInput::readText)),
          Map.entry(
              byte[].class, FieldCodec.<byte[]>of(WireOutput::writeBlob, WireInput::readBlob)),
          Map.entry(
              ByteBuffer.class,
              FieldCodec.<ByteBuffer>of(
                  WireOutput::writeBlob, i -> ByteBuffer.wrap(i.readBlob()).asReadOnlyBuffer())),
          Map.entry(
              float[].class,
              FieldCodec.<float[]>of(WireOutput::writeArray, WireInput::readFloatArray)),
          Map.entry(
              double[].class,
              FieldCodec.<double[]>of(WireOutput::writeArray, WireInput::readDoubleArray)),
          Map.entry(
              int[].class, FieldCodec.<int[]>of(WireOutput::writeArray, WireInput::readIntArray)),
          Map.entry(
              long[].class,
              FieldCodec.<long[]>of(WireOutput::writeArray, WireInput::readLongArray)),
          Map.entry(
              OptionalInt.class,
              FieldCodec.<OptionalInt>of(
                  (o, v) -> {
                    o.writeBoolean(v.isPresent());
                    v.ifPresent(o::writeInt);
                  },
                  i -> readFlag(i) ? OptionalInt.of(i.readInt()) : OptionalInt.empty())),
          Map.entry(
              OptionalDouble.class,
              FieldCodec.<OptionalDouble>of(
                  (o, v) -> {
                    o.writeBoolean(v.isPresent());
                    v.ifPresent(d -> o.writeLong(Double.doubleToRawLongBits(d)));
                  },
                  i ->
                      readFlag(i)
                          ? OptionalDouble.of(Double.longBitsToDouble(i.readLong()))
                          : OptionalDouble.empty())));

  /** The boxed forms, as they stand in lists and maps. */
  private static final Map<Type, Type> UNBOXED =
      Map.of(
          Integer.class, int.class,
          Long.class, long.class,
          Float.class, float.class,
          Double.class, double.class,
          Byte.class, byte.class,
          Boolean.class, boolean.class);

  private final WireRegistry registry;
  private final Supplier<ActorRefResolver> resolver;

  FieldCodecs(WireRegistry registry, Supplier<ActorRefResolver> resolver) {
    this.registry = registry;
    this.resolver = resolver;
  }

  /**
   * @throws IllegalStateException if the component's type cannot cross the wire, naming it
   */
  FieldCodec<?> of(RecordComponent component) {
    String name = component.getDeclaringRecord().getName() + "." + component.getName();
    FieldCodec<?> codec = of(name, component.getGenericType());
    boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    return nullable ? nullable(codec) : codec;
  }

  private FieldCodec<?> of(String name, Type type) {
    FieldCodec<?> simple = SIMPLE.get(UNBOXED.getOrDefault(type, type));
    if (simple != null) {
      return simple;
    }
    if (type instanceof Class<?> raw) {
      if (raw.isEnum()) {
        return constants(raw.getEnumConstants());
      }
      if (raw.isRecord() && registry.lists(raw)) {
        return record(raw);
      }
      if (raw.isInterface()) {
        return variants(raw);
      }
    }
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == ActorRef.class) {
        return actorRefs();
      }
      if (generic.getRawType() == List.class) {
        return lists(of(name, arguments[0]));
      }
      if (generic.getRawType() == Optional.class) {
        return optionals(of(name, arguments[0]));
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        return maps(of(name, arguments[1]));
      }
    }
    throw new IllegalStateException(
        name + " of type " + type + " cannot cross the wire; list it in a catalogue or change it");
  }

  private static int readInt(WireInput input) {
    return input.readVarInt(false);
  }

  private static boolean readFlag(WireInput input) {
    int flag = input.readByte();
    if (flag != 0 && flag != 1) {
      throw new KryoException("a flag is " + flag);
    }
    return flag == 1;
  }

  /** Constants by name: their order may change, a name is a contract. */
  private static FieldCodec<Object> constants(Object[] constants) {
    Map<String, Object> byName = new HashMap<>();
    for (Object constant : constants) {
      byName.put(((Enum<?>) constant).name(), constant);
    }
    return FieldCodec.of(
        (output, value) -> output.writeText(((Enum<?>) value).name()),
        input -> {
          Object constant = byName.get(input.readText());
          if (constant == null) {
            throw new KryoException("a constant is none of " + byName.keySet());
          }
          return constant;
        });
  }

  private FieldCodec<ActorRef<?>> actorRefs() {
    return FieldCodec.of(
        (output, ref) -> output.writeText(resolver.get().toSerializationFormat(ref)),
        input -> resolver.get().resolveActorRef(input.readText()));
  }

  private static <T> FieldCodec<T> record(Class<T> type) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, T value) {
        kryo.writeObject(output, value);
      }

      @Override
      public T read(Kryo kryo, WireInput input) {
        return kryo.readObject(input, type);
      }
    };
  }

  /** Any registered record that implements {@code type}, with its id in front. */
  private static <T> FieldCodec<T> variants(Class<T> type) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, T value) {
        output.writeLength(kryo.getRegistration(value.getClass()).getId());
        kryo.writeObject(output, value);
      }

      @Override
      public T read(Kryo kryo, WireInput input) {
        // Not readClassAndObject: it takes class names and allocates for their stated length.
        int id = input.readVarInt(true);
        Registration registration = kryo.getRegistration(id);
        Class<?> variant = registration == null ? Object.class : registration.getType();
        if (!type.isAssignableFrom(variant)) {
          throw new KryoException("id " + id + " names no " + type.getSimpleName());
        }
        return type.cast(kryo.readObject(input, variant));
      }
    };
  }

  private static <T> FieldCodec<List<T>> lists(FieldCodec<T> element) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, List<T> values) {
        output.writeLength(values.size());
        values.forEach(value -> element.write(kryo, output, value));
      }

      @Override
      public List<T> read(Kryo kryo, WireInput input) {
        int length = input.readLength(1);
        List<T> values = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
          values.add(element.read(kryo, input));
        }
        return List.copyOf(values);
      }
    };
  }

  private static <T> FieldCodec<Map<String, T>> maps(FieldCodec<T> element) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, Map<String, T> values) {
        output.writeLength(values.size());
        new TreeMap<>(values)
            .forEach(
                (key, value) -> {
                  output.writeText(key);
                  element.write(kryo, output, value);
                });
      }

      @Override
      public Map<String, T> read(Kryo kryo, WireInput input) {
        int length = input.readLength(1);
        Map<String, T> values = new TreeMap<>();
        for (int i = 0; i < length; i++) {
          String key = input.readText();
          if (values.put(key, element.read(kryo, input)) != null) {
            throw new KryoException("a map has the key " + key + " twice");
          }
        }
        return Map.copyOf(values);
      }
    };
  }

  private static <T> FieldCodec<Optional<T>> optionals(FieldCodec<T> element) {
    return new FieldCodec<>() {
      @Override
      public void write(Kryo kryo, WireOutput output, Optional<T> value) {
        output.writeBoolean(value.isPresent());
        value.ifPresent(present -> element.write(kryo, output, present));
      }

      @Override
      public Optional<T> read(Kryo kryo, WireInput input) {
        return readFlag(input) ? Optional.of(element.read(kryo, input)) : Optional.empty();
      }
    };
  }

  private static <T> FieldCodec<@Nullable T> nullable(FieldCodec<T> codec) {
    return new FieldCodec<@Nullable T>() {
      @Override
      public void write(Kryo kryo, WireOutput output, @Nullable T value) {
        output.writeBoolean(value != null);
        if (value != null) {
          codec.write(kryo, output, value);
        }
      }

      @Override
      public @Nullable T read(Kryo kryo, WireInput input) {
        return readFlag(input) ? codec.read(kryo, input) : null;
      }
    };
  }
}
