package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Has the replay files of a campaign copied, wherever its shards are. */
@FunctionalInterface
public interface ReplayCopies {
  /**
   * Copies what every shard has on disk now, under the name of a checkpoint. Blocks.
   *
   * @param keep checkpoints whose replay files must stay
   * @return the shards' manifests, in the order of their numbers
   * @throws IOException if a shard or the store does not answer
   */
  List<Blob> copy(String folder, CheckpointName name, Set<CheckpointName> keep)
      throws IOException, InterruptedException;
}
