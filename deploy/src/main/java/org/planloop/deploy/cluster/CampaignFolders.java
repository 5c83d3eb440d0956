package org.planloop.deploy.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.memory.Machine;
import org.planloop.deploy.memory.MemoryPlans;
import org.planloop.deploy.node.CampaignFailedException;
import org.planloop.deploy.node.HardwareWarnings;
import org.planloop.deploy.report.RunFolder;

/** The run folders of a trainer's node; each is named by its campaign. */
final class CampaignFolders {
  /** In the run folder of a campaign that somebody has called off. */
  private static final String CANCELLED = "cancelled";

  /** Finished campaigns that are known after a restart; older ones are only files. */
  private static final int FINISHED_KEPT = 100;

  /**
   * What lies here.
   *
   * @param unfinished in the order of their names, without those that were called off
   * @param finished the newest of them
   */
  record Found(List<Path> unfinished, List<Path> finished) {}

  /**
   * A campaign that is to go on.
   *
   * @param folder its run's, to be closed by whoever takes it
   * @param warnings about this machine, which is to fit its models
   */
  record Opened(String campaign, Experiment experiment, RunFolder folder, List<String> warnings) {}

  private final Path runs;
  private final Parts parts;
  private final InstantSource clock;

  /**
   * @param runs folder of the run folders; made where it is missing
   */
  CampaignFolders(Path runs, Parts parts, InstantSource clock) {
    this.runs = runs;
    this.parts = parts;
    this.clock = clock;
  }

  static String campaign(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  ExperimentReader reader() {
    return new ExperimentReader(parts);
  }

  /**
   * @throws UncheckedIOException naming the folder, if it cannot be listed
   */
  Found find() {
    List<Path> unfinished = new ArrayList<>();
    List<Path> finished = new ArrayList<>();
    try (Stream<Path> all = Files.list(Files.createDirectories(runs))) {
      for (Path path : all.filter(CampaignFolders::configured).sorted().toList()) {
        if (finished(path)) {
          finished.add(path);
        } else if (!Files.exists(path.resolve(CANCELLED))) {
          unfinished.add(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(runs + ": " + e.getMessage(), e);
    }
    int first = Math.max(0, finished.size() - FINISHED_KEPT);
    return new Found(unfinished, finished.subList(first, finished.size()));
  }

  private static boolean configured(Path folder) {
    return Files.exists(folder.resolve(RunFolder.CONFIG));
  }

  static boolean finished(Path folder) {
    return Files.exists(folder.resolve(RunFolder.SUMMARY));
  }

  /**
   * Makes the folder of a new campaign, if this node can run it.
   *
   * @param ending of its name
   * @throws InvalidInputException if it cannot
   * @throws CampaignFailedException if it asks for a GPU and PyTorch cannot be loaded
   */
  Opened create(Campaigning.Submit submitted, String ending) {
    Experiment experiment = reader().readText(submitted.config(), submitted.experiment());
    parts.checkRecording(experiment);
    MemoryPlans.trainer(experiment, parts.environment(experiment), HardwareWarnings::gpusSeen)
        .check(Machine.here(runs), 1, 1);
    List<String> warnings = HardwareWarnings.ofTrainer(experiment);
    Path unused = RunFolder.unused(runs, experiment.name(), clock.instant());
    String campaign = campaign(unused) + ending;
    return new Opened(
        campaign,
        experiment,
        RunFolder.create(unused.resolveSibling(campaign), experiment, clock),
        warnings);
  }

  /**
   * @throws InvalidInputException if it cannot go on
   * @throws CampaignFailedException as with {@link #create}
   */
  Opened open(Path folder) {
    Experiment experiment = RunFolder.experiment(folder, reader());
    List<String> warnings = HardwareWarnings.ofTrainer(experiment);
    return new Opened(
        campaign(folder), experiment, RunFolder.resume(folder, reader(), clock), warnings);
  }

  /**
   * What is left of a campaign that has finished.
   *
   * @throws InvalidInputException if it cannot be shown
   */
  CampaignRecord record(Path finished) throws IOException {
    return CampaignRecord.finished(RunFolder.experiment(finished, reader()), finished);
  }

  /** The campaign does not go on after a restart. */
  static void callOff(Path folder) throws IOException {
    Files.writeString(folder.resolve(CANCELLED), "");
  }
}
