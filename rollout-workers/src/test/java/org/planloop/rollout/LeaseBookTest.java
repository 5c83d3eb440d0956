package org.planloop.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.planloop.data.Purpose;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Task;

class LeaseBookTest {
  private static final CampaignEpoch CAMPAIGN = new CampaignEpoch("one", 1);
  private static final Task FIRST = task(CAMPAIGN, 0);
  private static final Task SECOND = task(CAMPAIGN, 1);

  private final LeaseBook<String> book = new LeaseBook<>(100, 3);

  private static Task task(CampaignEpoch campaign, int index) {
    return new Task(campaign, Counting.job(index, 1, 0, 0));
  }

  private void submit(Task... tasks) {
    for (Task task : tasks) {
      book.submit(task, true);
    }
  }

  @Test
  void jobsAreGivenOutOnceAndInOrder() {
    submit(FIRST, SECOND, FIRST);

    assertThat(book.lease("a", 0)).contains(FIRST);
    assertThat(book.lease("b", 0)).contains(SECOND);
    assertThat(book.lease("c", 0)).isEmpty();
  }

  @Test
  void aLeaseThatIsNotRenewedLapsesAndItsJobIsNext() {
    submit(FIRST, SECOND);
    book.lease("a", 0);

    assertThat(book.expire(100)).isEmpty();
    assertThat(book.expire(101)).containsExactly(FIRST);
    assertThat(book.lease("b", 101)).contains(FIRST);
  }

  @Test
  void renewingExtendsTheLeaseOfItsHolderOnly() {
    submit(FIRST);
    book.lease("a", 0);
    assertThat(book.renew("b", FIRST, 90)).isFalse();
    assertThat(book.expire(150)).containsExactly(FIRST);

    book.lease("a", 200);
    assertThat(book.renew("a", FIRST, 290)).isTrue();
    assertThat(book.expire(350)).isEmpty();
  }

  @Test
  void theDeadlineHoldsWhereTheClockWrapsAround() {
    submit(FIRST);
    book.lease("a", Long.MAX_VALUE - 10);

    assertThat(book.expire(Long.MIN_VALUE + 50)).isEmpty();
    assertThat(book.expire(Long.MIN_VALUE + 150)).containsExactly(FIRST);
  }

  @Test
  void leasesLastLongerByTheTimeThatTheBookWasClosed() {
    submit(FIRST);
    book.lease("a", 0);
    book.stretch(1000);

    assertThat(book.expire(1100)).isEmpty();
    assertThat(book.expire(1101)).containsExactly(FIRST);
  }

  @Test
  void aLateResultOfALapsedLeaseCountsOnce() {
    submit(FIRST);
    book.lease("a", 0);
    book.expire(101);
    book.lease("b", 101);

    assertThat(book.done("a", FIRST, 102)).isEqualTo(new LeaseBook.Ended<>(true, List.of("b")));
    assertThat(book.done("b", FIRST, 103)).isEqualTo(new LeaseBook.Ended<>(false, List.of()));
    assertThat(book.lease("c", 104)).isEmpty();
  }

  @Test
  void aWorkerThatPullsAgainHasLostItsJob() {
    submit(FIRST);
    book.lease("a", 0);

    assertThat(book.lease("a", 1)).contains(FIRST);
    assertThat(book.flying()).isEqualTo(1);
  }

  @Test
  void aJobThatFailsTimeAndAgainIsSetAside() {
    submit(FIRST);
    for (int i = 0; i < 2; i++) {
      book.lease("a", 0);
      assertThat(book.failed("a", FIRST)).isFalse();
    }
    book.lease("b", 0);
    assertThat(book.failed("a", FIRST)).as("not a's any more").isFalse();
    assertThat(book.failed("b", FIRST)).isTrue();
    assertThat(book.waiting()).isZero();
  }

  private static Task under(int version, Purpose purpose) {
    return new Task(
        CAMPAIGN, new RolloutJob(purpose, version, version, 0, version, 7, version, 1, 0, 0));
  }

  private static final Task OLD = under(1, Purpose.COLLECT);
  private static final Task NEW = under(2, Purpose.COLLECT);

