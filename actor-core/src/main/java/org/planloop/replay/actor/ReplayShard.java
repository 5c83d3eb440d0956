package org.planloop.replay.actor;

import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.protocol.WireMessage;
import org.planloop.replay.Quarantined;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreExtents;
import org.planloop.replay.StoredView;

/**
 * Keeps one shard of the transitions in files: appends chunks, confirms each after its commit, and
 * serves blocks of rows from frozen views.
 *
 * <p>Chunks that wait in the mailbox together, of however many workers, are committed together: the
 * first of them makes the shard send itself a {@code Commit}, which comes after the others. A chunk
 * is confirmed after its commit and never before. The shard reads and writes files in its own
 * thread, so it is spawned with {@link #dispatcher}.
 */
public final class ReplayShard extends AbstractBehavior<ReplayShard.Command> {
  /** Chunks that may wait for a commit; beyond them the shard is {@link Busy}. */
  static final int MAX_PENDING = 4096;

  /** Views that are kept; the oldest goes first. */
  static final int MAX_VIEWS = 8;

  /** Jobs of one {@link Jobs} page. */
  static final int JOBS_A_PAGE = 8192;

  /** What a message of rows may take, well below the frame. */
  private static final int BLOCK_BYTES = 200 * 1024;

  /** Everything the shard understands. */
  public sealed interface Command permits Public, Local, Internal {}

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

  /** The chunk cannot be stored, now or later: it has other widths than the shard's rows, say. */
  public record Refused(ChunkKey key, String reason) implements AppendReply {}

  /**
   * The disk does not take rows at present, because it is full, say. Send the chunk again a little
   * later: nothing of it was kept.
   */
  public record Unavailable(ChunkKey key, String reason) implements AppendReply {}

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
  public record OpenView(int maxIteration, ActorRef<ViewReply> replyTo) implements Public {}

  /** The answer to {@link OpenView}. */
  public sealed interface ViewReply extends WireMessage {}

  /**
   * @param view names the view in requests
   * @param expertJobs jobs of the expert's side
   * @param learnerJobs jobs of the learner's side
   */
  public record ViewOpened(
      long view, int stateSize, int actionSize, int expertJobs, int learnerJobs)
      implements ViewReply {}

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

  /** The answer to {@link Gather}. */
  public sealed interface BlockReply extends WireMessage {}

  /** The rows, in the order asked for. */
  public record Block(TransitionBatch rows) implements BlockReply {}

  /** The request is wrong, or the files cannot be read. */
  public record ReadRefused(String reason) implements ViewReply, JobsReply, BlockReply {}

  /** The shard has forgotten the view, or has restarted since: open it again. */
  public record ViewLost(long view) implements JobsReply, BlockReply {}

  /**
   * Drops all jobs of a side that come before its job {@code firstKept}, in memory and, segment by
   * segment, on disk.
   */
  public record Evict(JobKey firstKept) implements Public {}

  /** Commits what waits, closes the files and stops. */
  public record Stop() implements Public {}

  /** What those on the shard's own node may send as well. */
  public sealed interface Local extends Command, NoSerializationVerificationNeeded {}

  /** Asks what of the files is on disk for good; answered by {@link Extents}. */
  public record GetExtents(ActorRef<Extents> replyTo) implements Local {}

  /**
   * The answer to {@link GetExtents}.
   *
   * @param extents null where the description could not be read
   */
  public record Extents(@Nullable StoreExtents extents, String trouble)
      implements NoSerializationVerificationNeeded {}

  /** What the shard tells itself. */
  sealed interface Internal extends Command, NoSerializationVerificationNeeded {}

  /** Everything that waited when the first pending chunk came has been read: commit. */
  private record Commit() implements Internal {}

  /** Time to try whether the files can be opened again. */
  private record Reopen() implements Internal {}

  /** Opens the shard's files once more after the disk failed. */
  @FunctionalInterface
  public interface Opener {
    ReplayStore open() throws IOException;
  }

  /** A chunk that is answered after the next commit. */
  private record Pending(ActorRef<AppendReply> replyTo, Appended reply) {}

  private static final Duration REOPENING = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final Opener opener;
  private final ReplayMetrics metrics;
  private ReplayStore store;
  private final List<Pending> pending = new ArrayList<>();
  private final Map<Long, StoredView> views = new LinkedHashMap<>();
  private int viewsOpened;
  private String trouble = "";

