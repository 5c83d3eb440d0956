package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.planloop.data.PlainDecimal;
import org.planloop.environments.gridworld.GridMap;

/**
 * Campaigns in a grid world side by side: the expert's path, what the model believes, and the
 * learner's path, one iteration after the other. The round begins with the last one, which is seen
 * where nothing moves.
 */
final class GridPicture {
  private static final int CELL = 66;
  private static final int GAP = 24;
  private static final int HEADER = 34;
  private static final int FOOTER = 96;
  private static final double SECONDS = 2.5;

  private static final String EXPERT = "#009e73";
  private static final String LEARNER = "#d55e00";
  private static final String BELIEF = "#0072b2";

  private final GridMap map;
  private final List<Integer> expertPath;
  private final Table flights;
  private final Table beliefs;
  private final StringBuilder out = new StringBuilder();

  /**
   * @param flights with {@link GridCampaign#COLUMNS}
   * @param beliefs with {@link GridCampaign#BELIEF_COLUMNS}
   */
  GridPicture(GridMap map, List<Integer> expertPath, Table flights, Table beliefs) {
    this.map = map;
    this.expertPath = List.copyOf(expertPath);
    this.flights = flights;
    this.beliefs = beliefs;
  }

  String svg() {
    List<String> strategies = flights.values("strategy");
    int panel = map.width() * CELL;
    int width = GAP + strategies.size() * (panel + GAP);
    int height = HEADER + map.height() * CELL + FOOTER;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " height=\"%d\" font-family=\"system-ui, -apple-system, Segoe UI, Helvetica, Arial,"
            + " sans-serif\" font-size=\"13\" fill=\"#333\">\n",
        width, height, width, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", width, height);
    for (int i = 0; i < strategies.size(); i++) {
      add("<g transform=\"translate(%d %d)\">\n", GAP + i * (panel + GAP), HEADER);
      panel(strategies.get(i));
      add("</g>\n");
    }
    legend(height - 16);
    return add("</svg>\n").toString();
  }

  private StringBuilder add(String format, Object... values) {
    return out.append(String.format(Locale.ROOT, format, values));
  }

  private void panel(String strategy) {
    add("<text y=\"-12\" font-size=\"15\" font-weight=\"600\">%s</text>\n", strategy);
    for (int cell = 0; cell < map.states(); cell++) {
      cell(cell);
    }
    path(expertPath, -9, EXPERT);
    Table flown = flights.where("strategy", strategy);
    List<String> iterations = flown.values("iteration");
    for (int i = 0; i < iterations.size(); i++) {
      iteration(
          flown.where("iteration", iterations.get(i)),
          beliefs.where("strategy", strategy).where("iteration", iterations.get(i)),
          i,
          iterations.size());
    }
  }

