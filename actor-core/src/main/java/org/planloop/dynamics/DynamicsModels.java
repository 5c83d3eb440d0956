package org.planloop.dynamics;

import org.planloop.data.InvalidInputException;
import org.planloop.environment.Environment;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

/** Opens models, so that they can be rolled out. */
public final class DynamicsModels {
  private DynamicsModels() {}

  /** A model for one caller, computed in fp32 throughout. */
  public static DynamicsModel open(
      ModelParameters parameters, Environment environment, int threads, Device device) {
    return open(parameters, environment, threads, device, Precision.FP32);
  }

  /**
   * A model for one caller.
   *
   * @param environment what the model is of
   * @param threads threads inside one call of an ensemble
   * @param device where an ensemble is evaluated
   * @param precision of the products between an ensemble's hidden layers, where the device has it
   * @throws InvalidInputException if the parameters do not fit the environment
   */
  public static DynamicsModel open(
      ModelParameters parameters,
      Environment environment,
      int threads,
      Device device,
      Precision precision) {
    DynamicsModel model = choose(parameters, environment, threads, device, precision);
    int states = environment.states().size();
    int actions = environment.actions().size();
    if (model.stateSize() != states || model.actionSize() != actions) {
      String found = model.stateSize() + " states and " + model.actionSize() + " actions";
      model.close();
      throw new InvalidInputException(
          "the model has "
              + found
              + ", but environment "
              + environment.name()
              + " has "
              + states
              + " and "
              + actions
              + "; use the model with the environment it was fitted to");
    }
    return model;
  }

  private static DynamicsModel choose(
      ModelParameters parameters,
      Environment environment,
      int threads,
      Device device,
      Precision precision) {
    if (parameters instanceof ModelParameters.Ensemble ensemble) {
      return new NeuralEnsembleModel(ensemble, threads, device, precision.on(device));
    } else if (parameters instanceof ModelParameters.Linear linear) {
      return new LinearDynamicsModel(linear);
    } else if (parameters instanceof ModelParameters.TimeVaryingLinear varying) {
      return new TimeVaryingLinearModel(varying);
    } else if (parameters instanceof ModelParameters.Truth) {
      return new TrueDynamicsModel(environment);
    } else if (parameters instanceof ModelParameters.Tabular tabular) {
      return new TabularDynamicsModel(tabular);
    }
    throw new IllegalArgumentException("no model for " + parameters.getClass().getName());
  }
}
