package org.planloop.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.policy.PolicySnapshot;

/** Random values of every type that messages are made of. */
final class WireSamples {
  private final RandomStream random;
  private final ActorRef<?> actor;
  private final WireRegistry registry;

  WireSamples(long seed, ActorRef<?> actor, WireRegistry registry) {
    this.random = new RandomStream(seed);
    this.actor = actor;
    this.registry = registry;
  }

  Object of(Type type) throws ReflectiveOperationException {
    if (type == TransitionBatch.class) {
      return batch(1 + random.nextInt(5), 1 + random.nextInt(4), 1 + random.nextInt(2));
    }
    if (type == PolicySnapshot.class) {
      var definitions = WirePolicies.definitions();
      return new PolicySnapshot(
          random.nextInt(9), definitions.get(random.nextInt(definitions.size())));
    }
    if (type instanceof ParameterizedType generic) {
      return ofGeneric(generic);
    }
    Class<?> raw = (Class<?>) type;
    if (raw == int.class || raw == Integer.class) {
      return random.nextInt(1 << (1 + random.nextInt(30)));
    }
    if (raw == long.class || raw == Long.class) {
      return random.nextLong();
    }
    if (raw == float.class || raw == Float.class) {
      return (float) random.nextGaussian();
    }
    if (raw == double.class || raw == Double.class) {
      return random.nextGaussian();
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return random.nextBoolean();
    }
    if (raw == byte.class || raw == Byte.class) {
      return (byte) random.nextInt();
    }
    if (raw == String.class) {
      return "text ü€" + random.nextInt(1000);
    }
    if (raw == byte[].class) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      return bytes;
    }
    if (raw == ByteBuffer.class) {
      byte[] bytes = new byte[random.nextInt(20)];
      random.nextBytes(bytes);
      return ByteBuffer.wrap(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    }
    if (raw == int[].class) {
      return random.ints(random.nextInt(9)).toArray();
    }
    if (raw == long[].class) {
      return random.longs(random.nextInt(9)).toArray();
    }
    if (raw == double[].class) {
      return random.doubles(random.nextInt(9)).toArray();
    }
    if (raw == float[].class) {
      return floats(random.nextInt(9));
    }
    if (raw == OptionalInt.class) {
      return random.nextBoolean() ? OptionalInt.of(random.nextInt()) : OptionalInt.empty();
    }
    if (raw == OptionalDouble.class) {
      return random.nextBoolean() ? OptionalDouble.of(random.nextDouble()) : OptionalDouble.empty();
    }
    if (raw.isEnum()) {
      return raw.getEnumConstants()[random.nextInt(raw.getEnumConstants().length)];
    }
    if (raw.isRecord()) {
      return ofRecord(raw);
    }
    List<WireCatalogue.Entry> variants =
        registry.entries().stream().filter(entry -> raw.isAssignableFrom(entry.type())).toList();
    return of(variants.get(random.nextInt(variants.size())).type());
  }

  private Object ofRecord(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = of(components[i].getGenericType());
    }
    Constructor<?> constructor = type.getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private Object ofGeneric(ParameterizedType type) throws ReflectiveOperationException {
    Type[] arguments = type.getActualTypeArguments();
    if (type.getRawType() == ActorRef.class) {
      return actor;
    }
    if (type.getRawType() == Optional.class) {
      return random.nextBoolean() ? Optional.of(of(arguments[0])) : Optional.empty();
    }
    if (type.getRawType() == Map.class) {
      Map<String, Object> map = new TreeMap<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        map.put("key" + i, of(arguments[1]));
      }
      return Map.copyOf(map);
    }
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(of(arguments[0]));
    }
    return List.copyOf(list);
  }

  TransitionBatch batch(int rows, int states, int actions) {
    byte[] flags = new byte[rows];
    random.nextBytes(flags);
    return new TransitionBatch(
        rows,
        states,
        actions,
        floats(rows * states),
        floats(rows * actions),
        floats(rows * states),
        floats(rows),
        random.ints(rows).toArray(),
        random.ints(rows).toArray(),
        flags);
  }

  private float[] floats(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
