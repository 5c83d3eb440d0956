package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.bench.BenchComparison;
import org.planloop.deploy.bench.BenchComparison.Change;
import org.planloop.deploy.bench.BenchFile;
import org.planloop.deploy.bench.Benchmark;
import org.planloop.deploy.bench.Benchmarks;
import org.planloop.deploy.bench.Scaling;
import org.planloop.deploy.config.Nearest;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop bench}: how fast the parts are on this machine, and how near to its limits. */
@Command(
    name = "bench",
    description = {
      "Measure the parts of the loop on this machine: each figure as median and quartiles, and as"
          + " the share of the limit computed in the same run. Nothing else should run meanwhile.",
      "'bench scale' draws how the figures grow with population, horizon, networks and data."
    })
final class BenchCommand implements Callable<Integer> {
  /** Who is measured beside us. */
  enum Against {
    PEERS
  }

  private final Context context;
  private final Console console;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description =
          "Which benchmarks; all of them where none is named. --list names them. Or scale, alone.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "Name the benchmarks.")
  private boolean list;

  @Option(names = "--quick", description = "A glimpse: three repeats, hardly any warm-up.")
  private boolean quick;

  @Option(
      names = "--against",
      paramLabel = "peers",
      description =
          "Measure Python libraries beside the figures, in turn: mbrl-lib, PyTorch, TorchRL,"
              + " Gymnasium, EnvPool, numpy. They are installed once, which takes 7 GB on disk on"
              + " Linux.")
  private @Nullable Against against;

  @Option(
      names = "--peers",
      paramLabel = "DIR",
      description =
          "With --against peers: their virtual environment of Python, made where there is none."
              + " Default: .planloop/peers in the checkout.")
  private @Nullable Path peers;

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
      return listed();
    }
    if (!compare.isEmpty()) {
      return compared();
    }
    if (peers != null && against == null) {
      throw new InvalidInputException(
          "--peers " + peers + ": says where the peers are; add --against peers to measure them");
    }
    BenchSession session = new BenchSession(context, quick, folder());
    if (!names.contains(Scaling.NAME)) {
      return session.measure(benchmarks(), peerFolder());
    }
    if (names.size() > 1 || against != null) {
      throw new InvalidInputException(
          "bench " + Scaling.NAME + ": draws pictures and is run alone, without --against");
    }
    return session.scale();
  }

  private Path folder() {
    return out != null
        ? context.folder().resolve(out)
        : RunFolder.unused(context.folder().resolve("runs"), "bench", context.clock().instant());
  }

  private Optional<Path> peerFolder() {
    if (against == null) {
      return Optional.empty();
    }
    if (peers != null) {
      return Optional.of(context.folder().resolve(peers));
    }
    String home = System.getProperty("planloop.home", "");
    Path checkout = home.isEmpty() ? context.folder() : Path.of(home);
    return Optional.of(checkout.resolve(".planloop").resolve("peers"));
  }

  private int listed() {
    Benchmarks.all().forEach(b -> console.say(String.format("  %-12s %s", b.name(), b.title())));
    console.say(String.format("  %-12s %s", Scaling.NAME, Scaling.TITLE));
    ObjectNode object = Json.object();
    ArrayNode array = object.putArray("benchmarks");
    Benchmarks.all().forEach(b -> array.addObject().put("name", b.name()));
    console.answer(object);
    return Main.DONE;
  }

  private List<Benchmark> benchmarks() {
    if (names.isEmpty()) {
      return Benchmarks.all();
    }
    List<String> known = new ArrayList<>(Benchmarks.all().stream().map(Benchmark::name).toList());
    known.add(Scaling.NAME);
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

  private int compared() {
    BenchFile old = BenchFile.read(context.folder().resolve(compare.get(0)));
    BenchFile now = BenchFile.read(context.folder().resolve(compare.get(1)));
    List<Change> changes = BenchComparison.of(old, now);
    if (changes.isEmpty()) {
      throw new InvalidInputException(
          compare.get(0) + " and " + compare.get(1) + " have no figure in common");
    }
    List<String> differences = BenchComparison.differences(old, now);
    differences.forEach(
        difference ->
            console.warn("warning: the two runs are not of the same machine: " + difference));
    console.say(
        "time new/old: geometric mean over pairs (first sample with first, second with second) and"
            + " its 95 % interval after Student's t; noise where the interval holds 1");
    ObjectNode object = Json.object();
    ArrayNode different = object.putArray("differences");
    differences.forEach(different::add);
    ArrayNode array = object.putArray("changes");
    for (Change change : changes) {
      console.say(
          String.format(
              Locale.ROOT,
              "%-30s time new/old %.3f [%.3f, %.3f]  %3d pairs  %s",
              change.name(),
              change.ratio().mean(),
              change.ratio().low(),
              change.ratio().high(),
              change.ratio().pairs(),
              change.verdict().name().toLowerCase(Locale.ROOT)));
      ObjectNode entry = array.addObject().put("name", change.name());
      Json.put(entry, "ratio", change.ratio().mean());
      Json.put(entry, "low", change.ratio().low());
      Json.put(entry, "high", change.ratio().high());
      entry.put("pairs", change.ratio().pairs());
      entry.put("verdict", change.verdict().name());
    }
    console.answer(object);
    return Main.DONE;
  }
}
