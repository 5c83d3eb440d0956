package org.planloop.deploy.reproduce;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.planloop.environments.helicopter.HelicopterPose;

/** Flights as rows of a table: what names them, then step, position and attitude. */
final class Poses {
  private static final List<String> COLUMNS =
      List.of("step", "north", "east", "down", "x", "y", "z", "w");

  private Poses() {}

  /** A table for flights that these columns name. */
  static Table.Rows table(String name, String... names) {
    List<String> columns = new ArrayList<>(List.of(names));
    columns.addAll(COLUMNS);
    return Table.of(name, columns.toArray(new String[0]));
  }

  /** Adds a flight, row by row. */
  static void add(Table.Rows rows, List<HelicopterPose> flight, Object... names) {
    for (int t = 0; t < flight.size(); t++) {
      HelicopterPose p = flight.get(t);
      List<Object> cells = new ArrayList<>();
      Collections.addAll(cells, names);
      Collections.addAll(cells, t, p.north(), p.east(), p.down(), p.x(), p.y(), p.z(), p.w());
      rows.add(cells.toArray());
    }
  }

  /** The flight whose rows alone are in the table. */
  static List<HelicopterPose> of(Table rows) {
    int first = rows.columns().indexOf("north");
    return rows.rows().stream()
        .map(row -> row.stream().skip(first).mapToDouble(Double::parseDouble).toArray())
        .map(p -> new HelicopterPose(p[0], p[1], p[2], p[3], p[4], p[5], p[6]))
        .toList();
  }
}
