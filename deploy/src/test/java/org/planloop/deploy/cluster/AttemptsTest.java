package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private final Attempts attempts = new Attempts();

  /** The pauses until there is no further attempt; each makes so many rows. */
  private List<Long> pauses(int rowsEach) {
    List<Long> seconds = new ArrayList<>();
    int rows = 3;
    attempts.begin(0);
    attempts.flies(rows);
    while (attempts.another(rows += rowsEach) && seconds.size() < 20) {
      seconds.add(attempts.pause().toSeconds());
      attempts.begin(rows);
      attempts.flies(rows);
    }
    return seconds;
  }

  @Test
  void sixInARowWithoutARowAreTheEnd() {
    assertThat(pauses(0)).containsExactly(1L, 2L, 4L, 8L, 16L);
  }

  @Test
  void anAttemptThatMadeARowIsTheFirstOfItsRow() {
    assertThat(pauses(1)).hasSize(20).containsOnly(1L);
  }

  @Test
  void rowsThatWereThereBeforeAreNoProgressOfAnAttemptThatNeverFlew() {
    for (int i = 1; i < Attempts.MOST; i++) {
      attempts.begin(5);
      assertThat(attempts.another(5)).isTrue();
    }
    attempts.begin(5);
    assertThat(attempts.another(5)).isFalse();
  }

  @Test
  void afterForgivenessTheNextOneDoesNotWait() {
    pauses(0);
    attempts.forgive();
    assertThat(attempts.pause()).isEqualTo(Duration.ZERO);
    assertThat(attempts.another(3)).isTrue();
  }
}
