package org.planloop.replay.actor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ReplayUnavailableException;
import org.planloop.replay.ReplayView;
import org.planloop.replay.RowRanges;

/**
 * The transitions of all shards up to an iteration as one view. Its order is that of the jobs over
 * all shards, so what row 17 is depends neither on the number of shards nor on what arrived when.
 *
 * <p>Rows are asked for in blocks that fit a message, a few blocks at a time. A shard that has
 * restarted is asked for the same jobs again. Safe for use by several threads.
 */
public final class ShardReplayView implements ReplayView {
  /** Blocks of one request that are under way at once. */
  private static final int LANES = 4;

  private static final int REOPENINGS = 3;

  private final int maxIteration;
  private final List<ShardClient> shards;
  private final AtomicReferenceArray<ShardClient.Opened> opened;
  private final Map<Provenance, Side> sides = new EnumMap<>(Provenance.class);
  private final int stateSize;
  private final int actionSize;

  /**
   * One side over all shards.
   *
   * @param jobs in canonical order
   * @param shardOf the shard of each job
   * @param ranges the rows of each job
   */
  private record Side(List<JobKey> jobs, int[] shardOf, RowRanges ranges) {}

  /** The view of all jobs up to an iteration. */
  public static ShardReplayView open(
      ActorSystem<?> system,
      List<ActorRef<ReplayShard.Command>> shards,
      int maxIteration,
      long capacity,
      Duration timeout) {
    return open(system, shards, maxIteration, job -> true, capacity, timeout);
  }

  /**
   * Opens a view; blocks until all shards have answered, so it is for threads that may block.
   *
   * @param maxIteration the last iteration whose jobs belong to the view
   * @param included which of its jobs belong to it: where jobs are flown all the time, those that
   *     are stored as a whole
   * @param capacity rows a side, 0 for all: of more only the newest whole jobs are kept, at least
   *     one, and the shards are told to drop the others
   * @param patience for an answer of a shard, which is asked for several times
   * @throws ReplayUnavailableException if a shard does not answer or disagrees with the others
   */
  public static ShardReplayView open(
      ActorSystem<?> system,
      List<ActorRef<ReplayShard.Command>> shards,
      int maxIteration,
      Predicate<JobKey> included,
      long capacity,
      Duration patience) {
    List<ShardClient> clients =
        shards.stream().map(shard -> new ShardClient(system, shard, patience)).toList();
    List<CompletableFuture<ShardClient.Opened>> answers =
        clients.stream().map(client -> client.open(maxIteration)).toList();
    try {
      List<ShardClient.Opened> opened = answers.stream().map(CompletableFuture::join).toList();
      return new ShardReplayView(clients, opened, maxIteration, included, capacity);
    } catch (CompletionException e) {
      throw e.getCause() instanceof ReplayUnavailableException cause
          ? new ReplayUnavailableException(String.valueOf(cause.getMessage()), cause)
          : e;
    }
  }

  private ShardReplayView(
      List<ShardClient> shards,
      List<ShardClient.Opened> opened,
      int maxIteration,
      Predicate<JobKey> included,
      long capacity) {
    this.shards = shards;
    this.opened = new AtomicReferenceArray<>(opened.toArray(ShardClient.Opened[]::new));
    this.maxIteration = maxIteration;
    this.stateSize = opened.get(0).stateSize();
    this.actionSize = opened.get(0).actionSize();
    for (ShardClient.Opened shard : opened) {
      if (shard.stateSize() != stateSize || shard.actionSize() != actionSize) {
        throw new ReplayUnavailableException("replay shards hold rows of different widths");
      }
    }
    for (Provenance side : Provenance.values()) {
      sides.put(side, merge(side, opened, included, capacity));
    }
  }

  private Side merge(
      Provenance side, List<ShardClient.Opened> opened, Predicate<JobKey> included, long capacity) {
    TreeMap<JobKey, Integer> shardOf = new TreeMap<>();
    for (int shard = 0; shard < opened.size(); shard++) {
      for (JobKey job : opened.get(shard).side(side).keys()) {
        Integer other = shardOf.put(job, shard);
        if (other != null) {
          throw new ReplayUnavailableException(
              job
                  + " lies in shard "
                  + other
                  + " and in shard "
                  + shard
                  + "; a shard was given the files of another: the number of shards is changed with"
                  + " planloop replay reshard or restore --shards, never by moving folders");
        }
      }
    }
    shardOf.keySet().removeIf(included.negate());
    List<JobKey> jobs = new ArrayList<>(shardOf.keySet());
    int[] homes = shardOf.values().stream().mapToInt(Integer::intValue).toArray();
    int[] rows = new int[homes.length];
    Arrays.setAll(rows, i -> opened.get(homes[i]).side(side).extent(jobs.get(i)).rows());
    int first = firstKept(rows, capacity);
    if (first > 0) {
      shards.forEach(shard -> shard.evict(jobs.get(first)));
    }
    int[] starts = new int[rows.length - first + 1];
    for (int i = first; i < rows.length; i++) {
      try {
        starts[i - first + 1] = Math.addExact(starts[i - first], rows[i]);
      } catch (ArithmeticException e) {
        throw new ReplayUnavailableException(
            "the " + side + " side has more than 2^31 rows; set replay.capacity", e);
      }
    }
    return new Side(
        List.copyOf(jobs.subList(first, jobs.size())),
        Arrays.copyOfRange(homes, first, homes.length),
        new RowRanges(starts));
  }

