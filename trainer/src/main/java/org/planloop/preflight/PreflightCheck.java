package org.planloop.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.planloop.data.Provenance;
import org.planloop.data.Purpose;
import org.planloop.data.RandomStream;
import org.planloop.diagnostics.EpisodeStarts;
import org.planloop.diagnostics.ModelFlights;
import org.planloop.dynamics.DynamicsModel;
import org.planloop.dynamics.DynamicsModels;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Capability;
import org.planloop.environment.Environment;
import org.planloop.fitting.Fitter;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.EpisodeResult.End;
import org.planloop.replay.ReplayView;
import org.planloop.torch.Device;

/**
 * Flies a candidate where nothing can break and refuses it if it does badly there. In several
 * models the worst one decides: a planner exploits the errors of its own model, so that model alone
 * is easily fooled, while models fitted to other samples of the rows err otherwise.
 *
 * <p>Every candidate flies the same episodes: the same starts and noise. A pure function of the
 * candidate, the model and the rows. May block while rows are read.
 */
public final class PreflightCheck {
  private final PreflightSettings settings;
  private final Environment environment;
  private final Optional<Environment> simulator;
  private final Fitter fitter;
  private final Function<PolicyDefinition, Policy> opener;
  private final double discount;
  private final long seed;
  private final Device device;

  /**
   * @param environment that the candidate will fly in
   * @param simulator the second simulator, where the settings ask for one
   * @param fitter of the campaign's models
   * @param opener brings a candidate to life
   * @param discount factor a step in the returns
   * @param seed the campaign's seed
   * @param device where an ensemble is evaluated
   */
  public PreflightCheck(
      PreflightSettings settings,
      Environment environment,
      Optional<Environment> simulator,
      Fitter fitter,
      Function<PolicyDefinition, Policy> opener,
      double discount,
      long seed,
      Device device) {
    this.settings = settings;
    this.environment = environment;
    this.simulator = simulator;
    this.fitter = fitter;
    this.opener = opener;
    this.discount = discount;
    this.seed = seed;
    this.device = device;
  }

  /**
   * Checks a candidate.
   *
   * @param version i of pi_i
   * @param model what it was planned in; empty for random actions
   * @param rows that the model was fitted to
   * @param expertFraction weight of the expert's side in that fit
   */
  public Verdict fly(
      int version,
      PolicyDefinition candidate,
      Optional<ModelParameters> model,
      ReplayView rows,
      double expertFraction) {
    try (Policy policy = opener.apply(candidate)) {
      if (settings.kind() == PreflightSettings.Kind.SIMULATOR) {
        Environment second = simulator.orElseThrow();
        List<EpisodeResult> flown =
            new SimulatorFlights(second, discount).fly(policy, seed, settings.episodes());
        return judge(List.of(flown), "in " + second.name());
      }
      List<ModelParameters> models = models(version, model, rows, expertFraction);
      if (models.isEmpty()) {
        return new Verdict(true, false, "no model is learned yet to check it in", Map.of());
      }
      List<List<EpisodeResult>> flown = new ArrayList<>();
      double[] starts = starts(rows);
      for (int i = 0; i < models.size(); i++) {
        flown.add(flyIn(models.get(i), i, policy, starts, rows, expertFraction));
      }
      return judge(
          flown,
          models.size() == 1
              ? "in the learned model"
              : "in the worst of " + models.size() + " models");
    }
  }

  /** What the candidate is flown in; none where nothing was learned yet. */
  private List<ModelParameters> models(
      int version, Optional<ModelParameters> model, ReplayView rows, double expertFraction) {
    boolean learned =
        (expertFraction == 0 || rows.size(Provenance.EXPERT) > 0)
            && (expertFraction == 1 || rows.size(Provenance.LEARNER) > 0);
    if (model.isEmpty() || !learned) {
      return List.of();
    }
    if (settings.kind() == PreflightSettings.Kind.MODEL) {
      return List.of(model.get());
    }
    if (model.get() instanceof ModelParameters.Ensemble ensemble) {
      return members(ensemble);
    }
    List<ModelParameters> models = new ArrayList<>();
    for (int member = 0; member < settings.members(); member++) {
      RandomStream random = stream(version, member, "bootstrap");
      models.add(
          fitter
              .fit(new BootstrapRows(rows, random.split()), expertFraction, model, random)
              .model());
    }
    return models;
  }

