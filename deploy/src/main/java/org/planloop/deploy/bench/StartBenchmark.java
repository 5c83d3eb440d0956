package org.planloop.deploy.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.planloop.deploy.bench.process.ChildProcess;
import org.planloop.deploy.bench.process.ResidentMemory;

/** A process from its start to its first transition, and the memory of one that can plan. */
final class StartBenchmark implements Benchmark {
  private static final String EXPERIMENT = "cartpole-swingup";
  private static final int STARTS = 5;
  private static final int IDLES = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long LOOK_NANOS = 2_000_000;

  /** What a segment file begins with; rows come behind it. */
  private static final long HEADER_BYTES = 256;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "a process from its start to its first transitions, and the memory of one that can plan";
  }

  @Override
  public List<Measurement> run(BenchSetting setting) throws IOException {
    List<Measurement> found = new ArrayList<>();
    setting.progress().accept("train " + EXPERIMENT + " until the first transitions");
    found.add(firstTransitions(setting, "start-to-first-transitions"));
    setting.progress().accept("train " + EXPERIMENT + " by the learner alone until the same");
    found.add(
        firstTransitions(
            setting, "start-to-first-transitions-learner-only", "--strategy", "learner-only"));
    setting.progress().accept("memory of an idle process that can plan");
    double[] bytes = idle(setting);
    if (bytes.length > 0) {
      found.add(Measurement.megabytes("idle-memory", bytes));
    }
    return found;
  }

  private static Measurement firstTransitions(BenchSetting setting, String name, String... more)
      throws IOException {
    double[] seconds = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      Path folder = setting.scratch().resolve(name + "-" + i);
      List<String> command = train(setting, folder, i);
      command.addAll(List.of(more));
      long from = setting.stopwatch().nanoTime().getAsLong();
      try (ChildProcess child =
          ChildProcess.start(command, setting.scratch().resolve(name + "-" + i + ".log"))) {
        awaitRows(child, folder.resolve("replay"), setting.stopwatch());
      }
      seconds[i] = 1e-9 * (setting.stopwatch().nanoTime().getAsLong() - from);
    }
    return Measurement.milliseconds(name, seconds);
  }

  private static List<String> train(BenchSetting setting, Path folder, int seed) {
    List<String> command = new ArrayList<>(setting.planloop());
    command.addAll(List.of("train", EXPERIMENT, "--seed", "" + seed, "--out", folder.toString()));
    return command;
  }

  private static void awaitRows(ChildProcess child, Path replay, Stopwatch watch)
      throws IOException {
    long until = watch.nanoTime().getAsLong() + PATIENCE.toNanos();
    while (!hasRows(replay)) {
      if (!child.isAlive()) {
        throw child.failure("ended before it had a transition");
      }
      if (watch.nanoTime().getAsLong() > until) {
        throw child.failure("had no transition after " + PATIENCE.toSeconds() + " s");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private static boolean hasRows(Path replay) throws IOException {
    try (Stream<Path> files = Files.list(replay)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".segment") && Files.size(file) > HEADER_BYTES) {
          return true;
        }
      }
      return false;
    } catch (NoSuchFileException e) {
      // Not yet.
      return false;
    }
  }

  /** Bytes in memory of processes that have planned once and wait; none where nobody tells. */
  private static double[] idle(BenchSetting setting) throws IOException {
    Path folder = setting.scratch().resolve("idle");
    List<String> command = train(setting, folder, 0);
    for (String key :
        List.of("campaign.iterations=1", "evaluation.episodes=0", "trainer.steps=100")) {
      command.addAll(List.of("--set", key));
    }
    Path log = setting.scratch().resolve("idle.log");
    try (ChildProcess child = ChildProcess.start(command, log)) {
      child.await(PATIENCE);
    }
    List<Double> bytes = new ArrayList<>();
    for (int i = 0; i < IDLES; i++) {
      List<String> act = new ArrayList<>(setting.planloop());
      act.addAll(List.of("act", folder.toString()));
      try (ChildProcess child = ChildProcess.startTalking(act, log, Set.of(), Map.of())) {
        child.say("[0, 0, 0, 0]");
        String action = child.line(PATIENCE);
        if (!action.contains("action")) {
          throw child.failure("answered " + action + " instead of an action");
        }
        ResidentMemory.of(child.pid()).ifPresent(bytes::add);
      }
    }
    return bytes.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
