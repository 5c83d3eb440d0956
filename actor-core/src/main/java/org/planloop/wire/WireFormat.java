package org.planloop.wire;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.util.Pool;
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
  private final Pool<Kryo> kryos;

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
    kryos =
        new Pool<>(true, false, POOLED) {
          @Override
          protected Kryo create() {
            return kryo(serializers);
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
    Entry entry = entry(message);
    Kryo kryo = kryos.obtain();
    try {
      WireOutput output = new WireOutput(entry.maxBytes());
      kryo.writeObject(output, message);
      return output.toBytes();
    } catch (RuntimeException e) {
      throw new WireException(
          entry.manifest()
              + " cannot be written; it may take "
              + entry.maxBytes()
              + " bytes: "
              + e.getMessage(),
          e);
    } finally {
      kryos.free(kryo);
    }
  }

  /**
   * @throws WireException if the manifest is unknown or the bytes are no such message
   */
  WireMessage read(byte[] bytes, String manifest) throws WireException {
    Entry entry = registry.find(manifest);
    if (entry == null) {
      throw new WireException(
          "this version reads no "
              + Excerpt.of(manifest)
              + "; readers are deployed before writers");
    }
    if (bytes.length > entry.maxBytes()) {
      throw new WireException(
          manifest + " takes " + bytes.length + " bytes, allowed are " + entry.maxBytes());
    }
    Kryo kryo = kryos.obtain();
    try {
      WireInput input = new WireInput(bytes);
      Object message = kryo.readObject(input, entry.type());
      if (input.remaining() > 0) {
        throw new WireException(manifest + " is followed by " + input.remaining() + " bytes");
      }
      return (WireMessage) message;
    } catch (RuntimeException e) {
      throw new WireException(
          manifest + " cannot be read: " + Excerpt.of(String.valueOf(e.getMessage())), e);
    } finally {
      kryos.free(kryo);
    }
  }
}
