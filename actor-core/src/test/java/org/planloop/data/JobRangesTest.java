package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.planloop.data.JobRanges.Range;

class JobRangesTest {
  @Test
  void itHoldsWhatASetHoldsWhateverTheOrder() {
    for (int seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Set<List<Integer>> plain = new HashSet<>();
      JobRanges ranges = JobRanges.NONE;
      for (int i = 0; i < 60; i++) {
        int iteration = random.nextInt(1, 4);
        int index = random.nextInt(30);
        if (plain.add(List.of(iteration, index))) {
          ranges = ranges.with(iteration, index);
        }
      }
      assertThat(ranges.size()).isEqualTo(plain.size());
      for (int iteration = 0; iteration < 5; iteration++) {
        for (int index = 0; index < 31; index++) {
          assertThat(ranges.contains(iteration, index))
              .isEqualTo(plain.contains(List.of(iteration, index)));
        }
      }
    }
  }

  @Test
  void jobsInARowTakeOneEntry() {
    JobRanges ranges = JobRanges.NONE.with(2, 0).with(2, 2).with(1, 3).with(2, 1);

    assertThat(ranges.ranges()).containsExactly(new Range(1, 3, 4), new Range(2, 0, 3));
  }

  @Test
  void aJobCountsOnce() {
    JobRanges ranges = JobRanges.NONE.with(2, 0).with(2, 1);

    assertThatThrownBy(() -> ranges.with(2, 1)).hasMessageContaining("2/1");
  }

  @Test
  void rangesThatOverlapOrTouchAreRefused() {
    assertThatThrownBy(() -> new JobRanges(List.of(new Range(1, 0, 3), new Range(1, 2, 4))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new JobRanges(List.of(new Range(1, 0, 3), new Range(1, 3, 4))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Range(1, 3, 3)).isInstanceOf(IllegalArgumentException.class);
  }
}
