package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record's components in their order and reads them into its canonical constructor, so
 * that whatever the record checks is checked of what arrives. Stateless.
 */
final class RecordSerializer<T extends Record> extends Serializer<T> {
  private final Class<T> type;
  private final MethodHandle constructor;
  private final List<Component> components = new ArrayList<>();

  /** A component's accessor, of type (Record)Object, and its codec. */
  private record Component(MethodHandle accessor, FieldCodec<@Nullable Object> codec) {}

  /**
   * @throws IllegalStateException if a component cannot cross the wire, naming it
   */
  @SuppressWarnings("unchecked") // The codec was found by the component's type.
  RecordSerializer(Class<T> type, FieldCodecs fields) {
    super(false, true);
    this.type = type;
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      List<Class<?>> types = new ArrayList<>();
      for (RecordComponent component : type.getRecordComponents()) {
        component.getAccessor().setAccessible(true);
        MethodHandle accessor =
            lookup
                .unreflect(component.getAccessor())
                .asType(MethodType.methodType(Object.class, Record.class));
        components.add(
            new Component(accessor, (FieldCodec<@Nullable Object>) fields.of(component)));
        types.add(component.getType());
      }
      Constructor<T> canonical = type.getDeclaredConstructor(types.toArray(Class<?>[]::new));
      canonical.setAccessible(true);
      constructor =
          lookup
              .unreflectConstructor(canonical)
              .asType(MethodType.genericMethodType(types.size()))
              .asSpreader(Object[].class, types.size());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " cannot cross the wire", e);
    }
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    for (Component component : components) {
      component.codec().write(kryo, (WireOutput) output, get(component, value));
    }
  }

  private @Nullable Object get(Component component, T value) {
    try {
      return (Object) component.accessor().invokeExact((Record) value);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new KryoException(type.getName() + " cannot be written", e);
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<? extends T> ignored) {
    @Nullable Object[] values = new Object[components.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = components.get(i).codec().read(kryo, (WireInput) input);
    }
    try {
      return type.cast((Object) constructor.invokeExact(values));
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new KryoException(type.getName() + " cannot be made", e);
    }
  }
}
