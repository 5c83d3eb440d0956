package org.planloop.data;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of jobs of one side by iteration and index, kept as ranges: jobs that were flown one after
 * another take one entry however many they are. Immutable.
 *
 * @param ranges ascending, neither overlapping nor touching
 */
public record JobRanges(List<Range> ranges) {
  /** No job. */
  public static final JobRanges NONE = new JobRanges(List.of());

  /**
   * The jobs {@code from} to {@code to - 1} of an iteration.
   *
   * @param to above {@code from}
   */
  public record Range(int iteration, int from, int to) {
    public Range {
      if (from < 0 || to <= from) {
        throw new IllegalArgumentException("a range from " + from + " to " + to);
      }
    }

    private boolean before(int otherIteration, int index) {
      return iteration < otherIteration || (iteration == otherIteration && to <= index);
    }
  }

  public JobRanges {
    ranges = List.copyOf(ranges);
    for (int i = 1; i < ranges.size(); i++) {
      Range left = ranges.get(i - 1);
      Range right = ranges.get(i);
      if (!left.before(right.iteration(), right.from()) || touching(left, right)) {
        throw new IllegalArgumentException(left + " and " + right + " are out of order or touch");
      }
    }
  }

  /** Whether the job is in the set. */
  public boolean contains(int iteration, int index) {
    int at = position(iteration, index);
    return at < ranges.size() && holds(ranges.get(at), iteration, index);
  }

  /**
   * The set with one more job.
   *
   * @throws IllegalArgumentException if it is in the set already: a job counts once
   */
  public JobRanges with(int iteration, int index) {
    int at = position(iteration, index);
    if (at < ranges.size() && holds(ranges.get(at), iteration, index)) {
      throw new IllegalArgumentException("job " + iteration + "/" + index + " counts once");
    }
    List<Range> more = new ArrayList<>(ranges);
    more.add(at, new Range(iteration, index, index + 1));
    join(more, at);
    join(more, at - 1);
    return new JobRanges(more);
  }

  /** Number of jobs. */
  public long size() {
    return ranges.stream().mapToLong(range -> range.to() - (long) range.from()).sum();
  }

  /** The first range that does not end before the job. */
  private int position(int iteration, int index) {
    int low = 0;
    int high = ranges.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ranges.get(middle).before(iteration, index)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static boolean holds(Range range, int iteration, int index) {
    return range.iteration() == iteration && range.from() <= index && index < range.to();
  }

  private static boolean touching(Range left, Range right) {
    return left.iteration() == right.iteration() && left.to() == right.from();
  }

  /** Makes one of a range and the next where they touch. */
  private static void join(List<Range> all, int at) {
    if (at >= 0 && at + 1 < all.size() && touching(all.get(at), all.get(at + 1))) {
      Range left = all.get(at);
      all.set(at, new Range(left.iteration(), left.from(), all.remove(at + 1).to()));
    }
  }
}
