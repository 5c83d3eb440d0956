package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.TransitionBatch;
import org.planloop.deploy.report.Json;
import org.planloop.replay.StoreScan;
import org.planloop.replay.StoredChunk;
import org.planloop.replay.StoredRows;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code planloop replay show}: rows to be read by a person. */
@Command(
    name = "show",
    description =
        "Show the first rows of what the filters choose, in canonical order. States go by the"
            + " environment's names where the run's config.conf tells them, else s0, s1, ...")
final class ReplayShowCommand implements Callable<Integer> {
  private static final int MOST_ROWS = 100_000;

  private final Context context;
  @Mixin private final ReplayFolder folder = new ReplayFolder();
  @Mixin private final ReplayFilter filter = new ReplayFilter();

  @Option(names = "--rows", paramLabel = "N", description = "How many rows (default: 20).")
  private int rows = 20;

  ReplayShowCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (rows < 1 || rows > MOST_ROWS) {
      throw new InvalidInputException("--rows " + rows + ": must be from 1 to " + MOST_ROWS);
    }
    List<StoreScan> scans = folder.scan(context, false);
    List<ReplayFilter.Chosen> chosen = filter.choose(scans);
    ReplayColumns columns =
        ReplayColumns.of(
            scans.get(0).identity(), folder.environment(context, scans.get(0).identity()));
    List<String> header = new ArrayList<>(List.of("side", "iteration", "job", "version"));
    header.addAll(columns.names());
    TextTable table = new TextTable(header);
    ObjectNode object = Json.object();
    ArrayNode names = object.putArray("columns");
    header.forEach(names::add);
    ArrayNode array = object.putArray("rows");
    int left = rows;
    try (StoredRows reader = new StoredRows(scans.get(0).identity())) {
      for (ReplayFilter.Chosen job : chosen) {
        for (StoredChunk chunk : left > 0 ? job.chunks() : List.<StoredChunk>of()) {
          TransitionBatch batch = left > 0 ? reader.read(chunk) : null;
          for (int row = 0; batch != null && row < batch.size() && left > 0; row++, left--) {
            List<String> cells = new ArrayList<>(origin(chunk));
            cells.addAll(columns.cells(batch, row));
            table.add(cells);
            put(array.addArray(), cells);
          }
        }
      }
    } catch (IOException e) {
      throw ReplayFolder.unreadable(folder.path(context), e);
    }
    table.lines().forEach(context.console()::say);
    long all = chosen.stream().mapToLong(ReplayFilter.Chosen::rows).sum();
    object.put("rows_there", all);
    if (all > rows) {
      context.console().say(rows + " of " + all + " rows; --rows shows more, export all");
    }
    ReplayFolder.warn(context.console(), ReplayFolder.flaws(scans));
    ReplayFolder.put(object, ReplayFolder.flaws(scans));
    context.console().answer(object);
    return Main.DONE;
  }

  private static List<String> origin(StoredChunk chunk) {
    return List.of(
        ReplayFilter.name(chunk.key().job().provenance()),
        String.valueOf(chunk.key().job().iteration()),
        String.valueOf(chunk.key().job().job()),
        String.valueOf(chunk.policyVersion()));
  }

  /** The side is a text, all else a number or missing. */
  private static void put(ArrayNode row, List<String> cells) {
    row.add(cells.get(0));
    for (String cell : cells.subList(1, cells.size())) {
      if (cell.isEmpty()) {
        row.addNull();
      } else {
        row.add(new BigDecimal(cell));
      }
    }
  }
}
