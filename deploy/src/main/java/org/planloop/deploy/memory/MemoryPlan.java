package org.planloop.deploy.memory;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.planloop.data.InvalidInputException;

/**
 * What an experiment will take of heap, memory and disk, part by part. An estimate from below: it
 * counts what is surely there at the same time, so what it refuses cannot work.
 */
public final class MemoryPlan {
  private static final double GIB = 1L << 30;

  private final List<Part> parts;

  MemoryPlan(List<Part> parts) {
    this.parts = List.copyOf(parts);
  }

  List<Part> parts() {
    return parts;
  }

  /** Bytes of a place; what is not definite is left out. */
  public double bytes(Place place) {
    return parts.stream()
        .filter(part -> part.place() == place && part.definite())
        .mapToDouble(part -> part.size().value())
        .sum();
  }

  /** Bytes of memory in all: heap and native. */
  public double memory() {
    return bytes(Place.HEAP) + bytes(Place.NATIVE);
  }

  /**
   * Refuses what does not fit.
   *
   * @param machine where it is to run
   * @param atOnce processes of this plan at a time, at least 1
   * @param inAll processes of this plan, one after the other, whose files stay
   * @throws InvalidInputException naming the largest part, its keys, the arithmetic and the way out
   */
  public void check(Machine machine, int atOnce, int inAll) {
    double heap = bytes(Place.HEAP);
    boolean room = memory() * atOnce <= machine.memory();
    if (!room) {
      throw refusal(
          List.of(Place.HEAP, Place.NATIVE),
          (atOnce == 1 ? "and" : "for each of " + atOnce + " processes at a time, and")
              + " this machine has "
              + size(machine.memory()),
          atOnce == 1 ? "" : ", or run fewer at a time with --jobs");
    }
    if (heap > machine.heap()) {
      throw refusal(
          List.of(Place.HEAP),
          "and Java's heap has " + size(machine.heap()),
          ", or give Java more: PLANLOOP_JAVA_OPTS=-Xmx"
              + Product.plain(Math.ceil(1.5 * heap / GIB))
              + "g");
    }
    if (bytes(Place.DISK) * inAll > machine.disk()) {
      throw refusal(
          List.of(Place.DISK),
          (inAll == 1 ? "and" : "for each of " + inAll + " campaigns, and")
              + " the disk has "
              + size(machine.disk())
              + " free",
          ", or name another disk with replay.path");
    }
    for (Part part : parts) {
      part.bound()
          .filter(bound -> part.definite() && bound.broken())
          .ifPresent(
              bound -> {
                String need = bound.amount().text() + " = " + Product.plain(bound.amount().value());
                throw refusal(bound.amount(), part.what(), need, "and " + bound.limit(), "");
              });
    }
  }

  /** The refusal of what some places hold together. */
  private InvalidInputException refusal(List<Place> places, String limit, String more) {
    double sum = places.stream().mapToDouble(this::bytes).sum();
    Part largest =
        parts.stream()
            .filter(part -> part.definite() && places.contains(part.place()))
            .max(Comparator.comparingDouble(part -> part.size().value()))
            .orElseThrow();
    double size = largest.size().value();
    String need =
        largest.size().text()
            + " = "
            + size(size)
            + " of "
            + largest.place()
            + (sum - size > sum / 20 ? ", with the rest " + size(sum) : "");
    return refusal(largest.size(), largest.what(), need, limit, more);
  }

  private static InvalidInputException refusal(
      Product product, String what, String need, String limit, String more) {
    List<Product.Key> levers = product.levers();
    String way =
        levers.stream()
            .map(Product.Key::name)
            .distinct()
            .limit(3)
            .collect(Collectors.joining(" or "));
    String rule =
        "the "
            + what
            + " need "
            + need
            + ", "
            + limit
            + (way.isEmpty() ? more : "; lower " + way + more);
    return levers.isEmpty()
        ? new InvalidInputException(rule)
        : InvalidInputException.setting(levers.get(0).name(), levers.get(0).shown(), rule);
  }

  /**
   * A part for whoever shows the plan.
   *
   * @param definite whether it will really grow so large; if not, the campaign may stop before
   */
  public record Row(String what, Place place, double bytes, String arithmetic, boolean definite) {}

  /** All parts, by place, the largest first. */
  public List<Row> rows() {
    return parts.stream()
        .map(
            part ->
                new Row(
                    part.what(),
                    part.place(),
                    part.size().value(),
                    part.size().text(),
                    part.definite()))
        .sorted(
            Comparator.comparing(Row::place).thenComparing(Row::bytes, Comparator.reverseOrder()))
        .toList();
  }

  /** Bytes for people. */
  public static String size(double bytes) {
    if (Double.isInfinite(bytes)) {
      return "no known limit";
    }
    if (bytes < 1 << 20) {
      return String.format(Locale.ROOT, "%.0f KiB", Math.ceil(bytes / 1024));
    }
    return bytes < GIB
        ? String.format(Locale.ROOT, "%.0f MiB", bytes / (1 << 20))
        : String.format(Locale.ROOT, bytes < 100 * GIB ? "%.1f GiB" : "%.0f GiB", bytes / GIB);
  }
}
