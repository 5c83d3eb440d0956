package org.planloop.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.WireMessage;
import org.planloop.replay.actor.ReplayShard;

class WireFormatTest {
  private static final WireRegistry REGISTRY = WireRegistry.load();
  private static ActorTestKit kit;
  private static ActorRef<?> actor;
  private static WireFormat format;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
    actor = kit.createTestProbe().ref();
    format = new WireFormat(REGISTRY, () -> ActorRefResolver.get(kit.system()));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  static Stream<WireCatalogue.Entry> messages() {
    return REGISTRY.entries().stream().filter(WireCatalogue.Entry::isMessage);
  }

  private static Object sample(WireCatalogue.Entry entry, long seed)
      throws ReflectiveOperationException {
    return new WireSamples(seed, actor, REGISTRY).of(entry.type());
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBack(WireCatalogue.Entry entry) throws Exception {
    for (int seed = 0; seed < 30; seed++) {
      Object message = sample(entry, seed);
      byte[] bytes = format.write(message);
      assertThat(format.read(bytes, format.manifest(message)))
          .usingRecursiveComparison()
          .isEqualTo(message);
      assertThat(format.write(message))
          .as("the same message gives the same bytes")
          .isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void everyMessageComesBackThroughAFrameOfOthers(WireCatalogue.Entry entry) throws Exception {
    ByteBuffer frame = ByteBuffer.allocateDirect(WireCatalogue.MAX_BYTES);
    List<Object> sent = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    for (int seed = 0; seed < 5; seed++) {
      Object message = sample(entry, seed);
      format.write(message, frame);
      sent.add(message);
      ends.add(frame.position());
    }
    frame.flip();
    for (int i = 0; i < sent.size(); i++) {
      frame.limit(ends.get(i));
      assertThat(format.read(frame, entry.manifest()))
          .usingRecursiveComparison()
          .isEqualTo(sent.get(i));
      assertThat(frame.remaining()).isZero();
    }
  }

  @Test
  void aFrameThatIsTooSmallIsNamedAndLeftAsItWas() {
    ByteBuffer frame = ByteBuffer.allocate(8);

    assertThatThrownBy(
            () -> format.write(new Snapshots.Chunk(0, 0, 0, 0, 0, ByteBuffer.allocate(20)), frame))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("planloop.Chunk:1");
    assertThat(frame.position()).isZero();
  }

  @ParameterizedTest
  @MethodSource("messages")
  void damagedBytesAreReadOrRefusedInBoundedMemory(WireCatalogue.Entry entry) throws Exception {
    RandomStream random = new RandomStream(7);
    for (int seed = 0; seed < 300; seed++) {
      byte[] bytes = format.write(sample(entry, seed));
      if (bytes.length > 0) {
        for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      readCautiously(bytes, entry.manifest());
      readCautiously(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)), entry.manifest());
      byte[] noise = new byte[random.nextInt(Math.min(entry.maxBytes(), 4096))];
      random.nextBytes(noise);
      readCautiously(noise, entry.manifest());
    }
  }

  @Test
  void lengthBombsAllocateNothing() throws Exception {
    byte[] bomb = new byte[64];
    Arrays.fill(bomb, (byte) 0xff);
    for (int zeros = 0; zeros < 60; zeros++) {
      byte[] bytes = bomb.clone();
      Arrays.fill(bytes, 0, zeros, (byte) 0);
      bytes[Math.min(63, zeros + 4)] = 0x07;
      for (WireCatalogue.Entry entry : messages().toList()) {
        readCautiously(bytes, entry.manifest());
      }
    }
  }

  /** Reads bytes that may be wrong: nothing but a clear refusal, and no more memory than due. */
  private static void readCautiously(byte[] bytes, String manifest) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    try {
      format.read(bytes, manifest);
    } catch (WireException expected) {
      assertThat(expected).hasMessageContaining(manifest);
    } catch (RuntimeException | Error e) {
      fail(manifest, e);
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // A first use of a pooled Kryo takes most of this; a believed length would take far more.
    assertThat(allocated).isLessThan(2_000_000 + 40L * bytes.length);
  }

  @Test
  void unknownVersionsAndUnlistedMessagesAreNamed() {
    assertThatThrownBy(() -> format.read(new byte[0], "planloop.Append:2"))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("planloop.Append:2");
    record Stray() implements WireMessage {}

    assertThatThrownBy(() -> format.write(new Stray()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("Stray");
    assertThatThrownBy(() -> format.write(new JobKey(Provenance.EXPERT, 0, 0, 0)))
        .isInstanceOf(WireException.class);
  }

  @Test
  void messagesBeyondTheirBoundAreRefusedNotLost() {
    TransitionBatch rows = TransitionBatch.allocate(10_000, 4, 1);
    ReplayShard.Block block = new ReplayShard.Block(rows);
    assertThatThrownBy(() -> format.write(block))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("planloop.Block:1")
        .hasMessageContaining("245760");
  }

  @Test
  void whatARecordForbidsIsRefused() throws Exception {
    // The last component, a chunk index, is written as a zigzag varint: 1 is -1.
    byte[] bytes =
        format.write(
            new ReplayShard.Busy(new ChunkKey(new JobKey(Provenance.LEARNER, 1, 2, 0), 0)));
    bytes[bytes.length - 1] = 1;
    assertThatThrownBy(() -> format.read(bytes, "planloop.Busy:1"))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("chunk must not be negative");
  }

  @Test
  void textsAreUtf8OrRefused() throws Exception {
    ChunkKey key = new ChunkKey(new JobKey(Provenance.LEARNER, 1, 2, 0), 0);
    ReplayShard.Refused replaced = new ReplayShard.Refused(key, "\ufffd\u20ac");
    byte[] bytes = format.write(replaced);
    assertThat(format.read(bytes, "planloop.Refused:1")).isEqualTo(replaced);

    bytes[bytes.length - 1] = 'x'; // The euro sign's last byte.
    assertThatThrownBy(() -> format.read(bytes, "planloop.Refused:1"))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("no UTF-8");
  }

  @Test
  void trailingBytesAreRefused() throws Exception {
    byte[] bytes = format.write(new ReplayShard.Fenced(3));
    assertThatThrownBy(
            () -> format.read(Arrays.copyOf(bytes, bytes.length + 1), "planloop.Fenced:1"))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("followed by 1 bytes");
  }

  @Test
  void notANumberKeepsItsBits() throws Exception {
    TransitionBatch rows = TransitionBatch.allocate(1, 1, 1);
    rows.states()[0] = Float.intBitsToFloat(0x7fc00123);
    rows.rewards()[0] = Float.intBitsToFloat(0xffc00321);
    ReplayShard.Block back =
        (ReplayShard.Block)
            format.read(format.write(new ReplayShard.Block(rows)), "planloop.Block:1");
    assertThat(Float.floatToRawIntBits(back.rows().states()[0])).isEqualTo(0x7fc00123);
    assertThat(Float.floatToRawIntBits(back.rows().rewards()[0])).isEqualTo(0xffc00321);
  }

  @Test
  void severalThreadsMayUseOneFormat() throws Exception {
    List<WireCatalogue.Entry> entries = messages().toList();
    List<Thread> threads =
        Stream.iterate(0, i -> i + 1)
            .limit(4)
            .map(
                seed ->
                    new Thread(
                        () -> {
                          for (WireCatalogue.Entry entry : entries) {
                            roundTrip(entry, seed);
                          }
                          FINISHED.add(seed);
                        }))
            .toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(FINISHED).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  private static final java.util.Queue<Integer> FINISHED =
      new java.util.concurrent.ConcurrentLinkedQueue<>();

  private static void roundTrip(WireCatalogue.Entry entry, long seed) {
    try {
      Object message = sample(entry, seed);
      assertThat(format.read(format.write(message), entry.manifest()))
          .usingRecursiveComparison()
          .isEqualTo(message);
    } catch (WireException | ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