  @Test
  void aJobUnderAPolicyThatIsTooOldIsTakenBackInsteadOfHandedOut() {
    submit(OLD, NEW, under(1, Purpose.EVALUATE));
    book.retire(CAMPAIGN, 2);

    assertThat(book.retired()).containsExactly(OLD);
    assertThat(book.retired()).as("said once").isEmpty();
    assertThat(book.lease("a", 0)).contains(NEW);
    assertThat(book.lease("b", 0)).as("no learner's").contains(under(1, Purpose.EVALUATE));
    assertThat(book.lease("c", 0)).isEmpty();
  }

  @Test
  void anOldJobInTheAirCountsButIsNotHandedOutAgain() {
    submit(OLD, NEW);
    book.lease("a", 0);
    book.lease("b", 0);
    book.retire(CAMPAIGN, 2);

    assertThat(book.retired()).isEmpty();
    assertThat(book.renew("a", OLD, 50)).isTrue();
    assertThat(book.done("a", OLD, 60).awaited()).isTrue();
  }

  @Test
  void anOldJobThatComesBackIsNotHandedOutAgain() {
    submit(OLD);
    book.lease("a", 0);
    book.retire(CAMPAIGN, 2);
    assertThat(book.expire(101)).containsExactly(OLD);
    assertThat(book.retired()).containsExactly(OLD);

    Task failing = under(2, Purpose.COLLECT);
    submit(failing);
    book.lease("a", 200);
    book.retire(CAMPAIGN, 3);
    assertThat(book.failed("a", failing)).isFalse();
    assertThat(book.retired()).containsExactly(failing);

    submit(OLD);
    assertThat(book.retired()).as("nor is it taken any more").containsExactly(OLD);
    assertThat(book.lease("b", 300)).isEmpty();
    assertThat(book.done("a", OLD, 301).awaited()).isFalse();
  }

  @Test
  void anOldJobIsNotRepeatedForBeingSlow() {
    for (int i = 0; i < 5; i++) {
      Task task = task(CAMPAIGN, 100 + i);
      submit(task);
      book.lease("a", 0);
      book.done("a", task, 10);
    }
    submit(OLD);
    book.lease("a", 0);
    assertThat(book.lease("b", 90)).contains(OLD);
    book.release("b");
    book.retire(CAMPAIGN, 2);

    assertThat(book.lease("b", 95)).isEmpty();
  }

  @Test
  void anotherEpochsRetirementChangesNothing() {
    submit(OLD);
    book.retire(new CampaignEpoch("one", 2), 2);
    book.retire(new CampaignEpoch("two", 1), 2);

    assertThat(book.lease("a", 0)).contains(OLD);
  }

  @Test
  void campaignsShareTheWorkersWhateverTheLengthOfTheirQueues() {
    CampaignEpoch other = new CampaignEpoch("two", 1);
    for (int i = 0; i < 10; i++) {
      submit(task(CAMPAIGN, i));
    }
    submit(task(other, 0), task(other, 1));

    assertThat(List.of("a", "b", "c", "d", "e"))
        .extracting(worker -> book.lease(worker, 0).orElseThrow().campaign().campaign())
        .containsExactly("one", "two", "one", "two", "one");
  }

  @Test
  void aCampaignWhoseJobsEndedGetsTheNextWorkers() {
    CampaignEpoch other = new CampaignEpoch("two", 1);
    submit(FIRST, SECOND, task(CAMPAIGN, 2), task(other, 0), task(other, 1), task(other, 2));
    book.lease("a", 0);
    book.lease("b", 0);
    book.done("b", task(other, 0), 1);

    assertThat(book.lease("b", 1)).contains(task(other, 1));
  }

  @Test
  void whereNothingWaitsASlowJobIsFlownTwiceAndTheFirstResultCounts() {
    Task slow = task(CAMPAIGN, 3);
    submit(FIRST, SECOND, task(CAMPAIGN, 2), slow);
    for (int i = 0; i < 3; i++) {
      book.done("a", book.lease("a", 10L * i).orElseThrow(), 10L * i + 10);
    }
    assertThat(book.lease("a", 30)).contains(slow);
    assertThat(book.lease("b", 50)).as("not slow yet").isEmpty();
    assertThat(book.lease("b", 51)).contains(slow);
    assertThat(book.lease("c", 60)).as("twice is enough").isEmpty();

    assertThat(book.done("b", slow, 61)).isEqualTo(new LeaseBook.Ended<>(true, List.of("a")));
    assertThat(book.flying()).isZero();
  }

