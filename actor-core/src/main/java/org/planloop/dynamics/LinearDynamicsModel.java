package org.planloop.dynamics;

/** Rollouts of s' = A s + B a, in double, without noise; all particles of a plan are alike. */
public final class LinearDynamicsModel extends NoiselessModel {
  private final ModelParameters.Linear model;

  public LinearDynamicsModel(ModelParameters.Linear model) {
    super(model.stateSize(), model.actionSize());
    this.model = model;
  }

  @Override
  void step(double[] state, double[] action, double[] next) {
    for (int i = 0; i < state.length; i++) {
      next[i] = plus(plus(0, model.stateMatrix(), i, state), model.actionMatrix(), i, action);
    }
  }
}
