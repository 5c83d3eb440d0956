package org.planloop.wire;

import java.nio.ByteBuffer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.ByteBufferSerializer;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.jspecify.annotations.Nullable;

/**
 * Pekko's way to our messages: every {@link org.planloop.protocol.WireMessage} is bound to it in
 * {@code reference.conf}. The manifest names message and version, for example {@code
 * planloop.Append:1}.
 */
public final class KryoWireSerializer extends SerializerWithStringManifest
    implements ByteBufferSerializer {
  /** Ours alone within a cluster; 0 to 40 are Pekko's. */
  private static final int IDENTIFIER = 7411;

  private final ExtendedActorSystem system;
  private volatile @Nullable WireFormat format;

  /** Called by Pekko while the system starts, also where no message will ever leave the process. */
  public KryoWireSerializer(ExtendedActorSystem system) {
    this.system = system;
  }

  /** Made for the first message: looking at every record takes a tenth of a second or two. */
  private WireFormat format() {
    WireFormat made = format;
    if (made == null) {
      synchronized (this) {
        made = format;
        if (made == null) {
          made =
              new WireFormat(
                  WireRegistry.load(), () -> ActorRefResolver.get(Adapter.toTyped(system)));
          format = made;
        }
      }
    }
    return made;
  }

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object message) {
    try {
      return format().manifest(message);
    } catch (WireException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public byte[] toBinary(Object message) {
    try {
      return format().write(message);
    } catch (WireException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Straight into a frame: what Artery calls. */
  @Override
  public void toBinary(Object message, ByteBuffer frame) {
    try {
      format().write(message, frame);
    } catch (WireException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) throws WireException {
    return format().read(bytes, manifest);
  }

  /** Straight from a frame: what Artery calls. */
  @Override
  public Object fromBinary(ByteBuffer frame, String manifest) throws WireException {
    return format().read(frame, manifest);
  }
}
