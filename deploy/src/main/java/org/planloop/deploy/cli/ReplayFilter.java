package org.planloop.deploy.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredChunk;
import org.planloop.replay.StoredJob;
import picocli.CommandLine.Option;

/** Which jobs a replay command is about. */
final class ReplayFilter {
  private static final int SHOWN = 8;

  @Option(names = "--side", paramLabel = "SIDE", description = "expert or learner.")
  private @Nullable Provenance side;

  @Option(
      names = "--iteration",
      paramLabel = "I",
      description = "0 for data from before the first iteration.")
  private @Nullable Integer iteration;

  @Option(names = "--job", paramLabel = "J", description = "Number of the job in its iteration.")
  private @Nullable Integer job;

  @Option(
      names = "--policy-version",
      paramLabel = "V",
      description = "The policy that acted, 0 for the expert.")
  private @Nullable Integer version;

  /**
   * A job with the chunks that were chosen.
   *
   * @param store index of its store
   */
  record Chosen(int store, JobKey key, List<StoredChunk> chunks) {
    long rows() {
      return chunks.stream().mapToLong(StoredChunk::rows).sum();
    }
  }

  @Nullable Provenance side() {
    return side;
  }

  /**
   * The chosen jobs with rows in canonical order, all of them without a filter.
   *
   * @throws InvalidInputException if a filter names what is not there, saying what is
   */
  List<Chosen> choose(List<StoreScan> scans) {
    List<Chosen> chosen = new ArrayList<>();
    for (int store = 0; store < scans.size(); store++) {
      for (StoredJob stored : scans.get(store).jobs()) {
        if (stored.rows() > 0) {
          chosen.add(new Chosen(store, stored.key(), stored.chunks()));
        }
      }
    }
    chosen.sort(Comparator.comparing(Chosen::key));
    if (side != null) {
      chosen.removeIf(each -> each.key().provenance() != side);
      if (chosen.isEmpty()) {
        throw new InvalidInputException("--side " + name(side) + ": there are no rows of it");
      }
    }
    narrow(chosen, "--iteration", iteration, each -> each.key().iteration());
    narrow(chosen, "--job", job, each -> each.key().job());
    // A job is flown under one policy.
    narrow(chosen, "--policy-version", version, each -> each.chunks().get(0).policyVersion());
    return chosen;
  }

  private static void narrow(
      List<Chosen> chosen, String option, @Nullable Integer wanted, ToIntFunction<Chosen> value) {
    if (wanted == null) {
      return;
    }
    SortedSet<Integer> there =
        chosen.stream().map(value::applyAsInt).collect(Collectors.toCollection(TreeSet::new));
    Predicate<Chosen> other = each -> value.applyAsInt(each) != wanted;
    chosen.removeIf(other);
    if (chosen.isEmpty()) {
      throw new InvalidInputException(
          option + " " + wanted + ": there are no such rows; there is " + list(there));
    }
  }

  private static String list(SortedSet<Integer> values) {
    if (values.isEmpty()) {
      return "nothing at all";
    }
    return values.size() <= SHOWN
        ? values.stream().map(String::valueOf).collect(Collectors.joining(", "))
        : values.size() + " values from " + values.first() + " to " + values.last();
  }

  /** As it is written on the command line. */
  static String name(Provenance side) {
    return side.name().toLowerCase(Locale.ROOT);
  }
}
