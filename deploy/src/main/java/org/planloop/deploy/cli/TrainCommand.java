package org.planloop.deploy.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterAccess;
import org.planloop.deploy.cluster.ClusterClient;
import org.planloop.deploy.cluster.RemoteCampaigns;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.CampaignStarter;
import org.planloop.deploy.node.LocalCampaigns;
import org.planloop.deploy.node.Wiring;
import org.planloop.deploy.objectstore.S3ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
import org.planloop.metrics.Meters;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code planloop train}: runs a campaign, or goes on with one. */
@Command(
    name = "train",
    description = {
      "Learn a model with the planner in the loop and return the best policy of the sequence.",
      "An interrupted run goes on with: planloop train --resume DIR",
      "With --cluster the campaign runs there, and this follows it."
    })
final class TrainCommand implements Callable<Integer> {
  /** Runs all roles in this process; loads actors and torch only when it is called. */
  static final CampaignStarter HERE =
      (experiment, parts, folder, observer) ->
          new LocalCampaigns(Meters.simple()).start(experiment, parts, folder, observer);

  private final Context context;

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME|FILE",
      description = "A bundled experiment ('planloop list' names them) or a HOCON file.")
  private @Nullable String experiment;

  @Mixin private final ExperimentOptions options = new ExperimentOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder: new or empty. Default: runs/NAME-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--dry-run",
      description =
          "Check the configuration, print what it takes of memory and disk, and write nothing.")
  private boolean dryRun;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder, with the configuration it began with.")
  private @Nullable Path resume;

  @Option(
      names = "--attach",
      paramLabel = "ID",
      description = "With --cluster: follow a campaign that runs there already.")
  private @Nullable String attach;

  @Option(
      names = "--submission",
      paramLabel = "TEXT",
      description =
          "With --cluster: what tells this submission from others. Repeated under the same text,"
              + " the command follows the campaign that it has begun before.")
  private @Nullable String submission;

  @Mixin private final ObjectStoreOptions store = new ObjectStoreOptions();

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  TrainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Parts parts = classPath.parts();
    ExperimentReader reader = new ExperimentReader(parts);
    if (submission != null && (!cluster.given() || attach != null || submission.isBlank())) {
      throw new InvalidInputException(
          "--submission "
              + submission
              + ": is a text that names a new campaign of a cluster; give it with --cluster and an"
              + " experiment, or leave it out");
    }
    Optional<StoreSettings> copied = store.settings();
    if (copied.isPresent() && (cluster.given() || attach != null)) {
      throw new InvalidInputException(
          "--object-store "
              + copied.get().location()
              + ": a cluster copies its campaigns where its own nodes say ('planloop node"
              + " --object-store'); leave it out here");
    }
    if (resume != null) {
      if (experiment != null || options.given() || out != null || cluster.given()) {
        throw new InvalidInputException(
            "--resume "
                + resume
                + ": goes on with the configuration of that run, so it takes no experiment, --set,"
                + " --seed, --strategy, --out or --cluster; leave them out, or start a new run without"
                + " --resume");
      }
      Experiment resumed = RunFolder.experiment(resume, reader);
      if (dryRun) {
        return show(parts, resumed, resume);
      }
      Optional<RemoteCampaigns> elsewhere = RemoteCampaigns.of(resume);
      if (elsewhere.isEmpty()) {
        MemoryCheck.require(resumed, parts, resume, 1, 1);
      }
      if (copied.isPresent() && elsewhere.isPresent()) {
        throw new InvalidInputException(
            "--object-store: " + resume + " follows a campaign of a cluster; leave it out");
      }
      return fly(
          elsewhere.map(CampaignStarter.class::cast).orElseGet(this::here),
          parts,
          resumed,
          RunFolder.resume(resume, reader, context.clock()),
          false);
    }
    if (attach != null) {
      return follow(parts, reader, attach);
    }
    if (experiment == null) {
      throw new InvalidInputException(
          "train: which experiment? Give a name ('planloop list' shows them), a file, or --resume"
              + " DIR");
    }
    Experiment read = reader.read(experiment, options.overrides());
    Path path = folder(read.name());
    if (cluster.given() && !dryRun) {
      return fly(
          submission == null
              ? new RemoteCampaigns(cluster.access(), Optional.empty())
              : RemoteCampaigns.once(cluster.access(), submission),
          parts,
          read,
          RunFolder.create(path, read, context.clock()),
          true);
    }
    parts.checkRecording(read);
    if (dryRun) {
      return show(parts, read, path);
    }
    MemoryCheck.require(read, parts, path, 1, 1);
    return fly(here(), parts, read, RunFolder.create(path, read, context.clock()), true);
  }

  /** In this process; where its checkpoints are copied to is tried first. */
  private CampaignStarter here() {
    return store
        .checked()
        .<CampaignStarter>map(
            copied ->
                (running, parts, folder, observer) ->
                    new LocalCampaigns(Meters.simple(), copied, S3ObjectStore::new)
                        .start(running, parts, folder, observer))
        .orElse(context.starter());
  }

  private Path folder(String name) {
    return out != null
        ? out
        : RunFolder.unused(context.folder().resolve("runs"), name, context.clock().instant());
  }

  private int follow(Parts parts, ExperimentReader reader, String campaign) {
    if (experiment != null || options.given()) {
      throw new InvalidInputException(
          "--attach "
              + campaign
              + ": the campaign has its configuration, so it takes no experiment, --set, --seed or"
              + " --strategy; leave them out");
    }
    ClusterAccess access = cluster.access();
    Experiment running;
    try (ClusterClient client = new ClusterClient(access)) {
      // Says which campaigns there are, if there is none of that name.
      client.page(campaign, 0, 0, 0);
      String config =
          client
              .file(campaign, RunFolder.CONFIG)
              .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
              .orElseThrow(
                  () -> new InvalidInputException(campaign + " has no configuration there"));
      running = reader.readText(config, campaign);
    }
    return fly(
        new RemoteCampaigns(access, Optional.of(campaign)),
        parts,
        running,
        RunFolder.create(folder(running.name()), running, context.clock()),
        true);
  }

  private int show(Parts parts, Experiment read, Path path) {
    // Parts that do not fit each other are refused here, as they would be at the start.
    var unused = new Wiring(read, parts);
    MemoryCheck.show(read, parts, path, context.console());
    return Main.DONE;
  }

  private int fly(
      CampaignStarter starter, Parts parts, Experiment read, RunFolder folder, boolean fresh) {
    return new TrainSession(context, starter, parts, read, folder, fresh).run();
  }
}
