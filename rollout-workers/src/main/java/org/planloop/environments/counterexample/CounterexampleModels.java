package org.planloop.environments.counterexample;

import static org.planloop.environments.counterexample.Place.COIN;
import static org.planloop.environments.counterexample.Place.DITCH;
import static org.planloop.environments.counterexample.Place.END;
import static org.planloop.environments.counterexample.Place.FIRST;
import static org.planloop.environments.counterexample.Place.SECOND;
import static org.planloop.environments.counterexample.Place.START;
import static org.planloop.environments.counterexample.Place.TREASURE;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.StatedModels;

/**
 * The model class {M1, M2, M*} of the counterexample.
 *
 * <p>In the truth M* the long way start, first, second leads to the treasure, cutting it short
 * leads into the ditch, and cash leads to the coin; on the way every action goes on. The optimistic
 * M1 holds that the short cut leads to the treasure: an expert who never takes it cannot refute
 * that. The pessimistic M2 holds that the way is stuck at its second place: a learner who takes the
 * coin never finds out.
 */
public final class CounterexampleModels implements StatedModels {
  static final int GO = 0;
  static final int CUT = 1;
  static final int CASH = 2;
  static final int ACTIONS = 3;

  @Override
  public String environment() {
    return "counterexample";
  }

  @Override
  public Map<String, ModelParameters> models() {
    Map<String, ModelParameters> models = new LinkedHashMap<>();
    models.put("M1", model(TREASURE, TREASURE));
    models.put("M2", model(DITCH, SECOND));
    models.put("M*", truth());
    return Collections.unmodifiableMap(models);
  }

  static ModelParameters.Tabular truth() {
    return model(DITCH, TREASURE);
  }

  private static ModelParameters.Tabular model(int cutLeadsTo, int secondLeadsTo) {
    int[][] next = new int[Place.COUNT][];
    next[START] = new int[] {FIRST, cutLeadsTo, COIN};
    next[FIRST] = new int[] {SECOND, SECOND, SECOND};
    next[SECOND] = new int[] {secondLeadsTo, secondLeadsTo, secondLeadsTo};
    for (int last : new int[] {TREASURE, DITCH, COIN, END}) {
      next[last] = new int[] {END, END, END};
    }
    return ModelParameters.Tabular.deterministic(next);
  }
}
