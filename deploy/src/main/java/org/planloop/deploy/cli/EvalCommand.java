package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.node.Flights;
import org.planloop.deploy.node.HardwareWarnings;
import org.planloop.deploy.report.Json;
import org.planloop.protocol.EpisodeResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop eval}: flies a policy on seeds of its own; writes nothing into the run. */
@Command(
    name = "eval",
    description = {
      "Fly a policy on fresh seeds and say what it returns; nothing is written into the run.",
      "Episode k of a seed has the same start and noise for every policy."
    })
final class EvalCommand implements Callable<Integer> {
  /** Far from the small numbers that runs have as seeds. */
  private static final String SEED = "1000003";

  private final Context context;

  @Parameters(paramLabel = "RUN|POLICY", description = "A run's folder, or any policy's.")
  private @Nullable Path folder;

  @Option(
      names = "--episodes",
      defaultValue = "20",
      paramLabel = "N",
      description = "How many episodes (default ${DEFAULT-VALUE}).")
  private int episodes;

  @Option(
      names = "--seed",
      defaultValue = SEED,
      paramLabel = "N",
      description =
          "The seed (default ${DEFAULT-VALUE}); a run's own seed gives the episodes that its"
              + " policies were chosen on.")
  private long seed;

  @Option(
      names = "--policy",
      defaultValue = "best",
      paramLabel = "WHICH",
      description = PolicyChoice.CHOICES + ". Default: ${DEFAULT-VALUE}.")
  private String which = "best";

  @Option(
      names = "--render",
      paramLabel = "FILE",
      description =
          "Also draw the first episode into a new file: moving pictures in .html or .svg.")
  private @Nullable Path render;

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  EvalCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (episodes < 1 || episodes > 1_000_000) {
      throw new InvalidInputException("--episodes " + episodes + ": must be from 1 to 1000000");
    }
    RenderTarget target = render == null ? null : RenderTarget.of(context.folder(), render);
    PolicyChoice choice = PolicyChoice.of(Objects.requireNonNull(folder), which, classPath.parts());
    int batch = Math.min(episodes, choice.experiment().rollout().environmentsPerJob());
    int batches = (episodes + batch - 1) / batch;
    MemoryCheck.require(
        choice, batch, Math.min(batches, Runtime.getRuntime().availableProcessors()));
    Flights flights = new Flights(choice.experiment(), choice.parts());
    Console console = context.console();
    HardwareWarnings.of(choice.definition()).forEach(line -> console.warn("warning: " + line));
    List<EpisodeResult> flown =
        flights.evaluate(
            choice.definition(),
            seed,
            episodes,
            done -> console.live("episode " + done + "/" + episodes));
    double[] returns =
        flown.stream().filter(e -> !e.failed()).mapToDouble(EpisodeResult::totalReward).toArray();
    say(choice, flown, returns);
    if (target != null) {
      target.write(flights.trace(choice.definition(), seed, 0));
      console.say("episode      " + target.file());
    }
    ObjectNode object = json(choice, flown, returns);
    if (target != null) {
      object.put("render", target.file().toString());
    }
    console.answer(object);
    if (returns.length == 0) {
      throw new CampaignFailedException(
          "all " + episodes + " episodes failed; the first: " + flown.get(0).failure());
    }
    return Main.DONE;
  }

  private void say(PolicyChoice choice, List<EpisodeResult> flown, double[] returns) {
    ReturnEstimate estimate = ReturnEstimate.of(returns);
    Console console = context.console();
    console.say(
        String.format(
            Locale.ROOT,
            "%-12s %s in %s (%d episodes, seed %d)",
            choice.name(),
            ProgressLine.estimate(estimate.mean(), estimate.ci95()),
            choice.experiment().environment().name(),
            returns.length,
            seed));
    if (returns.length > 1) {
      double[] sorted = returns.clone();
      Arrays.sort(sorted);
      console.say(
          "             "
              + "lowest "
              + one(sorted[0])
              + ", median "
              + one((sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2)
              + ", highest "
              + one(sorted[sorted.length - 1]));
    }
    long crashed = flown.stream().filter(e -> e.end() == EpisodeResult.End.CRASHED).count();
    if (crashed > 0) {
      console.say("             " + crashed + " of " + flown.size() + " crashed");
    }
    flown.stream()
        .filter(EpisodeResult::failed)
        .findFirst()
        .ifPresent(
            first ->
                console.warn(
                    (flown.size() - returns.length)
                        + " episodes failed; the first: "
                        + first.failure()));
  }

  private static String one(double value) {
    return ProgressLine.estimate(OptionalDouble.of(value), OptionalDouble.empty());
  }

  private ObjectNode json(PolicyChoice choice, List<EpisodeResult> flown, double[] returns) {
    ReturnEstimate estimate = ReturnEstimate.of(returns);
    ObjectNode object = Json.object();
    object.put("policy", choice.name());
    object.put("environment", choice.experiment().environment().name());
    object.put("seed", seed);
    object.put("episodes", returns.length);
    Json.put(object, "return_mean", estimate.mean());
    Json.put(object, "return_ci95", estimate.ci95());
    object.put("failed_episodes", flown.size() - returns.length);
    object.put("crashes", flown.stream().filter(e -> e.end() == EpisodeResult.End.CRASHED).count());
    ArrayNode each = object.putArray("returns");
    for (EpisodeResult episode : flown) {
      each.add(episode.failed() ? null : Json.of(episode.totalReward()));
    }
    ArrayNode steps = object.putArray("steps");
    flown.forEach(episode -> steps.add(episode.steps()));
    return object;
  }
}
