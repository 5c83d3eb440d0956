package org.planloop.diagnostics;

import java.util.List;
import java.util.function.Function;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;

/**
 * What policies return in a model on the diagnosis' episodes: from the same starts, and with the
 * same numbers for the policy, as workers fly them for real. The streams leave the iteration out,
 * so iterations differ by policy and model alone.
 */
public final class ModelReturns {
  private final Environment environment;
  private final Function<PolicyDefinition, Policy> opener;
  private final PolicyDefinition expert;
  private final double discount;
  private final long seed;
  private final int threads;
  private final Device device;

  /**
   * @param environment gives the same start for the same seed
   * @param opener brings policies to life
   * @param expert who is compared with; asked for only where the campaign has an expert that acts
   * @param seed the campaign's
   * @param threads threads inside one call of an ensemble
   * @param device where an ensemble is evaluated
   */
  public ModelReturns(
      Environment environment,
      Function<PolicyDefinition, Policy> opener,
      PolicyDefinition expert,
      double discount,
      long seed,
      int threads,
      Device device) {
    this.environment = environment;
    this.opener = opener;
    this.expert = expert;
    this.discount = discount;
    this.seed = seed;
    this.threads = threads;
    this.device = device;
  }

  /**
   * Returns of episodes 0 to {@code episodes - 1}.
   *
   * @return by episode; NaN where the model diverges
   * @throws org.planloop.planning.PlanningException if the policy plans and finds no plan
   */
  public List<Double> fly(PolicyDefinition policy, ModelParameters model, int episodes) {
    try (Policy acting = opener.apply(policy);
        DynamicsModel world = DynamicsModels.open(model, environment, threads, device)) {
      return new ModelFlights(environment, discount)
              .fly(
                  acting,
                  world,
                  EpisodeStarts.of(environment, seed, Purpose.DIAGNOSE, 0, 0, episodes),
                  environment.maxSteps(),
                  streams(episodes, "policy"),
                  streams(episodes, "model"))
              .stream()
              .map(flight -> flight.failed() ? Double.NaN : flight.totalReward())
              .toList();
    }
  }

  /** The same for the expert. */
  public List<Double> flyExpert(ModelParameters model, int episodes) {
    return fly(expert, model, episodes);
  }

  private RandomStream[] streams(int episodes, String use) {
    return EpisodeStarts.streams(seed, Purpose.DIAGNOSE, 0, 0, episodes, use);
  }
}
