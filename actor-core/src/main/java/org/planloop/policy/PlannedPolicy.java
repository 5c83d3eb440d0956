package org.planloop.policy;

import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.planning.PlanMemory;
import org.planloop.planning.Planner;
import org.planloop.planning.PlannerSettings;
import org.planloop.planning.Planners;
import org.planloop.planning.PlanningProblem;

/**
 * Plans anew at every step in a model of its own. The active episodes are packed into one batch of
 * problems; each episode has its own memory and stream.
 */
final class PlannedPolicy implements Policy {
  private final DynamicsModel model;
  private final Planner planner;
  private final Objective objective;
  private final ActionSpace.Box space;
  private final double discount;

  /**
   * @throws InvalidInputException if the model does not fit the environment, or actions are
   *     discrete
   */
  PlannedPolicy(PolicyDefinition.Planned planned, Environment environment) {
    if (!(environment.actions() instanceof ActionSpace.Box box)) {
      throw InvalidInputException.setting(
          "planner.kind",
          planned.planner().kind(),
          "plans real actions, but those of environment " + environment.name() + " are discrete");
    }
    PlannerSettings settings = planned.planner();
    this.planner = Planners.create(settings);
    this.objective = environment.objective();
    this.space = box;
    this.discount = planned.discount();
    this.model =
        DynamicsModels.open(
            planned.model(),
            environment,
            settings.threads(),
            settings.device(),
            settings.precision());
  }

  @Override
  public Session begin(RandomStream[] random) {
    return new Episodes(random.clone());
  }

  @Override
  public void close() {
    model.close();
  }

  private final class Episodes implements Session {
    private final RandomStream[] random;
    private final PlanMemory[] memories;
    private Batch batch = new Batch(0);

    Episodes(RandomStream[] random) {
      this.random = random;
      memories = new PlanMemory[random.length];
      for (int g = 0; g < memories.length; g++) {
        memories[g] = new PlanMemory();
      }
    }

    @Override
    public void skip(int slot) {
      memories[slot] = new PlanMemory();
    }

    @Override
    public void act(boolean[] active, double[] states, double[] actions) {
      int count = 0;
      for (boolean one : active) {
        count += one ? 1 : 0;
      }
      if (count == 0) {
        return;
      }
      if (batch.memories.length != count) {
        batch = new Batch(count);
      }
      int stateSize = model.stateSize();
      int row = 0;
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          for (int i = 0; i < stateSize; i++) {
            batch.starts[row * stateSize + i] = (float) states[g * stateSize + i];
          }
          batch.memories[row] = memories[g];
          batch.random[row] = random[g];
          row++;
        }
      }
      planner.plan(
          new PlanningProblem(model, objective, space, discount, count, batch.starts),
          batch.memories,
          batch.random,
          batch.actions);
      row = 0;
      for (int g = 0; g < active.length; g++) {
        if (active[g]) {
          System.arraycopy(
              batch.actions, row * space.size(), actions, g * space.size(), space.size());
          row++;
        }
      }
    }
  }

  /** The active episodes, packed. */
  private final class Batch {
    private final float[] starts;
    private final PlanMemory[] memories;
    private final RandomStream[] random;
    private final double[] actions;

    Batch(int count) {
      starts = new float[count * model.stateSize()];
      memories = new PlanMemory[count];
      random = new RandomStream[count];
      actions = new double[count * space.size()];
    }
  }
}
