package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.report.Json;
import org.planloop.replay.QuarantinedPart;
import org.planloop.replay.StoreFlaw;
import org.planloop.replay.StoreScan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code planloop replay quarantine}: what was set aside, and what would be. */
@Command(
    name = "quarantine",
    description = {
      "List the parts of segment files that were set aside, torn or damaged, when a run opened"
          + " them: where they were, and why as far as their bytes tell.",
      "--verify also checks every row of what is in use, changing nothing; it fails (exit code 1)"
          + " where more than the end of a file is bad."
    })
final class ReplayQuarantineCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ReplayFolder folder = new ReplayFolder();

  @Option(names = "--verify", description = "Check the checksum of every chunk.")
  private boolean verify;

  @Option(names = "--drop", description = "Delete what was set aside; needs --yes.")
  private boolean drop;

  @Option(names = "--yes", description = "Do it; without, only say what would be deleted.")
  private boolean yes;

  ReplayQuarantineCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (yes && !drop) {
      throw new InvalidInputException("--yes: is for --drop, which deletes what was set aside");
    }
    List<Path> stores = folder.stores(context);
    List<QuarantinedPart> parts = new ArrayList<>();
    for (Path store : stores) {
      try {
        parts.addAll(QuarantinedPart.of(store));
      } catch (IOException e) {
        throw ReplayFolder.unreadable(store, e);
      }
    }
    ObjectNode object = Json.object();
    list(parts, object);
    boolean damaged = verify && verify(object);
    if (drop) {
      drop(parts);
    }
    object.put("dropped", drop);
    context.console().answer(object);
    return damaged ? Main.FAILED : Main.DONE;
  }

  private void list(List<QuarantinedPart> parts, ObjectNode object) {
    ArrayNode array = object.putArray("parts");
    for (QuarantinedPart part : parts) {
      context
          .console()
          .say(
              String.format(
                  "%s: %d bytes from byte %d of %s on; %s; %d whole chunks with %d rows in it",
                  part.file(),
                  part.bytes(),
                  part.offset(),
                  part.segment(),
                  part.reason(),
                  part.wholeChunks(),
                  part.wholeRows()));
      array
          .addObject()
          .put("file", part.file().toString())
          .put("segment", part.segment())
          .put("offset", part.offset())
          .put("bytes", part.bytes())
          .put("reason", part.reason())
          .put("whole_chunks", part.wholeChunks())
          .put("whole_rows", part.wholeRows());
    }
    if (parts.isEmpty()) {
      context.console().say("nothing was set aside");
    }
  }

  /** Whether more than a torn end is bad. */
  private boolean verify(ObjectNode object) {
    List<StoreScan> scans = folder.scan(context, true);
    List<StoreFlaw> flaws = ReplayFolder.flaws(scans);
    long chunks = scans.stream().mapToLong(StoreScan::chunks).sum();
    context
        .console()
        .say(
            "verified "
                + chunks
                + " chunks, "
                + scans.stream().mapToLong(StoreScan::bytes).sum()
                + " bytes: "
                + (flaws.isEmpty() ? "all whole" : flaws.size() + " files are not whole"));
    ReplayFolder.warn(context.console(), flaws);
    object.put("verified_chunks", chunks);
    ReplayFolder.put(object, flaws);
    return flaws.stream().anyMatch(flaw -> !flaw.tornEnd());
  }

  private void drop(List<QuarantinedPart> parts) {
    long bytes = parts.stream().mapToLong(QuarantinedPart::bytes).sum();
    String what = parts.size() + " parts with " + bytes + " bytes";
    if (!yes) {
      throw new InvalidInputException(
          "would delete " + what + " of the quarantine for good; add --yes to do it");
    }
    for (QuarantinedPart part : parts) {
      try {
        part.delete();
      } catch (IOException e) {
        throw new InvalidInputException(
            part.file() + ": cannot be deleted (" + e.getMessage() + "); see its rights", e);
      }
    }
    context.console().say("deleted " + what);
  }
}
