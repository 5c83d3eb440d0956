package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.KryoException;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.util.Pool;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.planloop.data.Excerpt;
import org.planloop.protocol.WireMessage;
import org.planloop.wire.WireCatalogue.Entry;

/**
 * Turns messages into bytes and back. Only records of the catalogues pass; every length is checked
 * before it is believed; what is wrong is a {@link WireException}, whatever the bytes. Safe for use
 * by several threads.
 */
final class WireFormat {
  private static final int MAX_DEPTH = 32;
  private static final int POOLED = 16;

  private final WireRegistry registry;
  private final Pool<Tools> tools;

  /** What one thread at a time writes and reads with: at most a frame of memory for each way. */
  private record Tools(Kryo kryo, WireOutput output, WireInput input) {}

  /** Takes a written message out of the output before that is used again. */
  private interface Sink<T> {
    T take(WireOutput output);
  }

  /** Puts a message into the input. */
  private interface Source {
    void open(WireInput input);
  }

  WireFormat(WireRegistry registry, Supplier<ActorRefResolver> resolver) {
    this.registry = registry;
    FieldCodecs fields = new FieldCodecs(registry, resolver);
    Map<Entry, Serializer<?>> serializers = new LinkedHashMap<>();
    for (Entry entry : registry.entries()) {
      serializers.put(
          entry,
          entry.coding() == null
              ? new RecordSerializer<>(entry.type(), fields)
              : new CodedSerializer<>(entry.coding()));
    }
    tools =
        new Pool<>(true, false, POOLED) {
          @Override
          protected Tools create() {
            return new Tools(
                kryo(serializers), new WireOutput(WireCatalogue.MAX_BYTES), new WireInput());
          }
        };
  }

  private static Kryo kryo(Map<Entry, Serializer<?>> serializers) {
    Kryo kryo = new Kryo();
    kryo.setRegistrationRequired(true);
    kryo.setReferences(false);
    kryo.setMaxDepth(MAX_DEPTH);
    serializers.forEach((entry, serializer) -> kryo.register(entry.type(), serializer, entry.id()));
    return kryo;
  }

  /**
   * @throws WireException if no catalogue lists the message
   */
  String manifest(Object message) throws WireException {
    return entry(message).manifest();
  }

  private Entry entry(Object message) throws WireException {
    Entry entry = registry.find(message.getClass());
    if (entry == null || !entry.isMessage()) {
      throw new WireException(
          message.getClass().getName() + " is a message of no wire catalogue; add an entry for it");
    }
    return entry;
  }

  /**
   * @throws WireException if no catalogue lists the message, or it is larger than its entry allows
   */
  byte[] write(Object message) throws WireException {
    return write(message, WireOutput::toBytes);
  }

  /**
   * Writes a message behind the position of {@code target}.
   *
   * @throws WireException if no catalogue lists the message, or it is larger than its entry allows
   *     or than what remains there
   */
  void write(Object message, ByteBuffer target) throws WireException {
    write(message, output -> target.put(output.getBuffer(), 0, output.position()));
  }

  private <T> T write(Object message, Sink<T> sink) throws WireException {
    Entry entry = entry(message);
    Tools used = tools.obtain();
    try {
      WireOutput output = used.output();
      output.reset();
      used.kryo().writeObject(output, message);
      if (output.position() > entry.maxBytes()) {
        throw new KryoException("it takes " + output.position());
      }
      return sink.take(output);
    } catch (RuntimeException e) {
      throw new WireException(
          entry.manifest()
              + " cannot be written; it may take "
              + entry.maxBytes()
              + " bytes: "
              + e.getMessage(),
          e);
    } finally {
      tools.free(used);
    }
  }

  /**
   * @throws WireException if the manifest is unknown or the bytes are no such message
   */
  WireMessage read(byte[] bytes, String manifest) throws WireException {
    return read(bytes.length, manifest, input -> input.open(bytes));
  }

  /**
   * Reads a message from what remains of {@code bytes}.
   *
   * @throws WireException if the manifest is unknown or the bytes are no such message
   */
  WireMessage read(ByteBuffer bytes, String manifest) throws WireException {
    return read(bytes.remaining(), manifest, input -> input.open(bytes));
  }

  private WireMessage read(int length, String manifest, Source source) throws WireException {
    Entry entry = registry.find(manifest);
    if (entry == null) {
      throw new WireException(
          "this version reads no "
              + Excerpt.of(manifest)
              + "; readers are deployed before writers");
    }
    if (length > entry.maxBytes()) {
      throw new WireException(
          manifest + " takes " + length + " bytes, allowed are " + entry.maxBytes());
    }
    Tools used = tools.obtain();
    WireInput input = used.input();
    try {
      source.open(input);
      Object message = used.kryo().readObject(input, entry.type());
      if (input.remaining() > 0) {
        throw new WireException(manifest + " is followed by " + input.remaining() + " bytes");
      }
      return (WireMessage) message;
    } catch (RuntimeException e) {
      throw new WireException(
          manifest + " cannot be read: " + Excerpt.of(String.valueOf(e.getMessage())), e);
    } finally {
      input.letGo();
      tools.free(used);
    }
  }
}
