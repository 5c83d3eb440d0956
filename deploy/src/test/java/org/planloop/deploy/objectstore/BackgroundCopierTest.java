package org.planloop.deploy.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.planloop.cluster.Backoff;
import org.planloop.data.InvalidInputException;

class BackgroundCopierTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Backoff AT_ONCE = new Backoff(Duration.ofMillis(1), Duration.ofMillis(2));

  /** What the next copies do; each is taken out when its copy begins. */
  private static final class Script implements BackgroundCopier.Task {
    /** One copy. */
    interface Step {
      Optional<CheckpointName> run() throws IOException, InterruptedException;
    }

    final BlockingQueue<Step> steps = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> begun = new LinkedBlockingQueue<>();
    private int count;

    @Override
    public Optional<CheckpointName> copyNewest() throws IOException, InterruptedException {
      begun.add(++count);
      return steps.take().run();
    }

    @Override
    public long bytesPut() {
      return 10L * count;
    }

    void copies(int iteration, boolean finished) {
      steps.add(() -> Optional.of(new CheckpointName(iteration, finished)));
    }

    void fails(String reason) {
      steps.add(
          () -> {
            throw new IOException(reason);
          });
    }

    void awaitBegun(int number) throws InterruptedException {
      assertThat(begun.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(number);
    }
  }

  private final Script script = new Script();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final List<String> said = new CopyOnWriteArrayList<>();

  private BackgroundCopier copier() {
    return new BackgroundCopier("test", script, AT_ONCE, new CopyMetrics(registry, "c"), said::add);
  }

  private double gauge(String name) {
    return registry.get("planloop.objectstore." + name).gauge().value();
  }

  @Test
  void whileOneIsCopiedOnlyTheNewestWaits() throws InterruptedException {
    try (BackgroundCopier copier = copier()) {
      copier.changed();
      script.awaitBegun(1);
      for (int i = 0; i < 100; i++) {
        copier.changed();
      }
      script.copies(1, false);
      script.copies(101, false);
      assertThat(copier.settle(PATIENCE)).isEmpty();
      script.awaitBegun(2);
      assertThat(script.begun).isEmpty();
      assertThat(copier.standing()).isEqualTo("copied up to 000101");
      assertThat(gauge("iteration")).isEqualTo(101);
      assertThat(registry.get("planloop.objectstore.bytes").counter().count()).isEqualTo(20);
    }
  }

  @Test
  void aFailureIsSaidOnceTriedAgainAndOverWhenItIsOver() throws InterruptedException {
    try (BackgroundCopier copier = copier()) {
      script.fails("no answer");
      script.fails("no answer");
      copier.changed();
      script.awaitBegun(1);
      script.awaitBegun(2);
      script.awaitBegun(3);
      assertThat(copier.standing()).isEqualTo("not copied yet; copies fail: no answer");
      assertThat(gauge("failing")).isEqualTo(1);
      script.copies(4, false);
      assertThat(copier.settle(PATIENCE)).isEmpty();
      assertThat(said)
          .containsExactly(
              "not copied to the object store, it is tried again: no answer",
              "copies to the object store are well again: copied up to 000004");
      assertThat(gauge("failing")).isZero();
      assertThat(registry.get("planloop.objectstore.failures").counter().count()).isEqualTo(2);
    }
  }

  @Test
  void triesAreBoundedUntilThereIsANewerCheckpoint() throws InterruptedException {
    try (BackgroundCopier copier = copier()) {
      for (int i = 0; i < BackgroundCopier.MOST_TRIES; i++) {
        script.fails("down");
      }
      copier.changed();
      for (int i = 1; i <= BackgroundCopier.MOST_TRIES; i++) {
        script.awaitBegun(i);
      }
      assertThat(copier.settle(PATIENCE)).isEqualTo("down");
      assertThat(script.begun).isEmpty();
      script.copies(9, false);
      copier.changed();
      assertThat(copier.settle(PATIENCE)).isEmpty();
    }
  }

  @Test
  void whatMustNotGoOnEndsTheCopies() throws InterruptedException {
    try (BackgroundCopier copier = copier()) {
      script.steps.add(
          () -> {
            throw new InvalidInputException("another run writes there");
          });
      copier.changed();
      assertThat(copier.settle(PATIENCE)).isEqualTo("another run writes there");
      copier.changed();
      assertThat(copier.settle(PATIENCE)).isEqualTo("another run writes there");
      script.awaitBegun(1);
      assertThat(script.begun).isEmpty();
      assertThat(said)
          .containsExactly("not copied to the object store any more: another run writes there");
    }
  }

  @Test
  void aCopyThatHangsIsLeftBehindWhenItIsClosed() throws InterruptedException {
    try (BackgroundCopier copier = copier()) {
      copier.changed();
      script.awaitBegun(1);
      assertThat(copier.settle(Duration.ofMillis(10))).contains("takes longer");
    }
  }

  @Test
  void waitsDoubleUpToTheLongest() {
    assertThat(
            List.of(
                BackgroundCopier.USUAL.after(1).toSeconds(),
                BackgroundCopier.USUAL.after(3).toSeconds(),
                BackgroundCopier.USUAL.after(7).toSeconds(),
                BackgroundCopier.USUAL.after(1000).toSeconds()))
        .containsExactly(1L, 4L, 60L, 60L);
  }
}
