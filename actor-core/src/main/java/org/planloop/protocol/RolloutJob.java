package org.planloop.protocol;

import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;

/**
 * G whole episodes from reset to terminated or truncated, flown under one policy snapshot and
 * planned as one batch. The job is a pure function of this record and the experiment: flown twice
 * it gives the same transitions to the bit, on any worker.
 *
 * @param purpose why it is flown; names the random streams
 * @param iteration the iteration of the streams; 0 where the purpose leaves it out
 * @param index index of the job within its purpose, iteration and policy version
 * @param attempt 0 unless the environment cannot be replayed
 * @param policyVersion the snapshot that flies, 0 for the expert
 * @param seed the campaign's seed
 * @param firstEpisode index of the first episode; the streams go by it
 * @param episodes G
 * @param maxSteps steps after which an episode is cut, 0 for the environment's limit
 * @param keepRows random rows of the job that are stored, 0 for all
 * @param rescuer the snapshot that takes over when the candidate leaves its envelope, 0 for the
 *     expert, {@link #UNSUPERVISED} for nobody
 */
public record RolloutJob(
    Purpose purpose,
    int iteration,
    int index,
    int attempt,
    int policyVersion,
    long seed,
    int firstEpisode,
    int episodes,
    int maxSteps,
    int keepRows,
    int rescuer)
    implements WireMessage {
  /** Attempts at a job that have numbers in each epoch; at 30 s each that is a year. */
  public static final int ATTEMPTS = 1 << 20;

  /** Epochs whose attempts have numbers. */
  public static final int EPOCHS = Integer.MAX_VALUE / ATTEMPTS;

  /** Nobody takes over. */
  public static final int UNSUPERVISED = -1;

  /** Indices of rescued rows begin here, far above those of the expert's own jobs. */
  private static final int RESCUES = 1 << 30;

  /** A job that nobody watches. */
  public RolloutJob(
      Purpose purpose,
      int iteration,
      int index,
      int attempt,
      int policyVersion,
      long seed,
      int firstEpisode,
      int episodes,
      int maxSteps,
      int keepRows) {
    this(
        purpose,
        iteration,
        index,
        attempt,
        policyVersion,
        seed,
        firstEpisode,
        episodes,
        maxSteps,
        keepRows,
        UNSUPERVISED);
  }

  /** Whether the job's transitions are training data. */
  public boolean stored() {
    return purpose == Purpose.EXPERT || purpose == Purpose.COLLECT;
  }

  /** The key of its rows in the replay files; only for a job whose rows are stored. */
  public JobKey key() {
    Provenance side = purpose == Purpose.EXPERT ? Provenance.EXPERT : Provenance.LEARNER;
    return new JobKey(side, iteration, index, attempt);
  }

  /** Whether someone takes over when the candidate leaves its envelope. */
  public boolean supervised() {
    return rescuer != UNSUPERVISED;
  }

  /**
   * The key of the rows that a rescuer flew, where they are kept: expert's data of its own kind.
   */
  public JobKey rescueKey() {
    return new JobKey(Provenance.EXPERT, iteration, RESCUES + index, attempt);
  }

  /** The index of the job that gave the rows of a key, rescued ones included. */
  public static int indexOf(JobKey key) {
    return key.provenance() == Provenance.EXPERT && key.job() >= RESCUES
        ? key.job() - RESCUES
        : key.job();
  }

  /**
   * Which of a campaign's shards keeps the rows of a key. Those of one job lie together, rescued
   * ones and those of all its attempts included: workers send by this rule, and whoever changes the
   * number of shards lays the rows out by it.
   *
   * @return from 0 to {@code shards} - 1
   */
  public static int shardOf(JobKey key, int shards) {
    return Math.floorMod(31 * key.iteration() + indexOf(key), shards);
  }

  /** The same job under supervision. */
  public RolloutJob rescuedBy(int version) {
    return with(attempt, version);
  }

  /**
   * The same job under the number of an attempt at it, which no other attempt has.
   *
   * @param epoch of the campaign, from 1 to {@link #EPOCHS}
   * @param number of the attempt within the epoch, from 0 to {@link #ATTEMPTS} - 1
   */
  public RolloutJob attempt(long epoch, int number) {
    if (epoch < 1 || epoch > EPOCHS || number < 0 || number >= ATTEMPTS) {
      throw new IllegalArgumentException("no number for attempt " + number + " of epoch " + epoch);
    }
    return with((int) (epoch - 1) * ATTEMPTS + number, rescuer);
  }

  /** The same job as it was submitted, whatever attempt this is. */
  public RolloutJob submitted() {
    return attempt == 0 ? this : with(0, rescuer);
  }

  private RolloutJob with(int otherAttempt, int otherRescuer) {
    return new RolloutJob(
        purpose,
        iteration,
        index,
        otherAttempt,
        policyVersion,
        seed,
        firstEpisode,
        episodes,
        maxSteps,
        keepRows,
        otherRescuer);
  }

  /** One word for logs: {@code COLLECT-3/0@v4}. */
  public String label() {
    return purpose + "-" + iteration + "/" + index + "@v" + policyVersion;
  }
}
