package org.planloop.deploy.node;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.deploy.report.RunFolder;
import org.planloop.replay.ReplayStore;

/** Copies the newest checkpoint of a run that nobody writes now, finished or not. */
public final class StoppedRunCopy {
  private final ExperimentReader reader;
  private final ObjectStore store;
  private final StoreSettings settings;

  /**
   * @param settings of the store
   */
  public StoppedRunCopy(ExperimentReader reader, ObjectStore store, StoreSettings settings) {
    this.reader = reader;
    this.store = store;
    this.settings = settings;
  }

  /**
   * What came of it.
   *
   * @param place of the campaign, as {@code planloop restore} takes it
   * @param bytes stored now; what was there already is not stored again
   */
  public record Done(CheckpointName checkpoint, String place, long bytes) {}

  /**
   * Copies what the run's own copies would be, to the same place. Blocks; meanwhile no run begins
   * in the folder.
   *
   * @throws InvalidInputException if the run is under way, has no checkpoint, is no run of one
   *     process, or another run's copies are at the place
   */
  public Done copy(Path run) throws IOException, InterruptedException {
    Experiment experiment = RunFolder.experiment(run, reader);
    StoppedRun stopped = StoppedRun.of(run, List.of(), experiment.replay());
    try (Closeable unused = RunFolder.hold(run)) {
      RunCopies copies =
          new RunCopies(
              store,
              settings,
              run,
              stopped.campaign(),
              experiment,
              shard -> {
                Path folder = stopped.stores().get(shard);
                try (ReplayStore replay =
                    ReplayStore.open(
                        folder,
                        ReplayStore.identityOf(folder),
                        experiment.replay().segmentBytes())) {
                  return replay.extents();
                }
              });
      CheckpointName checkpoint =
          copies
              .copyNewest()
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          run
                              + ": has no checkpoint yet; go on with 'planloop train --resume "
                              + run
                              + "'"));
      return new Done(checkpoint, copies.place(), copies.bytesPut());
    }
  }
}