  /**
   * @param store the shard's alone from now on; closed when the shard stops
   * @param opener opens it again where an error of the disk has left it unsound
   */
  public static Behavior<Command> create(ReplayStore store, Opener opener, ReplayMetrics metrics) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers -> new ReplayShard(context, timers, store, opener, metrics)));
  }

  /** A shard whose files are not opened again after the disk failed. */
  public static Behavior<Command> create(ReplayStore store, ReplayMetrics metrics) {
    return create(
        store,
        () -> {
          throw new IOException("this shard's files are opened once");
        },
        metrics);
  }

  /** How a shard is to be spawned: with a thread of its own. */
  public static DispatcherSelector dispatcher() {
    return DispatcherSelector.fromConfig("planloop.replay-dispatcher");
  }

  /** The most rows that one {@link Gather} may ask for. */
  public static int blockRows(int stateSize, int actionSize) {
    int rowBytes = (2 * stateSize + actionSize + 1) * Float.BYTES + 2 * Integer.BYTES + 1;
    return Math.max(1, BLOCK_BYTES / rowBytes);
  }

  private ReplayShard(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      ReplayStore store,
      Opener opener,
      ReplayMetrics metrics) {
    super(context);
    this.timers = timers;
    this.store = store;
    this.opener = opener;
    this.metrics = metrics;
    metrics.stored(store);
    for (Quarantined part : store.quarantined()) {
      context.getLog().warn("replay: {}", part);
    }
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Append.class, this::onAppend)
        .onMessage(Commit.class, unused -> onCommit())
        .onMessage(Reopen.class, unused -> onReopen())
        .onMessage(Gather.class, this::onGather)
        .onMessage(OpenView.class, this::onOpenView)
        .onMessage(GetJobs.class, this::onGetJobs)
        .onMessage(GetCounts.class, this::onGetCounts)
        .onMessage(GetExtents.class, this::onGetExtents)
        .onMessage(Fence.class, this::onFence)
        .onMessage(Evict.class, this::onEvict)
        .onMessage(Stop.class, unused -> Behaviors.stopped())
        .onSignal(PostStop.class, unused -> onPostStop())
        .build();
  }

  private Behavior<Command> onAppend(Append append) {
    ChunkKey key = append.key();
    if (pending.size() >= MAX_PENDING) {
      answer(append.replyTo(), new Busy(key));
      return this;
    }
    try {
      ReplayStore.Outcome outcome =
          store.append(key, append.policyVersion(), append.epoch(), append.rows());
      if (outcome == ReplayStore.Outcome.OUTDATED) {
        answer(append.replyTo(), new Outdated(key, store.epoch()));
      } else {
        boolean duplicate = outcome == ReplayStore.Outcome.DUPLICATE;
        confirmLater(append.replyTo(), new Appended(key, duplicate));
      }
    } catch (IllegalArgumentException e) {
      answer(append.replyTo(), new Refused(key, String.valueOf(e.getMessage())));
    } catch (IOException e) {
      // The store has taken back everything since the last commit.
      putOff(e);
      answer(append.replyTo(), new Unavailable(key, String.valueOf(e.getMessage())));
    }
    return this;
  }

  /** A duplicate waits too: what it repeats may not be committed yet. */
  private void confirmLater(ActorRef<AppendReply> replyTo, Appended reply) {
    if (pending.isEmpty()) {
      getContext().getSelf().tell(new Commit());
    }
    pending.add(new Pending(replyTo, reply));
  }

  private Behavior<Command> onCommit() {
    commit();
    return this;
  }

  private void commit() {
    if (pending.isEmpty()) {
      return;
    }
    Timer.Sample sample = Timer.start();
    try {
      store.commit();
    } catch (IOException e) {
      putOff(e);
      return;
    }
    sample.stop(metrics.commits());
    trouble = "";
    metrics.stored(store);
    pending.forEach(chunk -> answer(chunk.replyTo(), chunk.reply()));
    pending.clear();
  }

  /** Nothing that waits is confirmed; its senders try again. */
  private void putOff(IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    if (!reason.equals(trouble)) {
      trouble = reason;
      getContext().getLog().error("replay: rows cannot be stored, none is confirmed: {}", reason);
    }
    pending.forEach(chunk -> answer(chunk.replyTo(), new Unavailable(chunk.reply().key(), reason)));
    pending.clear();
    if (!store.sound() && !timers.isTimerActive(Reopen.class)) {
      reopenLater();
    }
  }

  private void reopenLater() {
    timers.startSingleTimer(Reopen.class, new Reopen(), REOPENING);
  }

  private Behavior<Command> onReopen() {
    if (store.sound()) {
      return this;
    }
    try {
      store.close();
      store = opener.open();
      metrics.stored(store);
      getContext().getLog().info("replay: the files are open again");
    } catch (IOException | RuntimeException e) {
      getContext().getLog().debug("replay: cannot be opened yet", e);
      reopenLater();
    }
    return this;
  }

  private void answer(ActorRef<AppendReply> replyTo, AppendReply reply) {
    metrics.answered(reply);
    replyTo.tell(reply);
  }

  private Behavior<Command> onOpenView(OpenView open) {
    try {
      StoredView view = store.view(open.maxIteration());
      // The actor's own number tells this incarnation's views from an earlier one's.
      long id = (long) getContext().getSelf().path().uid() << 32 | ++viewsOpened;
      views.put(id, view);
      if (views.size() > MAX_VIEWS) {
        views.remove(views.keySet().iterator().next());
      }
      open.replyTo()
          .tell(
              new ViewOpened(
                  id,
                  view.stateSize(),
                  view.actionSize(),
                  view.jobs(Provenance.EXPERT).size(),
                  view.jobs(Provenance.LEARNER).size()));
    } catch (IOException e) {
      open.replyTo().tell(new ReadRefused(String.valueOf(e.getMessage())));
    }
    return this;
  }

  private Behavior<Command> onGetJobs(GetJobs get) {
    StoredView view = views.get(get.view());
    if (view == null) {
      get.replyTo().tell(new ViewLost(get.view()));
    } else {
      get.replyTo().tell(page(view, get.side(), get.from()));
    }
    return this;
  }

  private static JobsReply page(StoredView view, Provenance side, int from) {
    List<JobKey> jobs = view.jobs(side);
    if (from < 0 || from > jobs.size()) {
      return new ReadRefused("job " + from + " of " + jobs.size());
    }
    int count = Math.min(JOBS_A_PAGE, jobs.size() - from);
    Jobs page = new Jobs(from, new int[count], new int[count], new int[count], new int[count]);
    for (int i = 0; i < count; i++) {
      JobKey job = jobs.get(from + i);
      page.iterations()[i] = job.iteration();
      page.jobs()[i] = job.job();
      page.attempts()[i] = job.attempt();
      page.rows()[i] = view.start(side, from + i + 1) - view.start(side, from + i);
    }
    return page;
  }

  private Behavior<Command> onGather(Gather gather) {
    gather.replyTo().tell(block(gather));
    return this;
  }

  private BlockReply block(Gather gather) {
    StoredView view = views.get(gather.view());
    if (view == null) {
      return new ViewLost(gather.view());
    }
    int count = gather.rows().length;
    int most = blockRows(view.stateSize(), view.actionSize());
    if (count > most) {
      return new ReadRefused("asked for " + count + " rows; a message holds at most " + most);
    }
    try {
      TransitionBatch rows = view.gather(gather.side(), gather.rows()).join();
      metrics.read(count);
      return new Block(rows);
    } catch (IndexOutOfBoundsException e) {
      return new ReadRefused(String.valueOf(e.getMessage()));
    }
  }

  private Behavior<Command> onGetCounts(GetCounts get) {
    get.replyTo()
        .tell(
            new Counts(
                store.epoch(),
                store.rows(Provenance.EXPERT),
                store.rows(Provenance.LEARNER),
                store.chunks(),
                store.bytes(),
                store.quarantined().stream().mapToLong(Quarantined::bytes).sum()));
    return this;
  }

  private Behavior<Command> onGetExtents(GetExtents get) {
    try {
      get.replyTo().tell(new Extents(store.extents(), ""));
    } catch (IOException e) {
      get.replyTo().tell(new Extents(null, String.valueOf(e.getMessage())));
    }
    return this;
  }

  private Behavior<Command> onFence(Fence fence) {
    try {
      store.fence(fence.epoch());
      fence.replyTo().tell(new Fenced(store.epoch()));
    } catch (IllegalArgumentException | IOException e) {
      fence.replyTo().tell(new FenceRefused(store.epoch(), String.valueOf(e.getMessage())));
    }
    return this;
  }

  private Behavior<Command> onEvict(Evict evict) {
    commit();
    try {
      store.evictBefore(evict.firstKept());
      metrics.stored(store);
    } catch (IOException e) {
      // Only the disk is fuller than need be; the next eviction tries again.
      getContext().getLog().error("replay: jobs before {} not evicted", evict.firstKept(), e);
    }
    return this;
  }

  private Behavior<Command> onPostStop() throws IOException {
    commit();
    store.close();
    return this;
  }
}