  private void cell(int cell) {
    char symbol = map.symbol(cell);
    String color =
        switch (symbol) {
          case '#' -> "#6b6b6b";
          case 'T' -> "#f6e3a1";
          case 'x' -> "#e8b4ac";
          case '$' -> "#d5e8c8";
          default -> "#fafafa";
        };
    int x = cell % map.width() * CELL;
    int y = cell / map.width() * CELL;
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"#bbb\"/>\n",
        x, y, CELL, CELL, color);
    String word =
        switch (symbol) {
          case 'S' -> "start";
          case 'T' -> "trophy +10";
          case 'x' -> "death -10";
          case '$' -> "one dollar";
          case '>', '<', '^', 'v' -> "one way";
          default -> "";
        };
    if (!word.isEmpty()) {
      add(
          "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" text-anchor=\"middle\">%s</text>\n",
          x + CELL / 2.0, map.ends(cell) ? y + CELL - 5 : y + 13, word);
    }
  }

  private double x(int cell) {
    return (cell % map.width() + 0.5) * CELL;
  }

  private double y(int cell) {
    int row = cell / map.width();
    return (row + 0.5) * CELL;
  }

  /** A line through the middles of cells, moved aside by {@code aside} to the lower right. */
  private void path(List<Integer> cells, double aside, String color) {
    List<String> points = new ArrayList<>();
    for (int cell : cells) {
      points.add(String.format(Locale.ROOT, "%.1f,%.1f", x(cell) + aside, y(cell) + aside));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"5\""
            + " stroke-linecap=\"round\" stroke-linejoin=\"round\" stroke-opacity=\"0.75\"/>\n",
        String.join(" ", points), color);
  }

  private void iteration(Table flown, Table believed, int index, int count) {
    boolean last = index == count - 1;
    int turn = last ? 0 : index + 1;
    double from = (double) turn / count;
    double to = (turn + 1.0) / count;
    add("<g opacity=\"%d\">\n", last ? 1 : 0);
    appear(from, to, count * SECONDS);
    beliefs(believed);
    List<Integer> path = cells(flown, "path");
    path(path, 9, LEARNER);
    traveller(path, from, to, last ? 0 : count * SECONDS);
    add(
        "<text y=\"%d\">iteration %s of %d: its model promises %s, it gets"
            + " <tspan font-weight=\"600\">%s</tspan></text>\n",
        map.height() * CELL + 20,
        flown.values("iteration").get(0),
        count,
        PlainDecimal.text(rounded(flown, "return_in_model")),
        PlainDecimal.text(rounded(flown, "return")));
    add(
        "<text y=\"%d\" font-size=\"11\">error on the expert's data %s, the learner's"
            + " %s</text>\n",
        map.height() * CELL + 40, percent(flown, "loss_expert"), percent(flown, "loss_learner"));
    add("</g>\n");
  }

  private static double rounded(Table flown, String column) {
    return Math.rint(flown.numbers(column)[0] * 100) / 100;
  }

  private static String percent(Table flown, String column) {
    double loss = flown.numbers(column)[0];
    return Double.isNaN(loss) ? "-" : String.format(Locale.ROOT, "%.0f %%", 100 * loss);
  }

  private static List<Integer> cells(Table flown, String column) {
    return Arrays.stream(flown.values(column).get(0).split(" ")).map(Integer::valueOf).toList();
  }

  /** Shows the element that this stands in during its share of the time, again and again. */
  private void appear(double from, double to, double seconds) {
    String values = from == 0 ? (to == 1 ? "1" : "1;0") : to == 1 ? "0;1" : "0;1;0";
    String times =
        from == 0
            ? (to == 1 ? "0" : "0;" + time(to))
            : to == 1 ? "0;" + time(from) : "0;" + time(from) + ";" + time(to);
    add(
        "<animate attributeName=\"opacity\" calcMode=\"discrete\" dur=\"%.1fs\""
            + " repeatCount=\"indefinite\" values=\"%s\" keyTimes=\"%s\"/>\n",
        seconds, values, times);
  }

  private static String time(double share) {
    return String.format(Locale.ROOT, "%.4f", share);
  }

  /**
   * A dot that goes along a path within its share of the time, and rests at the end.
   *
   * @param seconds of the whole round; 0 to rest all the time
   */
  private void traveller(List<Integer> path, double from, double to, double seconds) {
    int last = path.get(path.size() - 1);
    add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"7\" fill=\"%s\" stroke=\"#fff\">\n",
        x(last) + 9, y(last) + 9, LEARNER);
    if (seconds > 0) {
      travel(path, from, to, seconds);
    }
    add("</circle>\n");
  }

  private void travel(List<Integer> path, double from, double to, double seconds) {
    // A path that goes nowhere for long is shown by its beginning.
    int steps = Math.min(path.size(), 8);
    StringBuilder times = new StringBuilder("0");
    StringBuilder across = new StringBuilder(coordinate(x(path.get(0))));
    StringBuilder down = new StringBuilder(coordinate(y(path.get(0))));
    for (int i = 0; i < steps; i++) {
      times.append(';').append(time(from + (to - from) * 0.7 * (i + 0.5) / steps));
      across.append(';').append(coordinate(x(path.get(i))));
      down.append(';').append(coordinate(y(path.get(i))));
    }
    int end = path.get(steps - 1);
    times.append(";1");
    across.append(';').append(coordinate(x(end)));
    down.append(';').append(coordinate(y(end)));
    for (String[] moved : new String[][] {{"cx", across.toString()}, {"cy", down.toString()}}) {
      add(
          "<animate attributeName=\"%s\" dur=\"%.1fs\" repeatCount=\"indefinite\" values=\"%s\""
              + " keyTimes=\"%s\"/>\n",
          moved[0], seconds, moved[1], times);
    }
  }

  private static String coordinate(double middle) {
    return String.format(Locale.ROOT, "%.1f", middle + 9);
  }

  /** Free moves: thin where the belief is right, dashed to where it wrongly leads, or barred. */
  private void beliefs(Table believed) {
    double[] cells = believed.numbers("cell");
    double[] to = believed.numbers("believed");
    double[] truth = believed.numbers("true");
    for (int i = 0; i < cells.length; i++) {
      int cell = (int) cells[i];
      int real = (int) truth[i];
      double stepX = (x(real) - x(cell)) / CELL;
      double stepY = (y(real) - y(cell)) / CELL;
      double edgeX = x(cell) + stepX * CELL * 0.36;
      double edgeY = y(cell) + stepY * CELL * 0.36;
      if (to[i] == truth[i]) {
        arrow(edgeX, edgeY, stepX, stepY);
      } else if (to[i] == cells[i]) {
        add(
            "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" stroke-width=\"4\"/>\n",
            edgeX - stepY * 12, edgeY + stepX * 12, edgeX + stepY * 12, edgeY - stepX * 12, BELIEF);
      } else {
        jump(edgeX, edgeY, x((int) to[i]), y((int) to[i]), stepX, stepY);
      }
    }
  }

  private void arrow(double x, double y, double stepX, double stepY) {
    add(
        "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fZ\" fill=\"%s\"/>\n",
        x + 9 * stepX,
        y + 9 * stepY,
        x - 6 * stepY,
        y + 6 * stepX,
        x + 6 * stepY,
        y - 6 * stepX,
        BELIEF);
  }

  /** A dashed curve that sets out in the direction of the move. */
  private void jump(double x, double y, double toX, double toY, double stepX, double stepY) {
    add(
        "<path d=\"M%.1f %.1fQ%.1f %.1f %.1f %.1f\" fill=\"none\" stroke=\"%s\" stroke-width=\"3\""
            + " stroke-dasharray=\"7 5\"/>\n",
        x,
        y,
        x + stepX * CELL + (toX - x) / 4,
        y + stepY * CELL + (toY - y) / 4,
        toX - 12,
        toY + 12,
        BELIEF);
    add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"%s\"/>\n", toX - 12, toY + 12, BELIEF);
  }

  private void legend(double y) {
    String[][] entries = {
      {EXPERT, "the expert's way"},
      {LEARNER, "the learner's way"},
      {BELIEF, "what its model believes of a move: arrow = right, dashed = a leap, bar = stays put"}
    };
    double x = GAP;
    for (String[] entry : entries) {
      add("<path d=\"M%.1f %.1fh18\" stroke=\"%s\" stroke-width=\"5\"/>\n", x, y - 4, entry[0]);
      add("<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\">%s</text>\n", x + 24, y, entry[1]);
      x += 60 + 6.2 * entry[1].length();
    }
  }
}
