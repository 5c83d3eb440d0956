package org.planloop.deploy.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * How much of the machine others took while something was measured: what all processors did less
 * what this process and those it started did. Linux tells; elsewhere nothing is known.
 */
public final class OtherLoad {
  private static final Path SYSTEM = Path.of("/proc/stat");
  private static final Path SELF = Path.of("/proc/self/stat");

  /** The unit of both files: hundredths of a second on every Linux that Java runs on. */
  private static final double TICK_SECONDS = 0.01;

  private static final int IDLE = 3;
  private static final int IO_WAIT = 4;
  private static final int STEAL = 7;
  private static final int USER_TIME = 11;
  private static final int CHILDREN_SYSTEM_TIME = 14;

  private final LongSupplier nanoTime;
  private final long begun;
  private final double busy;
  private final double own;

  private OtherLoad(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
    this.busy = known() ? busy(line(SYSTEM)) : 0;
    this.own = known() ? own() : 0;
  }

  /** From now on. */
  public static OtherLoad since(LongSupplier nanoTime) {
    return new OtherLoad(nanoTime);
  }

  private static boolean known() {
    return Files.exists(SYSTEM) && Files.exists(SELF);
  }

  /** Cores that others kept busy on the average since then; empty where nothing is known. */
  public OptionalDouble cores() {
    double seconds = 1e-9 * (nanoTime.getAsLong() - begun);
    if (!known() || seconds <= 0) {
      return OptionalDouble.empty();
    }
    double all = busy(line(SYSTEM)) - busy;
    double ours = own() - own;
    return OptionalDouble.of(Math.max(0, (all - ours) / seconds));
  }

  /** Seconds that the processors were at work for anybody, another machine on this one included. */
  static double busy(String system) {
    String[] fields = system.strip().split("\\s+");
    double ticks = 0;
    // Behind the name; guests are counted among users already.
    for (int i = 0; i <= STEAL && i + 1 < fields.length; i++) {
      ticks += i == IDLE || i == IO_WAIT ? 0 : Double.parseDouble(fields[i + 1]);
    }
    return TICK_SECONDS * ticks;
  }

  private static double own() {
    try (Stream<ProcessHandle> descendants = ProcessHandle.current().descendants()) {
      return descendants.mapToDouble(child -> own(child.pid())).sum() + own(line(SELF));
    }
  }

  private static double own(long pid) {
    try {
      return own(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    } catch (IOException e) {
      // It has just ended, and its parent is told what it did.
      return 0;
    }
  }

  /** Seconds that a process and those of its children that have ended were at work. */
  static double own(String process) {
    // The program's name, in brackets, may hold spaces.
    String[] fields = process.substring(process.lastIndexOf(')') + 1).strip().split("\\s+");
    double ticks = 0;
    for (int i = USER_TIME; i <= CHILDREN_SYSTEM_TIME; i++) {
      ticks += Double.parseDouble(fields[i]);
    }
    return TICK_SECONDS * ticks;
  }

  private static String line(Path file) {
    try {
      return Files.readAllLines(file).get(0);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": " + e.getMessage(), e);
    }
  }
}
