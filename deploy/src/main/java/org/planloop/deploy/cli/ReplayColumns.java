package org.planloop.deploy.cli;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environment.StateSpace;
import org.planloop.replay.StoreIdentity;

/**
 * A transition as cells: episode, step, state, action, reward, next state, flags. States go by the
 * environment's names where they are known, else by number.
 */
record ReplayColumns(List<String> names) {
  static ReplayColumns of(StoreIdentity identity, Optional<Environment> environment) {
    List<String> states = new ArrayList<>();
    for (int i = 0; i < identity.stateSize(); i++) {
      int dimension = i;
      states.add(
          environment
              .map(known -> known.states().dimensions().get(dimension))
              .map(StateSpace.Dimension::name)
              .orElse("s" + i));
    }
    List<String> names = new ArrayList<>(List.of("episode", "step"));
    names.addAll(states);
    for (int i = 0; i < identity.actionSize(); i++) {
      names.add("a" + i);
    }
    names.add("reward");
    states.forEach(name -> names.add("next_" + name));
    names.addAll(List.of("terminated", "truncated", "intervention"));
    return new ReplayColumns(List.copyOf(names));
  }

  /** A row's cells; a number that is not finite is an empty one. */
  List<String> cells(TransitionBatch rows, int row) {
    List<String> cells = new ArrayList<>(names.size());
    cells.add(String.valueOf(rows.episodes()[row]));
    cells.add(String.valueOf(rows.steps()[row]));
    add(cells, rows.states(), row * rows.stateSize(), rows.stateSize());
    add(cells, rows.actions(), row * rows.actionSize(), rows.actionSize());
    add(cells, rows.rewards(), row, 1);
    add(cells, rows.nextStates(), row * rows.stateSize(), rows.stateSize());
    cells.add(rows.terminated(row) ? "1" : "0");
    cells.add(rows.truncated(row) ? "1" : "0");
    cells.add((rows.flags()[row] & TransitionBatch.INTERVENTION) != 0 ? "1" : "0");
    return cells;
  }

  private static void add(List<String> cells, float[] values, int from, int count) {
    for (int i = from; i < from + count; i++) {
      cells.add(text(values[i]));
    }
  }

  /** The shortest decimal that reads back as the same float. */
  static String text(float value) {
    if (!Float.isFinite(value)) {
      return "";
    }
    BigDecimal decimal = new BigDecimal(Float.toString(value)).stripTrailingZeros();
    return decimal.toPlainString();
  }
}
