package org.planloop.deploy.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestorationsTest {
  private final Restorations restorations = new Restorations();
  private final List<String> begun = new ArrayList<>();

  private Campaigning.SubmitReply ask(String key) {
    return restorations.answer(
        key,
        () -> {
          begun.add(key);
          return () -> "copying " + key;
        });
  }

  @Test
  void nothingIsBegunTwiceAndItsEndIsTheAnswer() {
    assertEquals(new Campaigning.Restoring("copying a"), ask("a"));
    assertEquals(new Campaigning.Restoring("copying a"), ask("a"));
    restorations.ended("a", new Campaigning.Accepted("one"));

    assertEquals(new Campaigning.Accepted("one"), ask("a"));
    assertEquals(new Campaigning.Accepted("one"), ask("a"));
    assertEquals(List.of("a"), begun);
  }

  @Test
  void aRefusalIsToldOnceAndThenTriedAgain() {
    ask("a");
    restorations.ended("a", new Campaigning.Refused("the store is full"));

    assertEquals(new Campaigning.Refused("the store is full"), ask("a"));
    assertEquals(new Campaigning.Restoring("copying a"), ask("a"));
    assertEquals(List.of("a", "a"), begun);
  }

  @Test
  void neitherTheRunningNorTheEndedGrowWithoutBound() {
    for (int i = 0; i < Restorations.MOST_AT_ONCE; i++) {
      ask("running " + i);
    }
    assertInstanceOf(Campaigning.Refused.class, ask("one more"));
    restorations.ended("running 0", new Campaigning.Accepted("first"));
    assertEquals(new Campaigning.Restoring("copying one more"), ask("one more"));

    for (int i = 0; i < Restorations.ENDS_KEPT; i++) {
      restorations.ended("later " + i, new Campaigning.Accepted("later"));
    }
    restorations.ended("one more", new Campaigning.Accepted("it"));
    assertInstanceOf(Campaigning.Restoring.class, ask("running 0"));
  }
}
