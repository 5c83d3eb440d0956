package org.planloop.rollout;

import static org.planloop.data.InvalidInputException.check;

/**
 * How episodes are flown; the section {@code rollout} of the configuration.
 *
 * @param workers worker actors in one process, 0 for one a core
 * @param environmentsPerJob G, episodes planned as one batch; configuration, never derived from
 *     cores or workers, because results depend on it in the last bits
 * @param chunkRows rows a message to the replay shard carries
 * @param supervision whether a rescuer takes over when a candidate goes too far
 * @param envelope how far is too far; of no effect without supervision
 */
public record RolloutSettings(
    int workers,
    int environmentsPerJob,
    int chunkRows,
    Supervision supervision,
    EnvelopeSettings envelope) {
  /** Without supervision. */
  public RolloutSettings(int workers, int environmentsPerJob, int chunkRows) {
    this(workers, environmentsPerJob, chunkRows, Supervision.NONE, EnvelopeSettings.DEFAULT);
  }

  /** Whether a rescuer takes over when a candidate goes too far. */
  public boolean supervised() {
    return supervision == Supervision.ENVELOPE;
  }

  public RolloutSettings {
    check(
        workers >= 0 && workers <= 4096,
        "rollout.workers",
        workers,
        "must be from 0 (one a core) to 4096");
    check(
        environmentsPerJob >= 1 && environmentsPerJob <= 4096,
        "rollout.environments-per-job",
        environmentsPerJob,
        "must be from 1 to 4096");
    check(
        chunkRows >= 1 && chunkRows <= 65_536,
        "rollout.chunk-rows",
        chunkRows,
        "must be from 1 to 65536");
  }
}
