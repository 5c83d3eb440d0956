package org.planloop.data;

/**
 * Names one rollout job of a campaign. Its order is the canonical order of the data: draws go by
 * (job key, row), so they depend neither on which worker flew the job nor on when its rows arrived.
 *
 * @param provenance which side the job's rows belong to
 * @param iteration 0 for data from before the first iteration (expert episodes, random steps)
 * @param job index of the job within its iteration and side
 * @param attempt 0 unless the environment cannot be replayed: then every attempt's real transitions
 *     are kept
 */
public record JobKey(Provenance provenance, int iteration, int job, int attempt)
    implements Comparable<JobKey> {
  public JobKey {
    if (iteration < 0 || job < 0 || attempt < 0) {
      throw new IllegalArgumentException(
          "iteration, job and attempt must not be negative: "
              + iteration
              + ", "
              + job
              + ", "
              + attempt);
    }
  }

  @Override
  public int compareTo(JobKey other) {
    int byProvenance = provenance.compareTo(other.provenance);
    if (byProvenance != 0) {
      return byProvenance;
    }
    int byIteration = Integer.compare(iteration, other.iteration);
    if (byIteration != 0) {
      return byIteration;
    }
    int byJob = Integer.compare(job, other.job);
    return byJob != 0 ? byJob : Integer.compare(attempt, other.attempt);
  }
}
