package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.planloop.deploy.bench.peers.Peer;
import org.planloop.deploy.bench.peers.PeerAnswer;
import org.planloop.deploy.bench.peers.PeerSource;
import org.planloop.deploy.report.Quantiles;

/**
 * A benchmark and its peers in turn: a block of ours, a block of each peer, again from the start.
 * The machine's drift falls on both alike, and the ratio is that of the medians of blocks that
 * follow one another.
 */
public final class InTurns {
  private final BenchSetting setting;
  private final PeerSource source;
  private final int blocks;
  private final int cores;
  private final Consumer<String> warn;

  /**
   * @param setting its repeats are split evenly over the blocks
   * @param source gives the peers' samples
   * @param blocks of ours, and of each peer
   * @param warn told of peers that are left out, and why
   */
  public InTurns(
      BenchSetting setting, PeerSource source, int blocks, int cores, Consumer<String> warn) {
    this.setting = setting;
    this.source = source;
    this.blocks = blocks;
    this.cores = cores;
    this.warn = warn;
  }

  /**
   * Measures.
   *
   * @return the benchmark's figures, all samples of a figure together, each peer among its
   *     references
   * @throws IOException if the benchmark's scratch files cannot be written
   */
  public List<Measurement> run(Benchmark benchmark, List<Peer> peers) throws IOException {
    int repeats = Math.max(1, setting.stopwatch().repeats() / blocks);
    Map<String, List<Measurement>> ours = new LinkedHashMap<>();
    Map<Peer, List<double[]>> theirs = new LinkedHashMap<>();
    Set<Peer> lacking = new LinkedHashSet<>();
    for (int block = 0; block < blocks; block++) {
      for (Measurement measurement : benchmark.run(block(block, repeats))) {
        ours.computeIfAbsent(measurement.name(), name -> new ArrayList<>()).add(measurement);
      }
      for (Peer peer : peers) {
        // Not every machine has every figure: without instructions for bf16 there is none.
        if (ours.containsKey(peer.figure()) && !lacking.contains(peer)) {
          setting.progress().accept(peer.label(cores) + " for " + peer.figure());
          ask(peer, repeats, theirs, lacking);
        }
      }
    }
    lacking.forEach(theirs::remove);
    return ours.values().stream().map(figure -> beside(theirs, figure)).toList();
  }

  private BenchSetting block(int number, int repeats) throws IOException {
    Stopwatch all = setting.stopwatch();
    return new BenchSetting(
        new Stopwatch(all.nanoTime(), all.warmUpSeconds() / (number + 1), repeats),
        setting.limits(),
        Files.createDirectory(setting.scratch().resolve("block-" + number)),
        setting.planloop(),
        setting.progress());
  }

  private void ask(Peer peer, int samples, Map<Peer, List<double[]>> theirs, Set<Peer> lacking) {
    PeerAnswer answer = source.ask(peer, samples);
    if (answer instanceof PeerAnswer.Samples given) {
      theirs
          .computeIfAbsent(peer, absent -> new ArrayList<>())
          .add(given.seconds().stream().mapToDouble(Double::doubleValue).toArray());
    } else if (answer instanceof PeerAnswer.Lacking lack) {
      lacking.add(peer);
      warn.accept(
          peer.label(cores) + " is left out beside " + peer.figure() + ": " + lack.reason());
    }
  }

  private Measurement beside(Map<Peer, List<double[]>> theirs, List<Measurement> figure) {
    Measurement whole = together(figure);
    List<Reference> references = new ArrayList<>();
    theirs.forEach(
        (peer, answered) -> {
          if (peer.figure().equals(whole.name())) {
            references.add(reference(peer, figure, answered));
          }
        });
    return whole.against(references);
  }

  private Reference reference(Peer peer, List<Measurement> figure, List<double[]> seconds) {
    double[] ours = figure.stream().mapToDouble(Measurement::median).toArray();
    double[] peers =
        seconds.stream()
            .mapToDouble(block -> figure.get(0).ofSeconds(Quantiles.median(block)))
            .toArray();
    double[] all =
        seconds.stream().flatMapToDouble(Arrays::stream).map(figure.get(0)::ofSeconds).toArray();
    boolean time = figure.get(0).smallerIsBetter();
    return new Reference(
        peer.label(cores),
        Quantiles.median(all),
        Optional.of(time ? PairedRatio.of(peers, ours) : PairedRatio.of(ours, peers)),
        Arrays.stream(all).boxed().toList());
  }

  /** The blocks of one figure as one: all samples; of references and counts the medians. */
  private static Measurement together(List<Measurement> figure) {
    Measurement first = figure.get(0);
    List<Double> samples = new ArrayList<>();
    Map<String, List<Double>> references = new LinkedHashMap<>();
    Map<String, List<Double>> counts = new TreeMap<>();
    for (Measurement block : figure) {
      samples.addAll(block.samples());
      for (Reference reference : block.references()) {
        references
            .computeIfAbsent(reference.what(), what -> new ArrayList<>())
            .add(reference.value());
      }
      block
          .counts()
          .forEach((what, v) -> counts.computeIfAbsent(what, w -> new ArrayList<>()).add(v));
    }
    List<Reference> limits = new ArrayList<>();
    references.forEach((what, values) -> limits.add(new Reference(what, median(values))));
    Map<String, Double> middle = new TreeMap<>();
    counts.forEach((what, values) -> middle.put(what, median(values)));
    return new Measurement(
        first.name(), first.unit(), first.smallerIsBetter(), samples, limits, middle);
  }

  private static double median(List<Double> values) {
    return Quantiles.median(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