  /** Each predicting member as a model of its own. */
  static List<ModelParameters> members(ModelParameters.Ensemble ensemble) {
    EnsembleArchitecture a = ensemble.architecture();
    List<ModelParameters> members = new ArrayList<>();
    for (int member : a.elites()) {
      members.add(
          new ModelParameters.Ensemble(
              new EnsembleArchitecture(
                  a.states(),
                  a.actionSize(),
                  a.members(),
                  List.of(member),
                  a.hidden(),
                  a.probabilistic(),
                  a.learnedReward(),
                  a.learnedTermination()),
              ensemble.tensors()));
    }
    return members;
  }

  private List<EpisodeResult> flyIn(
      ModelParameters model,
      int index,
      Policy policy,
      double[] starts,
      ReplayView rows,
      double expertFraction) {
    int episodes = settings.episodes();
    try (DynamicsModel bare = DynamicsModels.open(model, environment, 1, device)) {
      DynamicsModel opened =
          ResidualNoise.lacking(model)
              ? ResidualNoise.of(bare, rows, expertFraction, stream(0, index, "residuals"))
                  .orElse(bare)
              : bare;
      return new ModelFlights(environment, discount)
          .fly(
              policy,
              opened,
              starts,
              environment.maxSteps(),
              EpisodeStarts.streams(seed, Purpose.PREFLIGHT, 0, 0, episodes, "policy"),
              EpisodeStarts.streams(seed, Purpose.PREFLIGHT, 0, 0, episodes, "model-" + index));
    }
  }

  /** Where episodes start: as in the environment, or, on a robot, where recorded ones did. */
  private double[] starts(ReplayView rows) {
    return environment.capabilities().contains(Capability.REPLAY)
        ? EpisodeStarts.of(environment, seed, Purpose.PREFLIGHT, 0, 0, settings.episodes())
        : RecordedStarts.of(rows, settings.episodes(), stream(0, 0, "starts"));
  }

  private RandomStream stream(int version, int episode, String use) {
    return RandomStream.of(seed, Purpose.PREFLIGHT, version, episode, use);
  }

  private Verdict judge(List<List<EpisodeResult>> flights, String where) {
    double crashes = flights.stream().mapToDouble(PreflightCheck::crashShare).max().orElseThrow();
    double returned = flights.stream().mapToDouble(PreflightCheck::meanReturn).min().orElseThrow();
    boolean returnsEnough = Double.isNaN(settings.minReturn()) || returned >= settings.minReturn();
    boolean accepted = crashes <= settings.maxCrashes() && returnsEnough;
    String reason =
        String.format(
            Locale.ROOT,
            "%s %.4g of %d episodes crash (preflight.max-crashes = %s), mean return %.6g%s",
            where,
            crashes,
            settings.episodes(),
            settings.maxCrashes(),
            returned,
            Double.isNaN(settings.minReturn())
                ? ""
                : " (preflight.min-return = " + settings.minReturn() + ")");
    Map<String, Double> metrics =
        Double.isFinite(returned)
            ? Map.of(
                "preflight/crash_share", crashes,
                "preflight/return_mean", returned,
                "preflight/refused", accepted ? 0.0 : 1.0)
            : Map.of("preflight/crash_share", crashes, "preflight/refused", accepted ? 0.0 : 1.0);
    return new Verdict(accepted, true, reason, metrics);
  }

  /** A flight in which the numbers leave the finite is a crash too. */
  private static double crashShare(List<EpisodeResult> episodes) {
    return (double)
            episodes.stream()
                .filter(episode -> episode.end() == End.CRASHED || episode.end() == End.FAILED)
                .count()
        / episodes.size();
  }

  private static double meanReturn(List<EpisodeResult> episodes) {
    return episodes.stream()
        .mapToDouble(episode -> episode.failed() ? Double.NEGATIVE_INFINITY : episode.totalReward())
        .average()
        .orElse(Double.NEGATIVE_INFINITY);
  }
}