  @Test
  void aJobThatCannotBeRepeatedIsFlownOnceAtATime() {
    for (int i = 0; i < 4; i++) {
      book.submit(task(CAMPAIGN, i), false);
    }
    for (int i = 0; i < 3; i++) {
      book.done("a", book.lease("a", 10L * i).orElseThrow(), 10L * i + 10);
    }
    book.lease("a", 30);

    assertThat(book.lease("b", 1000)).isEmpty();
  }

  @Test
  void aSlowJobThatFailsOnOneWorkerGoesOnOnTheOther() {
    whereASlowJobFliesTwice();

    assertThat(book.failed("a", SECOND)).isFalse();
    assertThat(book.waiting()).isZero();
    assertThat(book.renew("b", SECOND, 60)).isTrue();
  }

  private void whereASlowJobFliesTwice() {
    submit(FIRST, task(CAMPAIGN, 5), task(CAMPAIGN, 6), SECOND);
    for (int i = 0; i < 3; i++) {
      book.done("a", book.lease("a", 10L * i).orElseThrow(), 10L * i + 10);
    }
    book.lease("a", 30);
    assertThat(book.lease("b", 55)).contains(SECOND);
  }

  @Test
  void aNewAttemptDrivesOutTheOlderOneWhichIsNotTakenAgain() {
    submit(FIRST, SECOND);
    book.lease("a", 0);
    Task again = task(new CampaignEpoch("one", 2), 0);

    assertThat(book.submit(again, true)).containsExactly("a");
    submit(FIRST);
    assertThat(book.renew("a", FIRST, 1)).isFalse();
    assertThat(book.done("a", FIRST, 2).awaited()).isFalse();
    assertThat(book.lease("b", 3)).contains(again);
    assertThat(book.lease("c", 3)).isEmpty();
  }

  @Test
  void aWithdrawnCampaignLeavesNothing() {
    submit(FIRST, SECOND);
    book.lease("a", 0);

    assertThat(book.withdraw("one")).containsExactly("a");
    assertThat(book.waiting()).isZero();
    assertThat(book.flying()).isZero();
    assertThat(book.lease("a", 1)).isEmpty();
  }

  /** Rows of two flights of a robot never share a key, whoever flies and whatever goes wrong. */
  @Test
  void whatCannotBeRepeatedIsAnotherAttemptEveryTime() {
    Task job = task(new CampaignEpoch("robot", 3), 0);
    book.submit(job, false);
    Set<Integer> attempts = new HashSet<>();

    Task first = book.lease("a", 0).orElseThrow();
    attempts.add(first.job().attempt());
    assertThat(book.expire(101)).containsExactly(job);
    Task second = book.lease("b", 101).orElseThrow();
    attempts.add(second.job().attempt());
    assertThat(book.renew("b", second, 150)).isTrue();
    book.handBack("b", second);
    Task third = book.lease("b", 160).orElseThrow();
    attempts.add(third.job().attempt());
    assertThat(book.failed("b", third)).isFalse();
    Task fourth = book.lease("a", 170).orElseThrow();
    attempts.add(fourth.job().attempt());

    assertThat(attempts).hasSize(4);
    assertThat(fourth.submitted()).isEqualTo(job);
    assertThat(book.done("a", fourth, 180).awaited()).isTrue();
    assertThat(book.lease("a", 190)).isEmpty();

    Task resumed = task(new CampaignEpoch("robot", 4), 0);
    book.submit(resumed, false);
    assertThat(attempts).doesNotContain(book.lease("a", 200).orElseThrow().job().attempt());
  }

  @Test
  void aLostAttemptThatIsDoneAfterAllCounts() {
    Task job = task(new CampaignEpoch("robot", 1), 0);
    book.submit(job, false);
    Task lost = book.lease("a", 0).orElseThrow();
    book.expire(101);
    book.lease("b", 101);

    LeaseBook.Ended<String> ended = book.done("a", lost, 110);

    assertThat(ended.awaited()).isTrue();
    assertThat(ended.others()).containsExactly("b");
    assertThat(book.flying()).isZero();
  }
}
