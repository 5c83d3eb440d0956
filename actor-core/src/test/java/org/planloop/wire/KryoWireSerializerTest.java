package org.planloop.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.planloop.protocol.WireMessage;
import org.planloop.replay.actor.ReplayShard;

class KryoWireSerializerTest {
  private final ActorTestKit kit = ActorTestKit.create();
  private final Serialization serialization =
      SerializationExtension.get(Adapter.toClassic(kit.system()));

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void pekkoFindsOurSerializerForEveryMessage() throws Exception {
    TestProbe<ReplayShard.Counts> probe = kit.createTestProbe();
    ReplayShard.GetCounts message = new ReplayShard.GetCounts(probe.ref());
    assertThat(serialization.findSerializerFor(message)).isInstanceOf(KryoWireSerializer.class);
    SerializerWithStringManifest serializer =
        (SerializerWithStringManifest) serialization.findSerializerFor(message);
    assertThat(serializer.manifest(message)).isEqualTo("planloop.GetCounts:1");
    ReplayShard.GetCounts back =
        (ReplayShard.GetCounts)
            serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message));
    ReplayShard.Counts counts = new ReplayShard.Counts(1, 2, 3, 4, 5, 6);
    back.replyTo().tell(counts);
    assertThat(probe.receiveMessage()).isEqualTo(counts);
  }

  @Test
  void javaSerializationIsOff() {
    assertThat(kit.system().settings().config().getBoolean("pekko.actor.allow-java-serialization"))
        .isFalse();
    record Unlisted(int a) implements WireMessage {}

    assertThatThrownBy(() -> serialization.serialize(new Unlisted(1)).get())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Unlisted");
    assertThatThrownBy(() -> serialization.serialize(new java.util.ArrayDeque<>()).get())
        .hasMessageContaining("disabled");
  }
}
