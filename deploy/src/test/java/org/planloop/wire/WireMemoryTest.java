package org.planloop.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.TransitionBatch;
import org.planloop.deploy.cluster.Campaigning;
import org.planloop.deploy.cluster.NodeActor;
import org.planloop.deploy.cluster.Shards;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.Task;
import org.planloop.replay.actor.ReplayShard;

/** The frames that become the most objects, which chance would hardly find. */
class WireMemoryTest {
  private static final CampaignEpoch CAMPAIGN = new CampaignEpoch("c", 1);
  private static final WireRegistry REGISTRY = WireRegistry.load();
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final RolloutJob JOB = new RolloutJob(Purpose.EXPERT, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private static ActorTestKit kit;
  private static WireFormat format;

  @BeforeAll
  static void start() {
    kit = ActorTestKit.create();
    format = new WireFormat(REGISTRY, () -> ActorRefResolver.get(kit.system()));
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  static Stream<Record> densestMessages() {
    EpisodeResult episode = new EpisodeResult(0, 0, 0, EpisodeResult.End.CUT, "", 0);
    JobResult result = new JobResult(JOB, Collections.nCopies(14_000, episode), 0, 0, 0);
    NodeActor.MemberStanding member = new NodeActor.MemberStanding("", 0, List.of(), "", true);
    List<String> texts = Collections.nCopies(80_000, "");
    Campaigning.Standing standing =
        new Campaigning.Standing(
            "",
            "",
            "",
            "",
            0,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            0,
            List.of(),
            List.of(),
            "");
    Campaigning.Standing held =
        new Campaigning.Standing(
            "",
            "",
            "",
            "",
            0,
            0,
            0,
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            0,
            texts,
            Collections.nCopies(80_000, 64),
            "");
    Campaigning.WorkerStanding worker = new Campaigning.WorkerStanding("", "", "", 0, 0, 0, 0);
    ActorRef<Object> nobody = kit.<Object>createTestProbe().ref();
    return Stream.of(
        new Dispatching.Submit(CAMPAIGN, Collections.nCopies(13_000, JOB), true, nobody.narrow()),
        result,
        new ReplayShard.Gather(0, Provenance.EXPERT, new int[61_000], nobody.narrow()),
        new ReplayShard.Jobs(0, new int[15_000], new int[15_000], new int[15_000], new int[15_000]),
        new ReplayShard.Block(TransitionBatch.allocate(16_000, 0, 0)),
        new Dispatching.Failed(nobody.narrow(), new Task(CAMPAIGN, JOB), "\u00fc".repeat(32_000)),
        new Snapshots.Chunk(0, 0, 0, 0, 0, ByteBuffer.allocate(245_000)),
        new NodeActor.Members("", Collections.nCopies(49_000, member)),
        new Shards.Holdings(
            0,
            Collections.nCopies(34_000, ""),
            Collections.nCopies(34_000, 64L),
            Collections.nCopies(34_000, 64L),
            Collections.nCopies(34_000, 64L)),
        new Campaigning.Page("", "", "", 0, 0, 0, 0, texts, texts, texts, 0, ""),
        new Campaigning.NoSuchCampaign("", Collections.nCopies(240_000, "")),
        new Campaigning.NoSuchCampaign("", Collections.nCopies(122_000, "x")),
        new Campaigning.Standings(
            Collections.nCopies(10_800, standing), Collections.nCopies(200, worker)),
        new Campaigning.Standings(List.of(held), List.of()),
        new Campaigning.Standings(List.of(), Collections.nCopies(8_700, worker)));
  }

  @ParameterizedTest
  @MethodSource("densestMessages")
  void theDensestMessagesTakeNoMoreThanIsDue(Record message) throws Throwable {
    byte[] bytes = format.write(message);
    String manifest = format.manifest(message);
    assertThat(bytes.length).as("a full frame").isGreaterThan(60_000);
    WireCatalogue.Entry entry = Objects.requireNonNull(REGISTRY.find(message.getClass()));

    assertThat(allocated(() -> format.read(bytes, manifest)))
        .isLessThan(WireMemory.due(entry, bytes.length));
  }

  /** A tensor's shape has no such element, or so many that no value is there for them. */
  @ParameterizedTest
  @ValueSource(strings = {"0", "11", "{}", "[]", "{\"a\":0}", "1e9", "\"\"", "[[[[[[]]]]]]"})
  void theDensestPoliciesTakeNoMoreThanIsDue(String element) throws Throwable {
    int count = WireCatalogue.MAX_BYTES / (element.length() + 1) - 100;
    String shape = String.join(",", Collections.nCopies(count, element));
    byte[] text =
        ("{\"a\":{\"dtype\":\"F64\",\"shape\":[" + shape + "],\"data_offsets\":[0,8]}}")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES + text.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array();
    WireCatalogue.Entry entry = Objects.requireNonNull(REGISTRY.find(PolicySnapshot.class));
    WireCatalogue.Coding<?> coding = Objects.requireNonNull(entry.coding());
    ThrowingCallable reading =
        () ->
            assertThatThrownBy(() -> coding.decode().apply(bytes))
                .isInstanceOf(InvalidInputException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600));

    assertThat(allocated(reading)).isLessThan(WireMemory.due(entry, bytes.length));
  }

  @Test
  void whatIsWrongIsToldInAShortLine() {
    String manifest = "planloop." + "x\n".repeat(10_000) + ":1";

    assertThatThrownBy(() -> format.read(new byte[0], manifest))
        .isInstanceOf(WireException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("\n"))
        .hasMessageContaining("20011 characters");
  }

  /** Bytes that the second run takes: the first one loads classes. */
  private static long allocated(ThrowingCallable reading) throws Throwable {
    reading.call();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    reading.call();
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
