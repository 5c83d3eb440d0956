package org.planloop.replay;

import static org.planloop.data.InvalidInputException.check;

/**
 * Where transitions are kept; the section {@code replay} of the configuration.
 *
 * @param path folder of the segment files; empty for {@code replay/} in the run folder
 * @param capacity rows kept a side, 0 for all; the oldest jobs are evicted beyond it
 * @param shards number of shards
 * @param segmentBytes size at which a new segment file is begun
 */
public record ReplaySettings(String path, long capacity, int shards, long segmentBytes) {
  public ReplaySettings {
    check(capacity >= 0, "replay.capacity", capacity, "must be 0 (keep all) or more");
    check(shards >= 1 && shards <= 1024, "replay.shards", shards, "must be from 1 to 1024");
    check(
        segmentBytes >= 4096 && segmentBytes <= 1L << 30,
        "replay.segment-bytes",
        segmentBytes,
        "must be from 4096 to 1073741824");
  }
}
