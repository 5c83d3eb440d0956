package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.node.ReshardedRun;
import org.planloop.deploy.report.Json;
import org.planloop.replay.Resharding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop replay reshard}: a stopped run with another number of shards. */
@Command(
    name = "reshard",
    description = {
      "Make a run folder with another number of replay shards out of one whose run is stopped; it"
          + " goes on with 'planloop train --resume DIR', to the same bytes. What it is made of is"
          + " only read.",
      "Of a stopped cluster: RUN is the trainer's DATA/runs/CAMPAIGN, and behind it come the shards'"
          + " DATA/replay/CAMPAIGN, all of them, in the order of their numbers; docs/operations.md"
          + " has the steps."
    })
final class ReplayReshardCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private @Nullable Path run;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "SHARD",
      description =
          "Folders of its shards, from shard 0 on. Default: those in the run's folder, or where its"
              + " replay.path points.")
  private List<Path> stores = List.of();

  @Mixin private final ShardsOption shards = new ShardsOption();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The new run folder: new or empty.")
  private @Nullable Path out;

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  ReplayReshardCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    int number =
        shards
            .value()
            .orElseThrow(
                () -> new InvalidInputException("--shards: say how many shards it is to have"));
    Path from = context.folder().resolve(Objects.requireNonNull(run));
    Path to = context.folder().resolve(Objects.requireNonNull(out));
    ReshardedRun.Done done;
    try {
      done =
          new ReshardedRun(new ExperimentReader(classPath.parts()), context.clock())
              .make(from, stores.stream().map(context.folder()::resolve).toList(), number, to);
    } catch (IOException e) {
      throw new InvalidInputException(
          to + ": cannot be made (" + e.getMessage() + "); nothing of it is left", e);
    }
    done.torn().forEach(flaw -> context.console().warn("warning: left out: " + flaw));
    ObjectNode object = Json.object();
    object.put("run", to.toString());
    ArrayNode array = object.putArray("shards");
    for (Resharding.Made made : done.shards()) {
      context
          .console()
          .say(
              String.format(
                  "shard %d: %d expert and %d learner rows",
                  made.shard(), made.expertRows(), made.learnerRows()));
      array
          .addObject()
          .put("shard", made.shard())
          .put("expert_rows", made.expertRows())
          .put("learner_rows", made.learnerRows());
    }
    context.console().say("go on with: planloop train --resume " + to);
    ReplayFolder.put(object, done.torn());
    context.console().answer(object);
    return Main.DONE;
  }
}
