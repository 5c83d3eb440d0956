package org.planloop.replay.actor;

import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.data.ChunkKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.protocol.WireMessage;

/**
 * Keeps one shard of the transitions in files: appends chunks, confirms each after its commit, and
 * serves blocks of rows from frozen views.
 */
public final class ReplayShard {
  /** Everything the shard understands. */
  public sealed interface Command permits Public {}

  /** What anyone may send; crosses the wire. */
  public sealed interface Public extends Command, WireMessage {}

  /**
   * Stores one chunk. Answered by exactly one {@link AppendReply}, {@link Appended} only after the
   * rows are on disk. A chunk that gets no answer in time is sent again: its key makes that safe.
   *
   * @param key names the chunk; the chunks of a job count from 0 without gaps
   * @param policyVersion the snapshot that acted
   * @param epoch the campaign's, as the shard was fenced to
   * @param rows one row or more, of the shard's widths
   */
  public record Append(
      ChunkKey key,
      int policyVersion,
      long epoch,
      TransitionBatch rows,
      ActorRef<AppendReply> replyTo)
      implements Public {}

  /** The answer to an {@link Append}. */
  public sealed interface AppendReply extends WireMessage {
    ChunkKey key();
  }

  /**
   * The chunk is on disk.
   *
   * @param duplicate whether it had been before
   */
  public record Appended(ChunkKey key, boolean duplicate) implements AppendReply {}

  /** Too much waits to be committed; send the chunk again a little later. */
  public record Busy(ChunkKey key) implements AppendReply {}

  /**
   * The sender's campaign no longer holds the shard: give the job up.
   *
   * @param epoch the epoch that holds it
   */
  public record Outdated(ChunkKey key, long epoch) implements AppendReply {}

  /** The chunk cannot be stored, now or later: wrong widths, or the disk is full. */
  public record Refused(ChunkKey key, String reason) implements AppendReply {}

  /**
   * Takes the shard for a campaign's epoch; from then on appends of older epochs are refused, also
   * after a restart. Taking the current epoch once more changes nothing.
   */
  public record Fence(long epoch, ActorRef<FenceReply> replyTo) implements Public {}

  /** The answer to a {@link Fence}. */
  public sealed interface FenceReply extends WireMessage {}

  /** The epoch holds the shard. */
  public record Fenced(long epoch) implements FenceReply {}

  /** A newer epoch holds the shard, or the new one could not be written. */
  public record FenceRefused(long current, String reason) implements FenceReply {}

  /** Asks for the sizes. */
  public record GetCounts(ActorRef<Counts> replyTo) implements Public {}

  /**
   * @param epoch the epoch that holds the shard
   * @param expertRows readable rows of the expert's side
   * @param learnerRows readable rows of the learner's side
   * @param chunks chunks on disk, both sides
   * @param bytes size of the segment files
   * @param quarantined bytes set aside as torn or corrupt when the files were opened
   */
  public record Counts(
      long epoch, long expertRows, long learnerRows, long chunks, long bytes, long quarantined)
      implements WireMessage {}

  /**
   * Freezes a view: the jobs of both sides up to an iteration, in canonical order. The shard keeps
   * a few of the newest views and forgets older ones.
   */
  public record OpenView(int maxIteration, ActorRef<ViewOpened> replyTo) implements Public {}

  /**
   * @param view names the view in requests
   * @param expertJobs jobs of the expert's side
   * @param learnerJobs jobs of the learner's side
   */
  public record ViewOpened(
      long view, int stateSize, int actionSize, int expertJobs, int learnerJobs)
      implements WireMessage {}

  /** Asks for the jobs of a view from the {@code from}-th on; answered by one page of them. */
  public record GetJobs(long view, Provenance side, int from, ActorRef<JobsReply> replyTo)
      implements Public {}

  /** The answer to {@link GetJobs}. */
  public sealed interface JobsReply extends WireMessage {}

  /**
   * Consecutive jobs of a view in canonical order; a column an array.
   *
   * @param from index of the first
   */
  public record Jobs(int from, int[] iterations, int[] jobs, int[] attempts, int[] rows)
      implements JobsReply {}

  /**
   * Asks for rows by their index in a side of a view.
   *
   * @param rows in any order, repeats allowed; at most as many as fit one message
   */
  public record Gather(long view, Provenance side, int[] rows, ActorRef<BlockReply> replyTo)
      implements Public {}

  /** Asks for {@code count} consecutive rows; at most as many as fit one message. */
  public record ReadRange(
      long view, Provenance side, int from, int count, ActorRef<BlockReply> replyTo)
      implements Public {}

  /** The answer to {@link Gather} and {@link ReadRange}. */
  public sealed interface BlockReply extends WireMessage {}

  /** The rows, in the order asked for. */
  public record Block(TransitionBatch rows) implements BlockReply {}

  /** The request is wrong. */
  public record ReadRefused(String reason) implements BlockReply {}

  /** The shard has forgotten the view, or has restarted since: open it again. */
  public record ViewLost(long view) implements JobsReply, BlockReply {}

  /**
   * Drops all jobs of a side that come before a job, in memory and, segment by segment, on disk.
   */
  public record Evict(Provenance side, int iteration, int job, int attempt) implements Public {}

  /** Commits what waits, closes the files and stops. */
  public record Stop() implements Public {}

  private ReplayShard() {}
}
