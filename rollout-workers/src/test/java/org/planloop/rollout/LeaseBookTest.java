package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.planloop.protocol.RolloutJob;

class LeaseBookTest {
  private static final RolloutJob FIRST = Counting.job(0, 1, 0, 0);
  private static final RolloutJob SECOND = Counting.job(1, 1, 0, 0);

  private final LeaseBook<String> book = new LeaseBook<>(100, 3);

  @Test
  void jobsAreGivenOutOnceAndInOrder() {
    book.submit(FIRST);
    book.submit(SECOND);
    book.submit(FIRST);

    assertThat(book.lease("a", 0)).contains(FIRST);
    assertThat(book.lease("b", 0)).contains(SECOND);
    assertThat(book.lease("c", 0)).isEmpty();
  }

  @Test
  void aLeaseThatIsNotRenewedLapsesAndItsJobIsNext() {
    book.submit(FIRST);
    book.submit(SECOND);
    book.lease("a", 0);

    assertThat(book.expire(100)).isEmpty();
    assertThat(book.expire(101)).containsExactly(FIRST);
    assertThat(book.lease("b", 101)).contains(FIRST);
  }

  @Test
  void renewingExtendsTheLeaseOfItsHolderOnly() {
    book.submit(FIRST);
    book.lease("a", 0);
    book.renew("b", FIRST, 90);
    assertThat(book.expire(150)).containsExactly(FIRST);

    book.lease("a", 200);
    book.renew("a", FIRST, 290);
    assertThat(book.expire(350)).isEmpty();
  }

  @Test
  void theDeadlineHoldsWhereTheClockWrapsAround() {
    book.submit(FIRST);
    book.lease("a", Long.MAX_VALUE - 10);

    assertThat(book.expire(Long.MIN_VALUE + 50)).isEmpty();
    assertThat(book.expire(Long.MIN_VALUE + 150)).containsExactly(FIRST);
  }

  @Test
  void aLateResultOfALapsedLeaseCountsOnce() {
    book.submit(FIRST);
    book.lease("a", 0);
    book.expire(101);
    book.lease("b", 101);

    assertThat(book.done(FIRST)).as("from a, late").isTrue();
    assertThat(book.done(FIRST)).as("from b, a duplicate").isFalse();
    assertThat(book.lease("c", 102)).isEmpty();
  }

  @Test
  void aWorkerThatPullsAgainHasLostItsJob() {
    book.submit(FIRST);
    book.lease("a", 0);

    assertThat(book.lease("a", 1)).contains(FIRST);
    assertThat(book.flying()).isEqualTo(1);
  }

  @Test
  void aJobThatFailsTimeAndAgainIsSetAside() {
    book.submit(FIRST);
    for (int i = 0; i < 2; i++) {
      book.lease("a", 0);
      assertThat(book.failed("a", FIRST)).isFalse();
    }
    book.lease("b", 0);
    assertThat(book.failed("a", FIRST)).as("not a's any more").isFalse();
    assertThat(book.failed("b", FIRST)).isTrue();
    assertThat(book.waiting()).isZero();
  }
}
