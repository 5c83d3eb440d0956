package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.planloop.data.Provenance;
import org.planloop.deploy.report.Json;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredChunk;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code planloop replay ls}: what there is, by side and iteration. */
@Command(
    name = "ls",
    description = {
      "List what the replay files hold, by side and iteration: jobs, chunks, rows, versions of the"
          + " policies that acted, epochs of the campaign.",
      "Only headers are read: see quarantine --verify for a check of every row."
    })
final class ReplayLsCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ReplayFolder folder = new ReplayFolder();
  @Mixin private final ReplayFilter filter = new ReplayFilter();

  ReplayLsCommand(Context context) {
    this.context = context;
  }

  /** Where a line's rows come from. */
  private record Origin(Provenance side, int iteration) {}

  /** What a line counts. */
  private static final class Counts {
    private int jobs;
    private long chunks;
    private long rows;
    private final SortedSet<Integer> versions = new TreeSet<>();
    private final SortedSet<Long> epochs = new TreeSet<>();

    void add(ReplayFilter.Chosen job) {
      jobs++;
      rows += job.rows();
      chunks += job.chunks().size();
      for (StoredChunk chunk : job.chunks()) {
        versions.add(chunk.policyVersion());
        epochs.add(chunk.epoch());
      }
    }
  }

  @Override
  public Integer call() {
    List<StoreScan> scans = folder.scan(context, false);
    Map<Origin, Counts> lines = new LinkedHashMap<>();
    for (ReplayFilter.Chosen job : filter.choose(scans)) {
      lines
          .computeIfAbsent(
              new Origin(job.key().provenance(), job.key().iteration()), unused -> new Counts())
          .add(job);
    }
    print(scans, lines);
    ReplayFolder.warn(context.console(), ReplayFolder.flaws(scans));
    context.console().answer(json(scans, lines));
    return Main.DONE;
  }

  private void print(List<StoreScan> scans, Map<Origin, Counts> lines) {
    TextTable table =
        new TextTable(
            List.of("side", "iteration", "jobs", "chunks", "rows", "policy versions", "epochs"));
    lines.forEach(
        (origin, counts) ->
            table.add(
                List.of(
                    ReplayFilter.name(origin.side()),
                    String.valueOf(origin.iteration()),
                    String.valueOf(counts.jobs),
                    String.valueOf(counts.chunks),
                    String.valueOf(counts.rows),
                    range(counts.versions),
                    range(counts.epochs))));
    table.lines().forEach(context.console()::say);
    long bytes = scans.stream().mapToLong(StoreScan::bytes).sum();
    long rows = lines.values().stream().mapToLong(counts -> counts.rows).sum();
    context
        .console()
        .say(
            rows
                + " rows; campaign "
                + scans.get(0).identity().campaign()
                + ", "
                + bytes
                + " bytes in "
                + scans.size()
                + (scans.size() == 1 ? " store" : " shards"));
    List<String> others = new ArrayList<>();
    note(others, waiting(scans), "wait for an earlier one of their job");
    note(others, scans.stream().mapToLong(StoreScan::evicted).sum(), "are of deleted jobs");
    note(others, scans.stream().mapToLong(StoreScan::duplicates).sum(), "are there twice");
    others.forEach(context.console()::say);
  }

  private static void note(List<String> lines, long chunks, String what) {
    if (chunks > 0) {
      lines.add("not counted: " + chunks + " chunks that " + what);
    }
  }

  private static long waiting(List<StoreScan> scans) {
    return scans.stream()
        .flatMap(scan -> scan.jobs().stream())
        .mapToLong(job -> job.waiting())
        .sum();
  }

  private static <T> String range(SortedSet<T> values) {
    return values.size() == 1
        ? String.valueOf(values.first())
        : values.first() + ".." + values.last();
  }

  private ObjectNode json(List<StoreScan> scans, Map<Origin, Counts> lines) {
    ObjectNode object = Json.object();
    object.put("folder", folder.path(context).toString());
    object.put("campaign", scans.get(0).identity().campaign());
    object.put("state_size", scans.get(0).identity().stateSize());
    object.put("action_size", scans.get(0).identity().actionSize());
    object.put("epoch", scans.stream().mapToLong(StoreScan::epoch).max().orElse(0));
    ArrayNode stores = object.putArray("stores");
    scans.forEach(scan -> stores.add(scan.folder().toString()));
    ArrayNode array = object.putArray("iterations");
    lines.forEach(
        (origin, counts) -> {
          ObjectNode line = array.addObject();
          line.put("side", ReplayFilter.name(origin.side()));
          line.put("iteration", origin.iteration());
          line.put("jobs", counts.jobs);
          line.put("chunks", counts.chunks);
          line.put("rows", counts.rows);
          ArrayNode versions = line.putArray("policy_versions");
          counts.versions.forEach(versions::add);
          ArrayNode epochs = line.putArray("epochs");
          counts.epochs.forEach(epochs::add);
        });
    object.put("rows", lines.values().stream().mapToLong(counts -> counts.rows).sum());
    object.put("bytes", scans.stream().mapToLong(StoreScan::bytes).sum());
    object.put("waiting_chunks", waiting(scans));
    object.put("evicted_chunks", scans.stream().mapToLong(StoreScan::evicted).sum());
    object.put("duplicate_chunks", scans.stream().mapToLong(StoreScan::duplicates).sum());
    ReplayFolder.put(object, ReplayFolder.flaws(scans));
    return object;
  }
}
