package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.deploy.report.Json;
import org.planloop.environment.Environment;
import org.planloop.expert.RecordedData;
import org.planloop.replay.StoreScan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code planloop replay export}: rows in a file that other programs read. */
@Command(
    name = "export",
    description = {
      "Write what the filters choose to FILE.csv, one line a row, or to FILE.h5 in the layout that"
          + " record writes and expert.kind=recorded reads (docs/recorded-data.md): one side, all"
          + " in memory, episodes numbered anew.",
      "The file appears when it is whole; none is written over."
    })
final class ReplayExportCommand implements Callable<Integer> {
  private final Context context;
  @Mixin private final ReplayFolder folder = new ReplayFolder();
  @Mixin private final ReplayFilter filter = new ReplayFilter();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "FILE.csv, FILE.h5 or FILE.hdf5; must not exist.")
  private @Nullable Path out;

  ReplayExportCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Path file = context.folder().resolve(Objects.requireNonNull(out));
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    boolean csv = name.endsWith(".csv");
    if (!csv && !name.endsWith(".h5") && !name.endsWith(".hdf5")) {
      throw new InvalidInputException(
          "--out " + out + ": must end in .csv, .h5 or .hdf5, which says what to write");
    }
    if (Files.exists(file)) {
      throw new InvalidInputException(
          file + ": exists already; choose another file with --out, or delete it first");
    }
    List<StoreScan> scans = folder.scan(context, false);
    ReplayFolder.requireSound(scans);
    List<ReplayFilter.Chosen> chosen = filter.choose(scans);
    if (chosen.isEmpty()) {
      throw new InvalidInputException(folder.path(context) + ": holds no rows yet");
    }
    try {
      if (csv) {
        writeCsv(file, scans, chosen);
      } else {
        writeHdf5(file, scans, chosen);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          file + ": cannot be written (" + e.getMessage() + "); choose another with --out", e);
    }
    long rows = chosen.stream().mapToLong(ReplayFilter.Chosen::rows).sum();
    context.console().say(rows + " rows of " + chosen.size() + " jobs: " + file);
    ReplayFolder.warn(context.console(), ReplayFolder.flaws(scans));
    ObjectNode object = Json.object();
    object.put("file", file.toString());
    object.put("rows", rows);
    object.put("jobs", chosen.size());
    ReplayFolder.put(object, ReplayFolder.flaws(scans));
    context.console().answer(object);
    return Main.DONE;
  }

  private void writeCsv(Path file, List<StoreScan> scans, List<ReplayFilter.Chosen> chosen)
      throws IOException {
    ReplayExport.csv(
        file,
        scans.get(0).identity(),
        ReplayColumns.of(
            scans.get(0).identity(), folder.environment(context, scans.get(0).identity())),
        chosen);
  }

  private void writeHdf5(Path file, List<StoreScan> scans, List<ReplayFilter.Chosen> chosen)
      throws IOException {
    Provenance side = filter.side();
    if (side == null) {
      throw new InvalidInputException(
          "--out " + out + ": such a file is of one side; add --side expert or --side learner");
    }
    Environment environment =
        folder
            .environment(context, scans.get(0).identity())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "--out "
                            + out
                            + ": such a file names its environment, and no config.conf tells it;"
                            + " name the run's folder, or write FILE.csv"));
    RecordedData.write(
        file, ReplayExport.episodes(scans.get(0).identity(), chosen), environment.name(), side);
  }
}
