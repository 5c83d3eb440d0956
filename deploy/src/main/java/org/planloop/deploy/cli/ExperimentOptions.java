package org.planloop.deploy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.ExperimentReader.Overrides;
import picocli.CommandLine.Option;

/** The options that change an experiment. */
final class ExperimentOptions {
  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a key, for example planner.horizon=25; may be repeated.")
  private final List<String> settings = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed; the same configuration and seed give the same run.")
  private @Nullable Long seed;

  @Option(
      names = "--strategy",
      paramLabel = "S",
      description = "mixed, expert-only or learner-only; short for --set strategy=S.")
  private @Nullable String strategy;

  /** Whether any of them is given. */
  boolean given() {
    return !settings.isEmpty() || seed != null || strategy != null;
  }

  Overrides overrides() {
    return new Overrides(
        settings,
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        Optional.ofNullable(strategy)
            .map(
                word -> {
                  var named = ExperimentReader.strategies("--strategy", word);
                  if (named.size() != 1) {
                    throw new InvalidInputException(
                        "--strategy " + word + ": must be one strategy");
                  }
                  return named.get(0);
                }));
  }

  List<String> settings() {
    return settings;
  }

  OptionalLong seed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }
}
