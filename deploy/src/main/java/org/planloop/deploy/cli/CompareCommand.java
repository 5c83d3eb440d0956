package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.Strategy;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import org.planloop.deploy.config.Parts;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop compare}: strategies over seeds, each campaign a process of its own. */
@Command(
    name = "compare",
    description = {
      "Run an experiment under several strategies and seeds, several at a time, and compare them:"
          + " compare.csv, summary.csv, compare.svg and runs/STRATEGY-SEED/."
    })
final class CompareCommand implements Callable<Integer> {
  private static final int MOST_SEEDS = 10_000;

  private final Context context;

  @Parameters(paramLabel = "NAME|FILE", description = "A bundled experiment or a HOCON file.")
  private @Nullable String experiment;

  @Option(
      names = "--strategies",
      defaultValue = "mixed,expert-only,learner-only",
      paramLabel = "S,S,...",
      description = "Which strategies (default ${DEFAULT-VALUE}).")
  private String strategies = "";

  @Option(
      names = "--seeds",
      defaultValue = "3",
      paramLabel = "N",
      description = "Seeds FIRST to FIRST + N - 1 (default N ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--first-seed",
      defaultValue = "0",
      paramLabel = "FIRST",
      description = "The first seed (default ${DEFAULT-VALUE}).")
  private long firstSeed;

  @Option(
      names = "--jobs",
      paramLabel = "K",
      description = "Campaigns at a time (default: half the cores, at least one).")
  private @Nullable Integer jobs;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key in every campaign; may be repeated.")
  private final List<String> settings = new ArrayList<>();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New or empty folder. Default: runs/compare-NAME-TIME.")
  private @Nullable Path out;

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  CompareCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (seeds < 1 || seeds > MOST_SEEDS) {
      throw new InvalidInputException("--seeds " + seeds + ": must be from 1 to " + MOST_SEEDS);
    }
    int parallel =
        jobs != null ? jobs : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    if (parallel < 1 || parallel > 1024) {
      throw new InvalidInputException("--jobs " + parallel + ": must be from 1 to 1024");
    }
    List<Strategy> wanted = ExperimentReader.strategies("--strategies", strategies);
    if (wanted.isEmpty()) {
      throw new InvalidInputException(
          "--strategies " + strategies + ": must name at least one strategy");
    }
    List<Experiment> campaigns = campaigns(wanted);
    Path folder = out != null ? out : context.folder();
    for (int i = 0; i < campaigns.size(); i += seeds) {
      // Seeds of one strategy take the same; other strategies run beside them, and take much the
      // same too.
      MemoryCheck.require(
          campaigns.get(i),
          classPath.parts(),
          folder,
          Math.min(parallel, campaigns.size()),
          campaigns.size());
    }
    CompareSession session =
        new CompareSession(context, campaigns, parallel, classPath.arguments(), out);
    return session.run();
  }

  /** Every campaign resolved before the first one starts, so that a bad key stops them all. */
  private List<Experiment> campaigns(List<Strategy> wanted) {
    Parts parts = classPath.parts();
    ExperimentReader reader = new ExperimentReader(parts);
    List<Experiment> result = new ArrayList<>();
    for (Strategy strategy : wanted) {
      List<String> given =
          settings.stream()
              .filter(s -> strategy == Strategy.MIXED || !s.strip().startsWith("expert-fraction"))
              .toList();
      for (int i = 0; i < seeds; i++) {
        result.add(
            reader.read(
                Objects.requireNonNull(experiment),
                new Overrides(given, OptionalLong.of(firstSeed + i), Optional.of(strategy))));
      }
      parts.checkRecording(result.get(result.size() - 1));
    }
    return result;
  }
}
