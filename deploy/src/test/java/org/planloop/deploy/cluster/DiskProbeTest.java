package org.planloop.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskProbeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger writes = new AtomicInteger();

  private DiskProbe probe(Path where) {
    return new DiskProbe(
        where,
        task -> {
          writes.incrementAndGet();
          task.run();
        },
        clock::get);
  }

  @Test
  void aFolderThatTakesWritesIsLeftAsItWas() {
    assertThat(probe(folder).trouble(PATIENCE)).isEmpty();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderThatIsGoneIsNamedUntilItIsBack() throws IOException {
    Path gone = folder.resolve("gone");
    DiskProbe probe = probe(gone);
    assertThat(probe.trouble(PATIENCE)).hasValueSatisfying(why -> assertThat(why).contains("gone"));
    Files.createDirectory(gone);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(6));
    assertThat(probe.trouble(PATIENCE)).isEmpty();
  }

  @Test
  void whoeverAsksAgainAtOnceCausesNoWrite() {
    DiskProbe probe = probe(folder);
    for (int i = 0; i < 10; i++) {
      assertThat(probe.trouble(PATIENCE)).isEmpty();
    }
    assertThat(writes).hasValue(1);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(6));
    assertThat(probe.trouble(PATIENCE)).isEmpty();
    assertThat(writes).hasValue(2);
  }

  @Test
  void aWriteThatHangsIsTroubleAndNoSecondOneIsBegun() {
    Queue<Runnable> hanging = new ArrayDeque<>();
    DiskProbe probe = new DiskProbe(folder, hanging::add, clock::get);
    for (int i = 0; i < 3; i++) {
      clock.addAndGet(TimeUnit.SECONDS.toNanos(60));
      assertThat(probe.trouble(Duration.ofMillis(1)))
          .hasValueSatisfying(why -> assertThat(why).contains("has not ended"));
    }
    assertThat(hanging).hasSize(1);
    hanging.remove().run();
    assertThat(probe.trouble(Duration.ofMillis(1))).as("the next one hangs too").isPresent();
    hanging.remove().run();
    assertThat(probe.trouble(PATIENCE)).isEmpty();
  }

  @Test
  void whoeverOnlyWantsFiguresNeverWaitsAndGetsThoseOfTheLastLook() {
    Queue<Runnable> tasks = new ArrayDeque<>();
    DiskProbe probe = new DiskProbe(folder, tasks::add, clock::get);
    assertThat(probe.last()).isEmpty();
    tasks.remove().run();
    DiskProbe.Look look = probe.last().orElseThrow();
    assertThat(look.trouble()).isEmpty();
    assertThat(look.sizeBytes()).isPositive();
    assertThat(look.freeBytes()).isBetween(0.0, look.sizeBytes());
    assertThat(tasks).as("a fresh look is good enough").isEmpty();
    clock.addAndGet(TimeUnit.SECONDS.toNanos(6));
    assertThat(probe.last()).as("while the next look hangs").contains(look);
    assertThat(tasks).hasSize(1);
  }
}