  /** The first of the newest jobs that together fit the capacity; the newest always stays. */
  static int firstKept(int[] rows, long capacity) {
    if (capacity == 0) {
      return 0;
    }
    int first = rows.length;
    long kept = 0;
    while (first > 0 && (kept + rows[first - 1] <= capacity || first == rows.length)) {
      kept += rows[--first];
    }
    return first;
  }

  @Override
  public int stateSize() {
    return stateSize;
  }

  @Override
  public int actionSize() {
    return actionSize;
  }

  @Override
  public int size(Provenance side) {
    return side(side).ranges().rows();
  }

  /** The jobs of a side in canonical order. */
  public List<JobKey> jobs(Provenance side) {
    return side(side).jobs();
  }

  private Side side(Provenance provenance) {
    Side side = sides.get(provenance);
    if (side == null) {
      throw new IllegalStateException("no side " + provenance);
    }
    return side;
  }

  @Override
  public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
    return new Fetch(side, rows).start();
  }

  @Override
  public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
    side(side).ranges().check(from, count);
    int[] rows = new int[count];
    Arrays.setAll(rows, i -> from + i);
    return gather(side, rows);
  }

  /** Rows of one shard within a request, few enough for one message. */
  private record Part(int shard, int[] positions) {}

  /** One request for rows, in parts. */
  private final class Fetch {
    private final Provenance provenance;
    private final Side side;
    private final int[] rows;
    private final TransitionBatch result;
    private final List<Part> parts = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();

    Fetch(Provenance provenance, int[] rows) {
      this.provenance = provenance;
      this.side = side(provenance);
      this.rows = rows;
      this.result = TransitionBatch.allocate(rows.length, stateSize, actionSize);
      split();
    }

    private void split() {
      int most = ReplayShard.blockRows(stateSize, actionSize);
      int[][] positions = new int[shards.size()][Math.min(most, rows.length)];
      int[] counts = new int[shards.size()];
      for (int i = 0; i < rows.length; i++) {
        int shard = side.shardOf()[side.ranges().find(rows[i])];
        positions[shard][counts[shard]++] = i;
        if (counts[shard] == most) {
          parts.add(new Part(shard, positions[shard].clone()));
          counts[shard] = 0;
        }
      }
      for (int shard = 0; shard < counts.length; shard++) {
        if (counts[shard] > 0) {
          parts.add(new Part(shard, Arrays.copyOf(positions[shard], counts[shard])));
        }
      }
    }

    CompletableFuture<TransitionBatch> start() {
      CompletableFuture<?>[] lanes = new CompletableFuture<?>[Math.min(LANES, parts.size())];
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = lane();
      }
      return CompletableFuture.allOf(lanes).thenApply(done -> result);
    }

    private CompletableFuture<Void> lane() {
      int index = next.getAndIncrement();
      if (index >= parts.size()) {
        return CompletableFuture.completedFuture(null);
      }
      return fetch(parts.get(index), REOPENINGS).thenCompose(done -> lane());
    }

    private CompletableFuture<Void> fetch(Part part, int reopenings) {
      ShardClient.Opened view = opened.get(part.shard());
      ShardClient shard = shards.get(part.shard());
      return shard
          .gather(view.view(), provenance, local(part, view))
          .thenCompose(
              reply -> {
                if (reply instanceof ReplayShard.Block block
                    && block.rows().size() == part.positions().length) {
                  place(part, block.rows());
                  return CompletableFuture.completedFuture(null);
                }
                if (reply instanceof ReplayShard.ViewLost && reopenings > 0) {
                  return reopen(part.shard(), view)
                      .thenCompose(done -> fetch(part, reopenings - 1));
                }
                throw shard.refused(part.positions().length + " rows", reply);
              });
    }

    /** Row indices as the shard counts them. */
    private int[] local(Part part, ShardClient.Opened view) {
      ShardClient.ShardJobs shardJobs = view.side(provenance);
      int[] local = new int[part.positions().length];
      int job = -1;
      int shift = 0;
      for (int i = 0; i < local.length; i++) {
        int row = rows[part.positions()[i]];
        int rowsJob = side.ranges().find(row);
        if (rowsJob != job) {
          job = rowsJob;
          shift = shardJobs.extent(side.jobs().get(job)).start() - side.ranges().start(job);
        }
        local[i] = row + shift;
      }
      return local;
    }

    private void place(Part part, TransitionBatch block) {
      int[] positions = part.positions();
      int from = 0;
      while (from < positions.length) {
        int to = from + 1;
        while (to < positions.length && positions[to] == positions[to - 1] + 1) {
          to++;
        }
        result.copyRows(block, from, positions[from], to - from);
        from = to;
      }
    }
  }

  /** Opens a shard's view again, unless another request has, and checks that nothing is missing. */
  private CompletableFuture<Void> reopen(int index, ShardClient.Opened lost) {
    if (opened.get(index).view() != lost.view()) {
      return CompletableFuture.completedFuture(null);
    }
    return shards
        .get(index)
        .open(maxIteration)
        .thenAccept(
            again -> {
              for (Provenance side : Provenance.values()) {
                requireAll(index, side, again);
              }
              opened.compareAndSet(index, lost, again);
            });
  }

  private void requireAll(int index, Provenance provenance, ShardClient.Opened again) {
    Side side = side(provenance);
    for (int i = 0; i < side.jobs().size(); i++) {
      JobKey job = side.jobs().get(i);
      int promised = side.ranges().start(i + 1) - side.ranges().start(i);
      if (side.shardOf()[i] == index && again.side(provenance).extent(job).rows() < promised) {
        throw new ReplayUnavailableException(
            "replay shard "
                + index
                + " has restarted and lost rows of "
                + job
                + "; see its quarantine folder, and resume the run to fly them again");
      }
    }
  }
}
