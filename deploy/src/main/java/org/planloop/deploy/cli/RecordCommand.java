package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.ReturnEstimate;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.Flights;
import org.planloop.deploy.report.Json;
import org.planloop.expert.RecordedData;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop record}: flies the expert and writes what it did to a file. */
@Command(
    name = "record",
    description = {
      "Fly an experiment's expert and write its transitions to an HDF5 file that --set"
          + " expert.kind=recorded --set expert.file=FILE trains from."
    })
final class RecordCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "NAME|FILE", description = "A bundled experiment or a HOCON file.")
  private @Nullable String experiment;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The file to write, for example expert.h5; must not exist.")
  private @Nullable Path out;

  @Option(
      names = "--episodes",
      paramLabel = "N",
      description = "How many episodes (default: expert.episodes).")
  private @Nullable Integer episodes;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();
  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  RecordCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Path file = context.folder().resolve(Objects.requireNonNull(out));
    if (Files.exists(file)) {
      throw new InvalidInputException(
          file + ": exists already; choose another file with --out, or delete it first");
    }
    Parts parts = classPath.parts();
    Experiment read =
        new ExperimentReader(parts).read(Objects.requireNonNull(experiment), options.overrides());
    PolicyDefinition.Expert expert = PolicyChoice.expert(read);
    int count = episodes != null ? episodes : Math.max(1, read.expert().episodes());
    if (count < 1 || count > 1_000_000) {
      throw new InvalidInputException("--episodes " + count + ": must be from 1 to 1000000");
    }
    MemoryCheck.requireRecording(expert, parts.environment(read), count);
    Flights flights = new Flights(read, parts);
    Console console = context.console();
    Flights.Recording recording =
        flights.record(expert, count, done -> console.live("episode " + done + "/" + count));
    double[] returns =
        recording.episodes().stream()
            .filter(e -> !e.failed())
            .mapToDouble(EpisodeResult::totalReward)
            .toArray();
    if (recording.rows().size() == 0) {
      throw new InvalidInputException(
          "the expert flew no step; its first episode: " + recording.episodes().get(0).failure());
    }
    try {
      RecordedData.write(file, recording.rows(), flights.environment().name(), Provenance.EXPERT);
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be written (" + e.getMessage() + "); choose another file with --out", e);
    }
    ReturnEstimate estimate = ReturnEstimate.of(returns);
    console.say(
        String.format(
            "%d transitions in %d episodes, return %s: %s",
            recording.rows().size(),
            recording.episodes().size(),
            ProgressLine.estimate(estimate.mean(), estimate.ci95()),
            file));
    ObjectNode object = Json.object();
    object.put("file", file.toString());
    object.put("transitions", recording.rows().size());
    object.put("episodes", recording.episodes().size());
    Json.put(object, "return_mean", estimate.mean());
    Json.put(object, "return_ci95", estimate.ci95());
    console.answer(object);
    return Main.DONE;
  }
}
