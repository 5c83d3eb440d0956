package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.junit.jupiter.api.Test;

class OutOfReachTest {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Address TRAINER = new Address("pekko", "planloop", "trainer", 1);
  private static final Address ONE = new Address("pekko", "planloop", "one", 1);
  private static final Address TWO = new Address("pekko", "planloop", "two", 1);

  private final OutOfReach outOfReach = new OutOfReach(PATIENCE);

  @Test
  void whatTheCoreDoesNotHearIsRemovedAfterItsPatience() {
    Map<Address, Set<Address>> unheard = Map.of(ONE, Set.of(TWO, TRAINER));
    assertThat(after(0, unheard)).isEmpty();
    assertThat(after(15, unheard)).isEmpty();
    assertThat(after(16, unheard)).containsExactly(ONE);
    assertThat(after(17, Map.of())).isEmpty();
  }

  @Test
  void whatOnlyWorkersDoNotHearIsRemovedFourTimesLater() {
    Map<Address, Set<Address>> unheard = Map.of(ONE, Set.of(TWO), TRAINER, Set.of(TWO));
    assertThat(after(0, unheard)).isEmpty();
    assertThat(after(60, unheard)).isEmpty();
    assertThat(after(61, unheard)).containsExactlyInAnyOrder(ONE, TRAINER);
  }

  @Test
  void aChangeBeginsTheCountAnew() {
    after(0, Map.of(ONE, Set.of(TRAINER)));
    after(10, Map.of(ONE, Set.of(TRAINER), TWO, Set.of(TRAINER)));
    assertThat(after(20, Map.of(ONE, Set.of(TRAINER), TWO, Set.of(TRAINER)))).isEmpty();
    assertThat(after(26, Map.of(ONE, Set.of(TRAINER), TWO, Set.of(TRAINER))))
        .containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void whatWorkersSayDoesNotDelayWhatTheCoreSays() {
    after(0, Map.of(ONE, Set.of(TRAINER)));
    assertThat(after(16, Map.of(ONE, Set.of(TRAINER), TWO, Set.of(ONE)))).containsExactly(ONE);
  }

  private Set<Address> after(long seconds, Map<Address, Set<Address>> unheard) {
    return outOfReach.due(unheard, TRAINER::equals, Duration.ofSeconds(seconds).toNanos());
  }
}
