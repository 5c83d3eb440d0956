package org.planloop.environments.gridworld;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.planloop.data.InvalidInputException;

/**
 * A world of square cells: {@code #} wall, {@code S} start, {@code .} floor, {@code > v < ^} floor
 * that can only be left in the direction of the arrow, and three cells that end an episode: {@code
 * T} the trophy, {@code $} one dollar, {@code x} death.
 *
 * <p>A cell's state is its index, row by row, walls included. The actions are 0 = up, 1 = right, 2
 * = down, 3 = left; a move against a wall, out of the grid or against an arrow stays put.
 *
 * @param rows the drawing, all of one width
 */
public record GridMap(List<String> rows) {
  /** Number of actions. */
  public static final int ACTIONS = 4;

  private static final String SYMBOLS = "#S.^>v<T$x";
  private static final String ARROWS = "^>v<";
  private static final int[] DOWN = {-1, 0, 1, 0};
  private static final int[] RIGHT = {0, 1, 0, -1};

  /**
   * @throws InvalidInputException if it is no rectangle of known symbols with one start and one
   *     trophy
   */
  public GridMap {
    rows = List.copyOf(rows);
    String drawing = String.join("/", rows);
    int width = rows.isEmpty() ? 0 : rows.get(0).length();
    require(width > 0, drawing, "must have cells");
    for (String row : rows) {
      require(row.length() == width, drawing, "every row must be as wide as the first");
    }
    for (int i = 0; i < drawing.length(); i++) {
      char symbol = drawing.charAt(i);
      require(
          symbol == '/' || SYMBOLS.indexOf(symbol) >= 0,
          drawing,
          "'" + symbol + "' is no cell; use the symbols " + SYMBOLS);
    }
    require(count(drawing, 'S') == 1, drawing, "must have exactly one start S");
    require(count(drawing, 'T') == 1, drawing, "must have exactly one trophy T");
  }

  /**
   * A bundled map by name, or a map as it is written: its rows from top to bottom, separated by
   * slashes.
   *
   * @throws InvalidInputException if there is no such map or the drawing is wrong
   */
  public static GridMap of(String nameOrDrawing) {
    if (nameOrDrawing.indexOf('/') >= 0) {
      return new GridMap(List.of(nameOrDrawing.split("/", -1)));
    }
    try (InputStream in = GridMap.class.getResourceAsStream(nameOrDrawing + ".txt")) {
      require(
          in != null,
          nameOrDrawing,
          "must be shortcut, one-dollar, or the rows of a grid separated by slashes, for example"
              + " #####/#S.T#/#####");
      String text =
          new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return new GridMap(text.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void require(boolean holds, String value, String rule) {
    InvalidInputException.check(holds, "environment.map", value, rule);
  }

  private static long count(String drawing, char symbol) {
    return drawing.chars().filter(c -> c == symbol).count();
  }

  /** Cells in a row. */
  public int width() {
    return rows.get(0).length();
  }

  /** Number of rows. */
  public int height() {
    return rows.size();
  }

  /** Number of states: all cells. */
  public int states() {
    return width() * height();
  }

  /** What is drawn in a cell. */
  public char symbol(int state) {
    return rows.get(state / width()).charAt(state % width());
  }

  /** The one cell with this symbol, or the first in reading order; -1 if there is none. */
  public int find(char symbol) {
    for (int state = 0; state < states(); state++) {
      if (symbol(state) == symbol) {
        return state;
      }
    }
    return -1;
  }

  /** Whether an episode ends in this cell. */
  public boolean ends(int state) {
    char symbol = symbol(state);
    return symbol == 'T' || symbol == '$' || symbol == 'x';
  }

  /** The cell that a move leads to; its own where the move is blocked. */
  public int next(int state, int action) {
    char symbol = symbol(state);
    int arrow = ARROWS.indexOf(symbol);
    int row = state / width() + DOWN[action];
    int column = state % width() + RIGHT[action];
    boolean inside = row >= 0 && row < height() && column >= 0 && column < width();
    boolean free = symbol != '#' && !ends(state) && (arrow < 0 || arrow == action);
    return free && inside && rows.get(row).charAt(column) != '#' ? row * width() + column : state;
  }

  /** Whether a move leads anywhere. */
  public boolean open(int state, int action) {
    return next(state, action) != state;
  }
}
