package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.objectstore.CampaignCopies;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.RunRestoration;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreLocation;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.Json;
import org.planloop.deploy.report.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop restore}: a run folder out of an object store. */
@Command(
    name = "restore",
    description = {
      "Bring a run folder back from an object store, to go on with 'planloop train --resume RUN'.",
      "To a cluster: planloop campaign restore s3://BUCKET/PREFIX/CAMPAIGN --cluster SEEDS"
    })
final class RestoreCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(
      paramLabel = "s3://BUCKET/PREFIX/CAMPAIGN",
      description = "As 'train' has said, or --list shows.")
  private String url = "";

  @Option(names = "--out", paramLabel = "RUN", description = "The run's folder: new or empty.")
  private @Nullable Path out;

  @Option(
      names = "--checkpoint",
      paramLabel = "NAME",
      description = "Which one, as --list names it. Default: the newest that is whole.")
  private @Nullable String checkpoint;

  @Option(
      names = "--list",
      description = "Show what can be restored from there, below any prefix, and restore nothing.")
  private boolean list;

  @Mixin private final ShardsOption shards = new ShardsOption();

  @Mixin private final StoreAccessOptions access = new StoreAccessOptions();

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  RestoreCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    OptionalInt asked = shards.value();
    StoreLocation location = StoreLocation.parse("restore", url);
    try (ObjectStore store = new S3ObjectStore(access.at(location, StoreSettings.KEEP))) {
      if (list) {
        show(store, location);
      } else {
        restore(store, location, asked);
      }
      return Main.DONE;
    } catch (IOException e) {
      throw new InvalidInputException("restore: " + e.getMessage(), e);
    }
  }

  private void restore(ObjectStore store, StoreLocation location, OptionalInt asked)
      throws IOException {
    if (out == null) {
      throw new InvalidInputException("--out: say where the run's folder is to be, or give --list");
    }
    CampaignCopies copies = new CampaignCopies(store, location.key(""));
    CampaignCopies.Whole whole =
        copies.choose(Optional.ofNullable(checkpoint).map(CheckpointName::parseOption));
    ExperimentReader reader = new ExperimentReader(classPath.parts());
    RunRestoration.run(
        copies, whole, out, folder -> RunFolder.replay(folder, reader, asked.orElse(0)));
    context
        .console()
        .say(
            "restored checkpoint "
                + whole.name()
                + " of "
                + location
                + (whole.name().finished()
                    ? ": the run is finished; its best policy is in " + out.resolve(RunFolder.BEST)
                    : "; go on with: planloop train --resume " + out));
    ObjectNode answer = Json.object();
    answer.put("run", out.toString());
    answer.put("checkpoint", whole.name().toString());
    context.console().answer(answer);
  }

  private void show(ObjectStore store, StoreLocation location) throws IOException {
    List<CampaignCopies.Listed> all = new ArrayList<>();
    for (String folder : CampaignCopies.folders(store, location)) {
      all.addAll(new CampaignCopies(store, folder).list());
    }
    ObjectNode answer = Json.object();
    ArrayNode rows = answer.putArray("checkpoints");
    say("%-72s %-16s %9s %s", "CAMPAIGN", "CHECKPOINT", "MB", "");
    for (CampaignCopies.Listed one : all) {
      String place = "s3://" + location.bucket() + "/" + one.folder().replaceAll("/$", "");
      say("%-72s %-16s %9.1f %s", place, one.name(), one.bytes() * 1e-6, one.flaw());
      ObjectNode row = rows.addObject();
      row.put("campaign", place);
      row.put("checkpoint", one.name().toString());
      row.put("bytes", one.bytes());
      row.put("whole", one.flaw().isEmpty());
      row.put("flaw", one.flaw());
    }
    context.console().answer(answer);
  }

  private void say(String format, Object... values) {
    context.console().say(String.format(Locale.ROOT, format, values).stripTrailing());
  }
}
