package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Nearest;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import org.planloop.deploy.reproduce.Studies;
import org.planloop.deploy.reproduce.Study;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop reproduce}: the experiments that justify the design. */
@Command(
    name = "reproduce",
    description = {
      "Run the experiments behind the design. Each leaves a CSV of every seed, a figure, and a page"
          + " that says what is seen and whether it agrees with the published numbers. Without a"
          + " name: list them."
    })
final class ReproduceCommand implements Callable<Integer> {
  private static final String ALL = "all";
  private static final int MOST_SEEDS = 10_000;
  private static final int MOST_JOBS = 1024;

  private final Context context;

  @Parameters(
      arity = "0..*",
      paramLabel = "NAME",
      description = "Studies, or all, which tells the whole story.")
  private List<String> names = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Seeds 0 to N - 1 (default: as many as the published figures rest on).")
  private @Nullable Integer seeds;

  @Option(names = "--quick", description = "A glimpse: few seeds, short campaigns.")
  private boolean quick;

  @Option(names = "--png", description = "Every figure as PNG too.")
  private boolean png;

  @Option(
      names = "--jobs",
      paramLabel = "K",
      description = "Campaigns at a time (default: one a core).")
  private @Nullable Integer jobs;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New or empty folder. Default: runs/reproduce-NAME-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--story",
      paramLabel = "FILE",
      description = "With all: where the story goes. Default: why-half-and-half.md in the folder.")
  private @Nullable Path story;

  @Option(
      names = "--keep",
      description = "Go on in a folder of an earlier run: keep its finished studies.")
  private boolean keep;

  @Option(
      names = "--force",
      description = "Write into a folder that is not empty, over files of the same names.")
  private boolean force;

  ReproduceCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (names.isEmpty()) {
      return list();
    }
    check("--seeds", seeds, MOST_SEEDS);
    check("--jobs", jobs, MOST_JOBS);
    if (keep && force) {
      throw new InvalidInputException(
          "--keep and --force: what an earlier run left is either kept or written over");
    }
    List<Study> studies = studies();
    boolean whole = names.contains(ALL);
    if (story != null && !whole) {
      throw new InvalidInputException(
          "--story " + story + ": the story is of all studies; use it with 'reproduce all'");
    }
    Path folder =
        out != null
            ? context.folder().resolve(out)
            : RunFolder.unused(
                context.folder().resolve("runs"),
                "reproduce-" + (studies.size() == 1 ? studies.get(0).name() : ALL),
                context.clock().instant());
    Path page = null;
    if (whole) {
      page =
          story != null ? context.folder().resolve(story) : folder.resolve("why-half-and-half.md");
    }
    return new ReproduceSession(
            context,
            studies,
            new ReproduceSession.Options(
                seeds == null ? OptionalInt.empty() : OptionalInt.of(seeds),
                quick,
                png,
                jobs != null ? jobs : Runtime.getRuntime().availableProcessors(),
                folder,
                keep,
                force,
                page))
        .run();
  }

  private static void check(String option, @Nullable Integer value, int most) {
    if (value != null && (value < 1 || value > most)) {
      throw new InvalidInputException(option + " " + value + ": must be from 1 to " + most);
    }
  }

  private List<Study> studies() {
    if (names.contains(ALL)) {
      return Studies.all();
    }
    List<Study> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(Studies.named(name).orElseThrow(() -> unknown(name)));
    }
    return chosen.stream().distinct().toList();
  }

  private static InvalidInputException unknown(String name) {
    List<String> known =
        Stream.concat(Studies.all().stream().map(Study::name), Stream.of(ALL)).toList();
    return new InvalidInputException(
        "there is no study "
            + name
            + Nearest.hint(name, known)
            + "; there are "
            + known.stream().collect(Collectors.joining(", ")));
  }

  private int list() {
    Console console = context.console();
    console.say("Studies (planloop reproduce NAME, or all):");
    ObjectNode object = Json.object();
    ArrayNode array = object.putArray("studies");
    for (Study study : Studies.all()) {
      console.say(String.format("  %-20s %s", study.name(), study.title()));
      array.addObject().put("name", study.name()).put("title", study.title());
    }
    console.answer(object);
    return Main.DONE;
  }
}
