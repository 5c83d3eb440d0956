package org.planloop.deploy.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.planloop.campaign.ProgressRow;
import org.planloop.data.InvalidInputException;

/**
 * The rows of a {@code progress.csv}, by column name.
 *
 * @param columns names in order
 * @param rows each as wide as there are columns; NaN for an empty cell
 */
public record ProgressTable(List<String> columns, List<double[]> rows) {
  public ProgressTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** The table of a campaign under way. */
  public static ProgressTable of(List<ProgressRow> rows) {
    List<String> names = Column.ALL.stream().map(Column::name).toList();
    List<double[]> values =
        rows.stream()
            .map(
                row ->
                    Column.ALL.stream()
                        .mapToDouble(column -> column.value().apply(row).orElse(Double.NaN))
                        .toArray())
            .toList();
    return new ProgressTable(names, values);
  }

  /**
   * Reads a file.
   *
   * @throws InvalidInputException naming file, line and column if it is missing or damaged
   */
  public static ProgressTable read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(file + ": is missing; give the folder of a run", e);
    } catch (IOException e) {
      throw new InvalidInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (lines.isEmpty()) {
      throw new InvalidInputException(file + ": is empty; its first line must name the columns");
    }
    List<String> columns = Arrays.asList(lines.get(0).split(","));
    List<double[]> rows = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      rows.add(row(file, i + 1, columns, lines.get(i).split(",", -1)));
    }
    return new ProgressTable(columns, rows);
  }

  private static double[] row(Path file, int line, List<String> columns, String[] cells) {
    if (cells.length != columns.size()) {
      throw new InvalidInputException(
          file + ", line " + line + ": has " + cells.length + " cells, not " + columns.size());
    }
    double[] row = new double[cells.length];
    for (int c = 0; c < cells.length; c++) {
      try {
        row[c] = cells[c].isEmpty() ? Double.NaN : Double.parseDouble(cells[c]);
      } catch (NumberFormatException e) {
        throw new InvalidInputException(
            file + ", line " + line + ": " + columns.get(c) + " = " + cells[c] + " is no number",
            e);
      }
    }
    return row;
  }

  /** A column's values; NaN throughout if there is no such column. */
  public double[] column(String name) {
    int index = columns.indexOf(name);
    return rows.stream().mapToDouble(row -> index < 0 ? Double.NaN : row[index]).toArray();
  }

  /** The last value of a column; NaN if there is none. */
  public double last(String name) {
    double[] column = column(name);
    return column.length == 0 ? Double.NaN : column[column.length - 1];
  }
}
