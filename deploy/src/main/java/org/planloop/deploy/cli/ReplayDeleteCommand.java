package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.deploy.report.Json;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code planloop replay delete}: drops the oldest jobs of a side. */
@Command(
    name = "delete",
    description = {
      "Forget all jobs of a side before an iteration or job, for good: a worker that sends their"
          + " rows once more is told that they are there. Segment files that hold nothing else are"
          + " removed, so that fewer bytes may be freed than rows were.",
      "The run must be stopped; resumed, it learns from what is left, and its result is no longer"
          + " that of an undisturbed run."
    })
final class ReplayDeleteCommand implements Callable<Integer> {
  private static final long SEGMENT_BYTES = 1L << 30; // Nothing is appended here.
  private static final Pattern BEFORE = Pattern.compile("([0-9]{1,9})(?:/([0-9]{1,9}))?");

  private final Context context;
  @Mixin private final ReplayFolder folder = new ReplayFolder();

  @Option(
      names = "--side",
      required = true,
      paramLabel = "SIDE",
      description = "expert or learner.")
  private @Nullable Provenance side;

  @Option(
      names = "--before",
      required = true,
      paramLabel = "I[/J]",
      description = "The first iteration that is kept, or the first job of it.")
  private @Nullable String before;

  @Option(names = "--yes", description = "Do it; without, only say what would be deleted.")
  private boolean yes;

  ReplayDeleteCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    JobKey first = first();
    List<StoreScan> scans = folder.scan(context, false);
    List<StoredJob> old =
        scans.stream()
            .flatMap(scan -> scan.jobs().stream())
            .filter(job -> job.key().provenance() == first.provenance())
            .filter(job -> job.key().compareTo(first) < 0)
            .toList();
    long rows = old.stream().mapToLong(StoredJob::rows).sum();
    String what =
        old.size() + " jobs with " + rows + " rows of the " + ReplayFilter.name(first.provenance());
    if (old.isEmpty()) {
      throw new InvalidInputException(
          "--before "
              + before
              + ": no job of the "
              + ReplayFilter.name(first.provenance())
              + " comes before it; planloop replay ls shows what there is");
    }
    if (!yes) {
      throw new InvalidInputException("would delete " + what + " for good; add --yes to do it");
    }
    long freed = delete(scans, first);
    context.console().say("deleted " + what + ", " + freed + " bytes freed");
    ObjectNode object = Json.object();
    object.put("jobs", old.size());
    object.put("rows", rows);
    object.put("bytes_freed", freed);
    context.console().answer(object);
    return Main.DONE;
  }

  private JobKey first() {
    Matcher matcher = BEFORE.matcher(Objects.requireNonNull(before));
    if (!matcher.matches()) {
      throw new InvalidInputException(
          "--before " + before + ": must be an iteration, 7, or a job of one, 7/3");
    }
    int job = matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2));
    return new JobKey(Objects.requireNonNull(side), Integer.parseInt(matcher.group(1)), job, 0);
  }

  /** Takes every store before anything is deleted, so that a running one is left as it is. */
  private long delete(List<StoreScan> scans, JobKey first) {
    List<ReplayStore> stores = new ArrayList<>();
    long freed = 0;
    Path at = folder.path(context);
    try {
      try {
        for (StoreScan scan : scans) {
          at = scan.folder();
          ReplayStore store = ReplayStore.open(at, scan.identity(), SEGMENT_BYTES);
          stores.add(store);
          store.quarantined().forEach(part -> context.console().warn("warning: " + part));
        }
        for (ReplayStore store : stores) {
          long bytes = store.bytes();
          store.evictBefore(first);
          freed += bytes - store.bytes();
        }
      } finally {
        for (ReplayStore store : stores) {
          store.close();
        }
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          at + ": rows cannot be deleted (" + e.getMessage() + "); free the disk or its rights", e);
    }
    return freed;
  }
}
