package org.planloop.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.deploy.bench.peers.Peer;
import org.planloop.deploy.bench.peers.Peer.Threads;
import org.planloop.deploy.bench.peers.PeerAnswer;

/** Against a benchmark and peers that only say who was asked. */
class InTurnsTest {
  private static final Peer QUICK = peer("time", "quick");
  private static final Peer SLOW = peer("rate", "slow");

  @TempDir Path folder;

  private final List<String> order = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private static Peer peer(String figure, String work) {
    return new Peer("fake", figure, work + " library", "fake.py", work, Threads.ALL);
  }

  /** A time of 10 ms a block more than the last, and a rate that halves. */
  private final class Fake implements Benchmark {
    private int blocks;

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public String title() {
      return "fake";
    }

    @Override
    public List<Measurement> run(BenchSetting setting) {
      blocks++;
      int repeats = setting.stopwatch().repeats();
      order.add("ours x " + repeats);
      double rate = 1000 / Math.pow(2, blocks);
      return List.of(
          new Measurement(
              "time",
              "ms",
              true,
              Collections.nCopies(repeats, 10.0 * blocks),
              List.of(new Reference("limit", blocks)),
              Map.of("calls", 4.0)),
          new Measurement(
              "rate", "things/s", false, Collections.nCopies(repeats, rate), List.of(), Map.of()));
    }
  }

  private InTurns turns(org.planloop.deploy.bench.peers.PeerSource source) {
    BenchSetting setting =
        new BenchSetting(
            new Stopwatch(System::nanoTime, 0, 6),
            new MachineLimits(1, 1, 1, 1, 1, 1),
            folder,
            List.of(),
            line -> {});
    return new InTurns(setting, source, 3, 2, warnings::add);
  }

  @Test
  void blocksAreTakenInTurnAndPaired() throws IOException {
    List<Measurement> figures =
        turns(
                (peer, samples) -> {
                  order.add(peer.work() + " x " + samples);
                  int block =
                      (int) order.stream().filter(asked -> asked.startsWith("ours")).count();
                  // Always 30 ms a block, and a rate of 250 things a second that halves.
                  double seconds = peer.equals(QUICK) ? 0.03 * block : 0.004 * (1 << (block - 1));
                  return new PeerAnswer.Samples(Collections.nCopies(samples, seconds));
                })
            .run(new Fake(), List.of(QUICK, SLOW));

    assertThat(order)
        .containsExactly(
            "ours x 2",
            "quick x 2",
            "slow x 2",
            "ours x 2",
            "quick x 2",
            "slow x 2",
            "ours x 2",
            "quick x 2",
            "slow x 2");
    Measurement time = figures.get(0);
    assertThat(time.samples()).containsExactly(10.0, 10.0, 20.0, 20.0, 30.0, 30.0);
    assertThat(time.references().get(0)).isEqualTo(new Reference("limit", 2));
    assertThat(time.counts()).containsEntry("calls", 4.0);
    Reference beside = time.references().get(1);
    assertThat(beside.what()).isEqualTo("quick library, 2 threads");
    assertThat(beside.value()).isEqualTo(60, Offset.offset(1e-9));
    assertThat(beside.timesAsFast().orElseThrow().mean()).isEqualTo(3, Offset.offset(1e-9));
    assertThat(beside.timesAsFast().orElseThrow().pairs()).isEqualTo(3);
    Reference rate = figures.get(1).references().get(0);
    assertThat(rate.value()).isEqualTo(125, Offset.offset(1e-9));
    assertThat(rate.timesAsFast().orElseThrow().mean()).isEqualTo(2, Offset.offset(1e-9));
    assertThat(warnings).isEmpty();
  }

  @Test
  void aPeerOfAFigureThatThisMachineDoesNotHaveIsNotAsked() throws IOException {
    Peer other =
        new Peer("fake", "time-bf16", "quick library", "quick.py", "quick", QUICK.threads());

    List<Measurement> figures =
        turns(
                (peer, samples) -> {
                  throw new AssertionError(peer + " is asked for nothing");
                })
            .run(new Fake(), List.of(other));

    assertThat(figures.get(0).references()).hasSize(1);
    assertThat(warnings).isEmpty();
  }

  @Test
  void aPeerThatCannotIsLeftOutAndNotAskedAgain() throws IOException {
    List<Measurement> figures =
        turns(
                (peer, samples) -> {
                  order.add(peer.work());
                  return new PeerAnswer.Lacking("there is no compiler");
                })
            .run(new Fake(), List.of(QUICK));

    assertThat(order).filteredOn("quick"::equals).hasSize(1);
    assertThat(figures.get(0).references()).hasSize(1);
    assertThat(warnings)
        .containsExactly("quick library, 2 threads is left out beside time: there is no compiler");
  }

  @Test
  void aPeerThatFailsHalfWayIsLeftOut() throws IOException {
    List<Measurement> figures =
        turns(
                (peer, samples) ->
                    order.size() < 3
                        ? new PeerAnswer.Samples(Collections.nCopies(samples, 0.1))
                        : new PeerAnswer.Lacking("it died"))
            .run(new Fake(), List.of(QUICK));

    assertThat(figures.get(0).references()).extracting(Reference::what).containsExactly("limit");
  }
}
