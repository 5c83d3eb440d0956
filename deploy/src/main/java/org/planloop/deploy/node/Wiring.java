package org.planloop.deploy.node;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.planloop.campaign.CampaignPlan;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.Parts;
import org.planloop.diagnostics.Caution;
import org.planloop.diagnostics.ModelReturns;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.StatedModels;
import org.planloop.environment.Capability;
import org.planloop.environment.Environment;
import org.planloop.expert.Experts;
import org.planloop.fitting.CountingFitter;
import org.planloop.fitting.EnsembleFitter;
import org.planloop.fitting.Fitter;
import org.planloop.fitting.FollowTheLeaderFitter;
import org.planloop.fitting.RidgeFitter;
import org.planloop.fitting.TimeVaryingRidgeFitter;
import org.planloop.policy.Improvement;
import org.planloop.policy.Policies;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.policy.PolicySynthesis;
import org.planloop.preflight.PreflightCheck;

/** Makes the parts that an experiment names. Opens nothing that must be closed. */
public final class Wiring {
  private final Experiment experiment;
  private final Experts experts;
  private final Environment environment;
  private final Optional<Environment> simulator;
  private final Map<String, ModelParameters> statedModels = new LinkedHashMap<>();

  /**
   * @throws InvalidInputException if a part is missing or the parts do not fit each other
   */
  public Wiring(Experiment experiment, Parts parts) {
    this.experiment = experiment;
    this.experts = Experts.on(parts.classPath());
    this.environment =
        parts
            .environments()
            .create(experiment.environment().name(), experiment.environment().options());
    this.simulator = parts.simulator(experiment);
    for (StatedModels stated : ServiceLoader.load(StatedModels.class, parts.classPath())) {
      if (stated.environment().equals(experiment.environment().name())) {
        statedModels.putAll(stated.models(environment));
      }
    }
    PolicySynthesis.check(experiment.dynamics().kind(), environment, experiment.planner());
    InvalidInputException.check(
        !experiment.diagnostics().on() || environment.capabilities().contains(Capability.REPLAY),
        "diagnostics",
        "on",
        "compares flights from the same starts, and environment "
            + environment.name()
            + " cannot repeat one; set diagnostics.performance-difference and diagnostics.alarm to"
            + " off");
  }

  public Environment environment() {
    return environment;
  }

  /** The campaign, apart from how it is spread over machines. */
  public CampaignPlan plan() {
    return new CampaignPlan(
        experiment.name(),
        experiment.seed(),
        experiment.strategy(),
        experiment.expertFraction(),
        experiment.campaign(),
        experiment.evaluation(),
        experiment.expert(),
        experiment.rollout().environmentsPerJob(),
        environment.maxSteps(),
        expertCanFly(),
        experiment.rollout().supervised()
            ? Optional.of(experiment.rollout().envelope().rescuer())
            : Optional.empty(),
        experiment.preflight().on(),
        experiment.diagnostics().performanceDifference() && expertActs(),
        experiment.diagnostics());
  }

  private boolean expertCanFly() {
    return !experiment.expert().kind().equals(Experts.RECORDED);
  }

  /** Whether the expert flies the environment's own episodes, not such that it starts itself. */
  private boolean expertActs() {
    if (!experiment.expert().present() || !expertCanFly()) {
      return false;
    }
    try (Policy policy = open(expert().definition())) {
      return policy.starts().isEmpty();
    }
  }

  /** What policies return in models, on the diagnosis' episodes. */
  public ModelReturns modelReturns() {
    return new ModelReturns(
        environment,
        this::open,
        expert().definition(),
        experiment.discount(),
        experiment.seed(),
        experiment.planner().threads(),
        experiment.planner().device());
  }

  /** What checks candidates before they fly; empty where nobody asks for it. */
  public Optional<PreflightCheck> preflight() {
    return experiment.preflight().on()
        ? Optional.of(
            new PreflightCheck(
                experiment.preflight(),
                environment,
                simulator,
                fitter(),
                this::open,
                experiment.discount(),
                experiment.seed(),
                experiment.planner().device()))
        : Optional.empty();
  }

  /** The fitter of the experiment's model family. */
  public Fitter fitter() {
    return switch (experiment.dynamics().kind()) {
      case ENSEMBLE ->
          new EnsembleFitter(
              environment.states(),
              environment.actions().size(),
              experiment.dynamics(),
              experiment.trainer());
      case LINEAR ->
          new RidgeFitter(
              experiment.dynamics().ridge(), linearBase(), experiment.trainer().threadsHere());
      case TIME_VARYING_LINEAR ->
          new TimeVaryingRidgeFitter(
              experiment.dynamics().ridge(),
              experiment.dynamics().timeRidge(),
              varyingBase(),
              experiment.trainer().threadsHere());
      case TABULAR ->
          experiment.dynamics().completion().isBlank()
              ? new FollowTheLeaderFitter(statedModels)
              : new CountingFitter(completion());
    };
  }

  /**
   * The stated model that the first policy may be planned in.
   *
   * @throws InvalidInputException if there is none of that name
   */
  public ModelParameters initialModel() {
    InvalidInputException.check(
        !statedModels.isEmpty(),
        "campaign.first-policy",
        "initial-model",
        "environment " + environment.name() + " states no model; use random or expert-model");
    String name = experiment.dynamics().initial();
    return name.isBlank() ? statedModels.values().iterator().next() : stated("initial", name);
  }

  private ModelParameters stated(String key, String name) {
    ModelParameters model = statedModels.get(name);
    if (model == null) {
      throw InvalidInputException.setting(
          "dynamics." + key,
          name,
          statedModels.isEmpty()
              ? "environment " + environment.name() + " states no model; leave it empty"
              : "must be one of " + String.join(", ", statedModels.keySet()));
    }
    return model;
  }

  private ModelParameters.Tabular completion() {
    String name = experiment.dynamics().completion();
    if (stated("completion", name) instanceof ModelParameters.Tabular table) {
      return table;
    }
    throw InvalidInputException.setting(
        "dynamics.completion",
        name,
        "must be a tabular model; with another family of models leave it empty");
  }

  /** The policy planned in a model, as carefully as told, from what a lazy planner improves. */
  public PolicyDefinition synthesize(
      ModelParameters model, Caution caution, Optional<Improvement> improvement) {
    return PolicySynthesis.derive(
        model,
        environment,
        caution.apply(experiment.planner()),
        experiment.discount(),
        improvement);
  }

  /** A policy that acts, for one caller. */
  public Policy open(PolicyDefinition definition) {
    return Policies.open(definition, environment, experts);
  }

  /** The expert as policy 0. */
  public PolicySnapshot expert() {
    return new PolicySnapshot(
        0,
        new PolicyDefinition.Expert(
            experiment.expert().kind(),
            experiment.expert().controlNoise(),
            experiment.expert().options()));
  }

  private ModelParameters.TimeVaryingLinear varyingBase() {
    for (ModelParameters model : statedModels.values()) {
      if (model instanceof ModelParameters.TimeVaryingLinear varying) {
        return varying;
      }
    }
    return TimeVaryingRidgeFitter.identity(
        environment.states(), environment.actions().size(), environment.maxSteps());
  }

  private ModelParameters.Linear linearBase() {
    for (ModelParameters model : statedModels.values()) {
      if (model instanceof ModelParameters.Linear linear) {
        return linear;
      }
    }
    return RidgeFitter.identity(environment.states().size(), environment.actions().size());
  }
}
