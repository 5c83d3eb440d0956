package org.planloop.deploy.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.objectstore.BackgroundCopier;
import org.planloop.deploy.objectstore.Blob;
import org.planloop.deploy.objectstore.CheckpointName;
import org.planloop.deploy.objectstore.ObjectStore;
import org.planloop.deploy.objectstore.RunCopy;
import org.planloop.deploy.objectstore.SegmentCopy;
import org.planloop.deploy.objectstore.StoreSettings;
import org.planloop.replay.StoreExtents;

/** The copies of a run whose replay files lie beside it: its checkpoints with all its shards. */
final class RunCopies implements BackgroundCopier.Task {
  /** What of a shard's files is on disk for good. */
  @FunctionalInterface
  interface Extents {
    StoreExtents of(int shard) throws IOException, InterruptedException;
  }

  private final String place;
  private final Extents extents;
  private final List<SegmentCopy> shards = new ArrayList<>();
  private final RunCopy run;

  /**
   * @param settings of the store
   * @param path the run folder
   * @param campaign the run's id
   */
  RunCopies(
      ObjectStore store,
      StoreSettings settings,
      Path path,
      String campaign,
      Experiment experiment,
      Extents extents) {
    String name = experiment.name().replaceAll("[^A-Za-z0-9._-]", "-") + "-" + campaign;
    String folder = settings.location().key(name + "/");
    this.place = settings.location() + "/" + name;
    this.extents = extents;
    for (int i = 0; i < experiment.replay().shards(); i++) {
      shards.add(new SegmentCopy(store, folder, i));
    }
    RunCopy.Source source = new RunCopy.Source(path, campaign, experiment.name(), settings.keep());
    this.run = new RunCopy(store, folder, source, this::copyShards);
  }

  private List<Blob> copyShards(String folder, CheckpointName checkpoint, Set<CheckpointName> keep)
      throws IOException, InterruptedException {
    List<Blob> copied = new ArrayList<>();
    for (int i = 0; i < shards.size(); i++) {
      copied.add(shards.get(i).copy(extents.of(i), checkpoint, keep));
    }
    return copied;
  }

  /** As a user names it. */
  String place() {
    return place;
  }

  @Override
  public Optional<CheckpointName> copyNewest() throws IOException, InterruptedException {
    return run.copyNewest();
  }

  @Override
  public long bytesPut() {
    return run.bytesPut() + shards.stream().mapToLong(SegmentCopy::bytesPut).sum();
  }
}
