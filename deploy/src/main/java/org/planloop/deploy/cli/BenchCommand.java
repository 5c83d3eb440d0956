package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.bench.BenchComparison;
import org.planloop.deploy.bench.BenchComparison.Change;
import org.planloop.deploy.bench.BenchFile;
import org.planloop.deploy.bench.BenchSetting;
import org.planloop.deploy.bench.Benchmark;
import org.planloop.deploy.bench.Benchmarks;
import org.planloop.deploy.bench.MachineLimits;
import org.planloop.deploy.bench.Measurement;
import org.planloop.deploy.bench.Reference;
import org.planloop.deploy.bench.Stopwatch;
import org.planloop.deploy.config.Nearest;
import org.planloop.deploy.report.BarChart;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import org.planloop.storage.AtomicFile;
import org.planloop.storage.AtomicFolder;
import org.planloop.torch.Torch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop bench}: how fast the parts are on this machine, and how near to its limits. */
@Command(
    name = "bench",
    description = {
      "Measure the parts of the loop on this machine: each figure as median and quartiles, and as"
          + " the share of the limit computed in the same run. Nothing else should run meanwhile."
    })
final class BenchCommand implements Callable<Integer> {
  private static final int REPEATS = 15;
  private static final int QUICK_REPEATS = 3;

  private final Context context;
  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Which benchmarks; all of them where none is named. --list names them.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "Name the benchmarks.")
  private boolean list;

  @Option(names = "--quick", description = "A glimpse: three repeats, hardly any warm-up.")
  private boolean quick;

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "FILE",
      description = "Two files of earlier runs, old and new: tell a change from noise.")
  private List<Path> compare = List.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New or empty folder for bench.json and bench.svg. Default: runs/bench-TIME.")
  private @Nullable Path out;

  BenchCommand(Context context) {
    this.context = context;
    this.console = context.console();
  }

  @Override
  public Integer call() {
    if (list) {
      Benchmarks.all().forEach(b -> console.say(String.format("  %-12s %s", b.name(), b.title())));
      ObjectNode object = Json.object();
      ArrayNode array = object.putArray("benchmarks");
      Benchmarks.all().forEach(b -> array.addObject().put("name", b.name()));
      console.answer(object);
      return Main.DONE;
    }
    return compare.isEmpty() ? measure(benchmarks()) : compared();
  }

  private List<Benchmark> benchmarks() {
    if (names.isEmpty()) {
      return Benchmarks.all();
    }
    List<String> known = Benchmarks.all().stream().map(Benchmark::name).toList();
    return names.stream()
        .distinct()
        .map(
            name ->
                Benchmarks.named(name)
                    .orElseThrow(
                        () ->
                            new InvalidInputException(
                                "there is no benchmark "
                                    + name
                                    + Nearest.hint(name, known)
                                    + "; there are "
                                    + String.join(", ", known))))
        .toList();
  }

  private int measure(List<Benchmark> benchmarks) {
    Path folder =
        out != null
            ? context.folder().resolve(out)
            : RunFolder.unused(
                context.folder().resolve("runs"), "bench", context.clock().instant());
    try {
      Files.createDirectories(folder);
      Path scratch = Files.createTempDirectory(folder, ".scratch-");
      try {
        BenchFile file = new BenchFile(machine(), measurements(benchmarks, scratch));
        AtomicFile.write(folder.resolve("bench.json"), Main.utf8(Json.pretty(file.json())));
        AtomicFile.write(folder.resolve("bench.svg"), Main.utf8(picture(file)));
        console.say("");
        console.say("measured in " + folder + " (bench.json, bench.svg)");
        ObjectNode object = file.json();
        object.put("folder", folder.toString());
        console.answer(object);
        return Main.DONE;
      } finally {
        AtomicFolder.delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    }
  }

  private List<Measurement> measurements(List<Benchmark> benchmarks, Path scratch)
      throws IOException {
    Stopwatch stopwatch =
        new Stopwatch(System::nanoTime, quick ? 0.1 : 1, quick ? QUICK_REPEATS : REPEATS);
    console.live("limits of this machine");
    MachineLimits limits = MachineLimits.measure(stopwatch);
    console.say(
        String.format(
            Locale.ROOT,
            "this machine, one thread: %.0f GFLOP/s in matrix products, %.1f GB/s read, %.1f GB/s"
                + " through loopback",
            1e-9 * limits.flops(),
            1e-9 * limits.readBytes(),
            1e-9 * limits.socketBytes()));
    List<Measurement> all = new ArrayList<>();
    for (Benchmark benchmark : benchmarks) {
      Path folder = Files.createDirectory(scratch.resolve(benchmark.name()));
      BenchSetting setting =
          new BenchSetting(stopwatch, limits, folder, CompareSession.thisProgram(), console::live);
      for (Measurement measurement : benchmark.run(setting)) {
        console.say(line(measurement));
        all.add(measurement);
      }
    }
    return all;
  }

  private static String line(Measurement measurement) {
    String against =
        measurement.references().stream()
            .map(
                reference ->
                    String.format(
                        Locale.ROOT, "%.2f of %s", measurement.share(reference), reference.what()))
            .collect(Collectors.joining(", "));
    String counts =
        measurement.counts().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%.4g %s", e.getValue(), e.getKey()))
            .collect(Collectors.joining(", "));
    return String.format(
            Locale.ROOT,
            "%-30s %12s %-8s %10s .. %-10s %s  %s",
            measurement.name(),
            number(measurement.median()),
            measurement.unit(),
            number(measurement.quantile(0.25)),
            number(measurement.quantile(0.75)),
            against,
            counts)
        .stripTrailing();
  }

  private static String number(double value) {
    return value >= 1e5
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String picture(BenchFile file) {
    BarChart chart = new BarChart("share of the limit or reference, measured in the same run");
    for (Measurement measurement : file.measurements()) {
      for (Reference reference : measurement.references()) {
        double share = measurement.share(reference);
        chart.add(
            measurement.name() + " / " + reference.what(),
            share,
            String.format(Locale.ROOT, "%.2f", share));
      }
    }
    return chart.svg();
  }

  private static Map<String, String> machine() {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    machine.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    machine.put("java", System.getProperty("java.version"));
    machine.put("torch", Torch.info().version());
    return machine;
  }

  private int compared() {
    BenchFile old = BenchFile.read(context.folder().resolve(compare.get(0)));
    BenchFile now = BenchFile.read(context.folder().resolve(compare.get(1)));
    List<Change> changes = BenchComparison.of(old, now);
    if (changes.isEmpty()) {
      throw new InvalidInputException(
          compare.get(0) + " and " + compare.get(1) + " have no figure in common");
    }
    if (!old.machine().equals(now.machine())) {
      console.warn(
          "warning: the two runs are of different machines: "
              + old.machine()
              + ", "
              + now.machine());
    }
    ObjectNode object = Json.object();
    ArrayNode array = object.putArray("changes");
    for (Change change : changes) {
      console.say(
          String.format(
              Locale.ROOT,
              "%-30s time new/old %.3f [%.3f, %.3f]  %s",
              change.name(),
              change.ratio(),
              change.low(),
              change.high(),
              change.verdict().name().toLowerCase(Locale.ROOT)));
      ObjectNode entry = array.addObject().put("name", change.name());
      Json.put(entry, "ratio", change.ratio());
      Json.put(entry, "low", change.low());
      Json.put(entry, "high", change.high());
      entry.put("verdict", change.verdict().name());
    }
    console.answer(object);
    return Main.DONE;
  }
}
