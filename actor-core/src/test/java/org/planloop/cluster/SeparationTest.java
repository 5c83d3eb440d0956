package org.planloop.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class SeparationTest {
  @Test
  void whoeverWasRemovedStartsAnewUnlessTheTrainerAndAnotherAreWithIt() {
    assertThat(Separation.startsAnew(new Separation.Side(3, false))).isTrue();
    assertThat(Separation.startsAnew(new Separation.Side(1, true)))
        .as("a trainer that the others could not reach comes back to them")
        .isTrue();
    assertThat(Separation.startsAnew(new Separation.Side(2, true))).isFalse();
  }

  @Test
  void theClusterWithTheTrainerIsTheRightOne() {
    Set<String> none = Set.of("replay", "worker");
    Set<String> full = Set.of("trainer", "replay");
    assertThat(WrongCluster.is(none, full, false)).isTrue();
    assertThat(WrongCluster.is(none, full, true)).as("known there: about to be let in").isFalse();
    assertThat(WrongCluster.is(full, full, false)).as("never leaves a trainer").isFalse();
    assertThat(WrongCluster.is(none, none, false)).isFalse();
  }
}
