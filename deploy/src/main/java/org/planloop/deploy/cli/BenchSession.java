package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.planloop.deploy.bench.BenchFile;
import org.planloop.deploy.bench.BenchMachine;
import org.planloop.deploy.bench.BenchSetting;
import org.planloop.deploy.bench.BenchText;
import org.planloop.deploy.bench.Benchmark;
import org.planloop.deploy.bench.InTurns;
import org.planloop.deploy.bench.MachineLimits;
import org.planloop.deploy.bench.Measurement;
import org.planloop.deploy.bench.Scaling;
import org.planloop.deploy.bench.Stopwatch;
import org.planloop.deploy.bench.peers.Peer;
import org.planloop.deploy.bench.peers.PeerEnvironment;
import org.planloop.deploy.bench.peers.PeerProcesses;
import org.planloop.deploy.bench.peers.Peers;
import org.planloop.deploy.bench.process.OtherLoad;
import org.planloop.deploy.bench.process.ScratchFolder;
import org.planloop.deploy.report.Json;
import org.planloop.storage.AtomicFile;

/** One run of {@code planloop bench}: what is measured, and the files it leaves. */
final class BenchSession {
  private static final int REPEATS = 15;
  private static final int QUICK_REPEATS = 3;

  /** Blocks that ours and the peers' samples are split into. */
  private static final int BLOCKS = 5;

  private static final int QUICK_BLOCKS = 3;

  /** Cores that others may take before a figure is doubted. */
  private static final double MUCH_LOAD = 0.15;

  private final Context context;
  private final Console console;
  private final boolean quick;
  private final Path folder;
  private final Stopwatch stopwatch;
  private final int cores = Runtime.getRuntime().availableProcessors();

  /**
   * @param quick whether a glimpse is enough
   * @param folder where the files go
   */
  BenchSession(Context context, boolean quick, Path folder) {
    this.context = context;
    this.console = context.console();
    this.quick = quick;
    this.folder = folder;
    this.stopwatch =
        new Stopwatch(System::nanoTime, quick ? 0.1 : 1, quick ? QUICK_REPEATS : REPEATS);
  }

  /**
   * Measures benchmarks.
   *
   * @param peers where the peers are installed; empty where none is measured
   */
  int measure(List<Benchmark> benchmarks, Optional<Path> peers) {
    return inScratch(
        scratch -> {
          Optional<Path> python = python(benchmarks, peers);
          Set<String> versions = new LinkedHashSet<>();
          List<String> disturbances = new ArrayList<>();
          OtherLoad early = OtherLoad.since(System::nanoTime);
          MachineLimits limits = limits();
          disturbed("the measurement of limits", early).ifPresent(disturbances::add);
          List<Measurement> all = new ArrayList<>();
          for (Benchmark benchmark : benchmarks) {
            BenchSetting setting =
                new BenchSetting(
                    stopwatch,
                    limits,
                    Files.createDirectory(scratch.resolve(benchmark.name())),
                    CompareSession.thisProgram(),
                    console::live);
            OtherLoad others = OtherLoad.since(System::nanoTime);
            List<Measurement> measured = measure(benchmark, setting, python, versions);
            measured.stream().flatMap(m -> BenchText.lines(m).stream()).forEach(console::say);
            all.addAll(measured);
            disturbed(benchmark.name(), others).ifPresent(disturbances::add);
          }
          Map<String, String> machine = new LinkedHashMap<>(BenchMachine.words(Version.build()));
          if (!versions.isEmpty()) {
            machine.put("peers", String.join("; ", versions));
          }
          machine.put("other load", String.join("; ", disturbances));
          write(new BenchFile(machine, all), python.isPresent());
        });
  }

  /** Draws how figures grow. */
  int scale() {
    return inScratch(
        scratch -> {
          List<String> files =
              new Scaling(stopwatch, scratch, console::live, console::say).write(folder);
          console.say("");
          console.say("drawn in " + folder + " (" + String.join(", ", files) + ")");
          ObjectNode object = Json.object();
          files.forEach(object.putArray("files")::add);
          object.put("folder", folder.toString());
          console.answer(object);
        });
  }

  /** Work that may write files. */
  @FunctionalInterface
  private interface Work {
    void in(Path scratch) throws IOException;
  }

  private int inScratch(Work work) {
    // By the ordinary way out, so that processes and scratch files go too.
    context.signals().listen(number -> Runtime.getRuntime().exit(Signals.EXIT_BASE + number));
    try {
      Files.createDirectories(folder);
      try (ScratchFolder scratch = ScratchFolder.below(folder)) {
        work.in(scratch.path());
      }
      return Main.DONE;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  private Optional<Path> python(List<Benchmark> benchmarks, Optional<Path> peers)
      throws IOException {
    if (peers.isEmpty()) {
      return Optional.empty();
    }
    if (benchmarks.stream().allMatch(benchmark -> Peers.of(benchmark.name()).isEmpty())) {
      console.say("no peer is measured beside these benchmarks");
      return Optional.empty();
    }
    return Optional.of(new PeerEnvironment(peers.get(), console::say).python());
  }

  private MachineLimits limits() {
    console.live("limits of this machine");
    MachineLimits limits = MachineLimits.measure(stopwatch);
    console.say(BenchText.line(limits, cores));
    return limits;
  }

  private List<Measurement> measure(
      Benchmark benchmark, BenchSetting setting, Optional<Path> python, Set<String> versions)
      throws IOException {
    List<Peer> peers = Peers.of(benchmark.name());
    if (python.isEmpty() || peers.isEmpty()) {
      return benchmark.run(setting);
    }
    Path scripts = Files.createDirectory(setting.scratch().resolve("peers"));
    try (PeerProcesses processes = new PeerProcesses(python.get(), scripts, cores)) {
      InTurns turns =
          new InTurns(setting, processes, quick ? QUICK_BLOCKS : BLOCKS, cores, console::warn);
      List<Measurement> measured = turns.run(benchmark, peers);
      versions.addAll(processes.versions());
      return measured;
    }
  }

  /** What else ran while a benchmark did, in words, where it matters. */
  private Optional<String> disturbed(String what, OtherLoad others) {
    double cores = others.cores().orElse(0);
    if (cores < MUCH_LOAD) {
      return Optional.empty();
    }
    String words = String.format(Locale.ROOT, "%.1f cores during %s", cores, what);
    console.warn(
        "warning: other processes took "
            + words
            + ": its figures are not to be trusted; stop what else runs and measure again");
    return Optional.of(words);
  }

  private void write(BenchFile file, boolean peers) throws IOException {
    List<String> files = new ArrayList<>(List.of("bench.json", "bench.svg"));
    AtomicFile.write(folder.resolve("bench.json"), Main.utf8(Json.pretty(file.json())));
    AtomicFile.write(folder.resolve("bench.svg"), Main.utf8(BenchText.limitsChart(file)));
    if (peers) {
      files.add("peers.svg");
      AtomicFile.write(folder.resolve("peers.svg"), Main.utf8(BenchText.peersChart(file)));
    }
    console.say("");
    console.say(
        String.format(Locale.ROOT, "measured in %s (%s)", folder, String.join(", ", files)));
    ObjectNode object = file.json();
    object.put("folder", folder.toString());
    console.answer(object);
  }
}
