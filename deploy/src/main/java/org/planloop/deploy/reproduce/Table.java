package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.planloop.data.PlainDecimal;

/**
 * A table of measurements as it stands in its CSV file: figures and claims are computed from its
 * cells, so whoever reads the file gets the same numbers.
 *
 * @param name of the file, without its ending
 * @param columns names
 * @param rows cells as text, as many in each row as there are columns; an unknown number is empty
 */
public record Table(String name, List<String> columns, List<List<String>> rows) {
  /**
   * @throws IllegalArgumentException if a row is not as wide as the table
   */
  public Table {
    columns = List.copyOf(columns);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            name + ": a row of " + row.size() + " cells in " + columns.size() + " columns: " + row);
      }
    }
  }

  /** Starts a table. */
  public static Rows of(String name, String... columns) {
    return new Rows(name, List.of(columns));
  }

  /** A table under way. */
  public static final class Rows {
    private final String name;
    private final List<String> columns;
    private final List<List<String>> rows = new ArrayList<>();

    private Rows(String name, List<String> columns) {
      this.name = name;
      this.columns = columns;
    }

    /**
     * Adds a row.
     *
     * @param cells texts, whole numbers, or doubles; one that is not finite gives an empty cell
     */
    public Rows add(Object... cells) {
      rows.add(Arrays.stream(cells).map(Rows::text).toList());
      return this;
    }

    private static String text(Object cell) {
      if (cell instanceof Double || cell instanceof Float) {
        double value = ((Number) cell).doubleValue();
        return Double.isFinite(value) ? PlainDecimal.text(value) : "";
      }
      return String.valueOf(cell);
    }

    /** The table. */
    public Table done() {
      return new Table(name, columns, rows);
    }
  }

  /** The rows whose cell in {@code column} reads {@code value}. */
  public Table where(String column, Object value) {
    int index = index(column);
    String wanted = Rows.text(value);
    return new Table(
        name, columns, rows.stream().filter(row -> row.get(index).equals(wanted)).toList());
  }

  /** The different texts of a column, in the order of their first rows. */
  public List<String> values(String column) {
    int index = index(column);
    return rows.stream().map(row -> row.get(index)).distinct().toList();
  }

  /** A column's numbers; NaN where a cell is empty. */
  public double[] numbers(String column) {
    int index = index(column);
    return rows.stream()
        .map(row -> row.get(index))
        .mapToDouble(cell -> cell.isEmpty() ? Double.NaN : Double.parseDouble(cell))
        .toArray();
  }

  private int index(String column) {
    int index = columns.indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(name + " has no column " + column + ": " + columns);
    }
    return index;
  }

  /** The file's content, after RFC 4180 but for its line ends. */
  public String csv() {
    StringBuilder out = new StringBuilder();
    out.append(line(columns));
    rows.forEach(row -> out.append(line(row)));
    return out.toString();
  }

  private static String line(List<String> cells) {
    return cells.stream().map(Table::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
