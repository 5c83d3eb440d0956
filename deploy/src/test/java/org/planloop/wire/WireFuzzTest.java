package org.planloop.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import com.typesafe.config.ConfigFactory;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.Campaigning;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;
import org.planloop.replay.actor.ReplayShard;

/**
 * Damaged, random and malicious frames: each is read as a message or refused by a {@link
 * WireException} in one short line, and takes no more memory than {@link WireMemory} says. {@code
 * -Dplanloop.fuzz.cases=10000000} for the long form; {@code planloop.fuzz.seed} and {@code
 * planloop.fuzz.first}, the number of the first case, have any case again.
 */
class WireFuzzTest {
  private static final long CASES = Long.getLong("planloop.fuzz.cases", 200_000);
  private static final long FIRST = Long.getLong("planloop.fuzz.first", 0);
  private static final long SEED = Long.getLong("planloop.fuzz.seed", 6);

  /** The first use of a class or of a pooled Kryo allocates what later ones do not. */
  private static final long WARM_UP = 20_000;

  /**
   * A line of code that runs for the first time is linked, which takes up to this once (measured:
   * 0.7 MB); a case that takes more than is due is therefore read again.
   */
  private static final long LINKING = 2 << 20;

  private static final int LONGEST_LINE = 600;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static ActorTestKit kit;
  private static WireFormat format;
  private static WireFuzzer fuzzer;

  @BeforeAll
  static void start() throws Exception {
    // As between nodes, where a reference in a frame names any machine.
    kit =
        ActorTestKit.create(
            ConfigFactory.parseString(
                    """
                    pekko.loglevel = ERROR
                    pekko.actor.provider = cluster
                    pekko.remote.artery.transport = tcp
                    pekko.remote.artery.canonical.hostname = "127.0.0.1"
                    pekko.remote.artery.canonical.port = 0
                    """)
                .withFallback(ConfigFactory.load()));
    WireRegistry registry = WireRegistry.load();
    format = new WireFormat(registry, () -> ActorRefResolver.get(kit.system()));
    fuzzer = new WireFuzzer(SEED, format, registry, kit.createTestProbe().ref());
  }

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void everyMessageOfEveryCatalogueIsAmongThem() {
    WireRegistry registry = WireRegistry.load();
    Set<Class<?>> messages =
        registry.entries().stream()
            .filter(WireCatalogue.Entry::isMessage)
            .map(WireCatalogue.Entry::type)
            .collect(Collectors.toSet());
    assertThat(messages).contains(ReplayShard.Append.class, Campaigning.Standings.class);
    assertThat(fuzzer.types()).containsAll(messages);
    assertThat(kinds(WirePolicies.definitions()))
        .containsExactlyInAnyOrder(PolicyDefinition.class.getPermittedSubclasses());
    assertThat(kinds(WirePolicies.models()))
        .containsExactlyInAnyOrder(ModelParameters.class.getPermittedSubclasses());
  }

  private static Set<Class<?>> kinds(List<?> values) {
    return values.stream().map(Object::getClass).collect(Collectors.toSet());
  }

  @Test
  void everyFrameIsReadOrRefusedInBoundedMemory() {
    run(Math.min(CASES, WARM_UP), number -> read(fuzzer.number(number)));
    Tally tally = new Tally();
    run(CASES, number -> tally.add(fuzzer.number(number)));
    System.out.println(tally);
    assertThat(tally.messages).as("some are still messages").isBetween(CASES / 50, CASES / 2);
  }

  private static void run(long cases, LongConsumer step) {
    for (long number = FIRST; number < FIRST + cases; number++) {
      step.accept(number);
    }
  }

  /** What became of the cases. */
  private static final class Tally {
    private final long start = System.nanoTime();
    private long cases;
    private long messages;
    private long bytes;
    private double worstShare;
    private String worstCase = "";

    void add(WireFuzzer.Case next) {
      long due = WireMemory.due(next.entry(), next.bytes().length);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      boolean message = read(next);
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated > due && allocated < LINKING) {
        before = THREADS.getCurrentThreadAllocatedBytes();
        read(next);
        allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      }
      if (allocated > due) {
        fail("reading took %d bytes of memory, due are %d: %s", allocated, due, next);
      }
      if (allocated > worstShare * due) {
        worstShare = (double) allocated / due;
        worstCase = allocated + " bytes of memory for " + next;
      }
      cases++;
      messages += message ? 1 : 0;
      bytes += next.bytes().length;
    }

    @Override
    public String toString() {
      return String.format(
          "wire fuzz, seed %d: %d cases from %d on of %d messages and parts, %d MB, in %.0f s: %d"
              + " read, the rest refused, at most %.0f %% of the memory that is due, by%n  %s",
          SEED,
          cases,
          FIRST,
          fuzzer.targets(),
          bytes / 1_000_000,
          (System.nanoTime() - start) / 1e9,
          messages,
          100 * worstShare,
          worstCase);
    }
  }

  /** Whether the bytes are a message; fails where they are neither that nor clearly refused. */
  private static boolean read(WireFuzzer.Case next) {
    WireCatalogue.Coding<?> coding = next.entry().coding();
    try {
      Object message =
          coding == null
              ? format.read(next.bytes(), next.manifest())
              : coding.decode().apply(next.bytes());
      return next.entry().type().isInstance(message) || next.mangled();
    } catch (WireException refused) {
      return requireOneLine(next, refused);
    } catch (Throwable refused) {
      if (coding != null && refused instanceof InvalidInputException) {
        return requireOneLine(next, refused);
      }
      throw new AssertionError(next.toString(), refused);
    }
  }

  private static boolean requireOneLine(WireFuzzer.Case next, Throwable refused) {
    String line = String.valueOf(refused.getMessage());
    if (line.length() > LONGEST_LINE || line.indexOf('\n') >= 0) {
      fail("refused in no short line: " + line + "\n" + next);
    }
    return false;
  }
}
