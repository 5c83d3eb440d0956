package org.planloop.replay;

import static org.planloop.data.InvalidInputException.check;

import java.nio.file.Path;

/**
 * Where transitions are kept; the section {@code replay} of the configuration.
 *
 * @param path folder of the segment files; empty for {@code replay/} in the run folder
 * @param capacity rows kept a side, 0 for all; the oldest jobs are evicted beyond it
 * @param shards number of shards
 * @param segmentBytes size at which a new segment file is begun
 */
public record ReplaySettings(String path, long capacity, int shards, long segmentBytes) {
  /** The folder of the segment files in a run folder. */
  public static final String FOLDER = "replay";

  /** The most shards that a campaign may have. */
  public static final int MOST_SHARDS = 1024;

  public ReplaySettings {
    check(capacity >= 0, "replay.capacity", capacity, "must be 0 (keep all) or more");
    checkShards("replay.shards", shards);
    check(
        segmentBytes >= 4096 && segmentBytes <= 1L << 30,
        "replay.segment-bytes",
        segmentBytes,
        "must be from 4096 to 1073741824");
  }

  /**
   * Checks a number of shards that is asked for elsewhere.
   *
   * @param key what to call it
   * @throws org.planloop.data.InvalidInputException if no campaign can have as many
   */
  public static void checkShards(String key, int shards) {
    check(shards >= 1 && shards <= MOST_SHARDS, key, shards, "must be from 1 to " + MOST_SHARDS);
  }

  /** Where the segment files of a run lie. */
  public Path folder(Path run) {
    return path.isBlank() ? run.resolve(FOLDER) : Path.of(path);
  }

  /** The same, with another number of shards. */
  public ReplaySettings withShards(int number) {
    return new ReplaySettings(path, capacity, number, segmentBytes);
  }

  /** The same, in the run's own folder. */
  public ReplaySettings inRunFolder() {
    return new ReplaySettings("", capacity, shards, segmentBytes);
  }
}
