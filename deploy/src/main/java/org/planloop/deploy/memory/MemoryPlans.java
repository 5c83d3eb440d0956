package org.planloop.deploy.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.planloop.campaign.CampaignSettings;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.Environment;
import org.planloop.expert.MpcExpert;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.ExpertSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;

/** Makes the plans of what can be started. */
public final class MemoryPlans {
  /** What Java takes for the smallest campaign: 140 MiB were measured. */
  private static final double PROGRAM_HEAP = 30 << 20;

  private static final double PROGRAM_NATIVE = 110 << 20;

  /** What PyTorch takes as soon as it is loaded: 280 to 290 MiB were measured with it. */
  private static final double PYTORCH = 140 << 20;

  private final Environment environment;
  private final IntSupplier gpus;
  private final List<Part> parts = new ArrayList<>();

  private MemoryPlans(Environment environment, IntSupplier gpus) {
    this.environment = environment;
    this.gpus = gpus;
    fixed("program", Place.HEAP, PROGRAM_HEAP);
    fixed("program", Place.NATIVE, PROGRAM_NATIVE);
  }

  /**
   * A campaign with all its roles in one process.
   *
   * @param cores flown on where no number of workers is set
   * @param gpus how many PyTorch sees; asked only where a certain GPU is asked for
   */
  public static MemoryPlan campaign(
      Experiment experiment, Environment environment, int cores, IntSupplier gpus) {
    MemoryPlans made = new MemoryPlans(environment, gpus);
    made.campaign(experiment, cores);
    return new MemoryPlan(made.parts);
  }

  /** A campaign's share of a cluster's trainer node. */
  public static MemoryPlan trainer(
      Experiment experiment, Environment environment, IntSupplier gpus) {
    MemoryPlans made = new MemoryPlans(environment, gpus);
    made.pytorch(experiment);
    made.fits(experiment);
    return new MemoryPlan(made.parts);
  }

  /**
   * A campaign's share of a cluster's worker node.
   *
   * @param workers that the node has
   */
  public static MemoryPlan worker(
      Experiment experiment, Environment environment, int workers, IntSupplier gpus) {
    MemoryPlans made = new MemoryPlans(environment, gpus);
    made.pytorch(experiment);
    made.flights(experiment, workers);
    return new MemoryPlan(made.parts);
  }

  /**
   * Episodes of a policy outside of a campaign.
   *
   * @param episodes flown as one batch
   * @param callers batches at a time
   * @param gpus as above
   */
  public static MemoryPlan flights(
      PolicyDefinition policy,
      Environment environment,
      int episodes,
      int callers,
      IntSupplier gpus) {
    MemoryPlans made = new MemoryPlans(environment, gpus);
    if (policy instanceof PolicyDefinition.Planned planned && planned.planner().kind().samples()) {
      Product problems = Product.ONE.times(episodes, "episodes at once");
      if (planned.model() instanceof ModelParameters.Ensemble ensemble) {
        made.fixed("PyTorch", Place.NATIVE, PYTORCH);
        made.planning(planned.planner(), problems, callers, ensemble.architecture());
      } else {
        made.parts.addAll(
            SearchParts.of(made.search("planner", planned.planner(), problems, callers)));
      }
    } else if (policy instanceof PolicyDefinition.Expert expert) {
      made.expert(
          expert.kind(),
          expert.options(),
          Product.ONE.times(episodes, "episodes at once"),
          callers);
    }
    return new MemoryPlan(made.parts);
  }

  /** Episodes of an expert, all kept in memory until they are written. */
  public static MemoryPlan recording(
      PolicyDefinition.Expert expert, Environment environment, int episodes) {
    MemoryPlans made = new MemoryPlans(environment, () -> 0);
    made.expert(expert.kind(), expert.options(), Product.ONE, 1);
    int states = environment.states().size();
    int actions = environment.actions().size();
    Product rows =
        Product.ONE.key("--episodes", episodes).times(environment.maxSteps(), "steps an episode");
    Product bytes =
        rows.times(2, "copies").bytes((2 * states + actions + 3) * Float.BYTES + Byte.BYTES);
    made.parts.add(
        Part.of("recorded transitions", Place.HEAP, bytes)
            .withArray(rows.times(Math.max(states, actions), "values")));
    return new MemoryPlan(made.parts);
  }

  private void fixed(String what, Place place, double bytes) {
    parts.add(Part.of(what, place, Product.ONE.times(bytes, "bytes, as measured")));
  }

  private void campaign(Experiment experiment, int cores) {
    parts.addAll(ReplayParts.of(experiment, environment));
    int workers = experiment.rollout().workers();
    pytorch(experiment);
    flights(experiment, workers == 0 ? cores : workers);
    fits(experiment);
  }

  private void pytorch(Experiment experiment) {
    if (experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE) {
      fixed("PyTorch", Place.NATIVE, PYTORCH);
    }
  }

  /** What workers take, the demonstrator's flights included. */
  private void flights(Experiment experiment, int workers) {
    int most = mostEpisodes(experiment);
    int perJob = experiment.rollout().environmentsPerJob();
    Product problems =
        perJob <= most
            ? Product.ONE.key("rollout.environments-per-job", perJob)
            : Product.ONE.times(most, "episodes at once");
    int jobs = (most + Math.min(perJob, most) - 1) / Math.min(perJob, most);
    int callers = Math.min(workers, jobs);
    ExpertSettings expert = experiment.expert();
    if (expert.present()) {
      int episodes = Math.min(perJob, Math.max(1, expert.episodes()));
      expert(expert.kind(), expert.options(), Product.ONE.times(episodes, "episodes at once"), 1);
    }
    PlannerSettings planner = experiment.planner();
    if (!planner.kind().samples()) {
      return;
    }
    if (experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE) {
      planning(planner, problems, callers, architecture(experiment.dynamics()));
    } else {
      parts.addAll(SearchParts.of(search("planner", planner, problems, callers)));
    }
  }

  /** What the trainer takes, its flights in models included. */
  private void fits(Experiment experiment) {
    PlannerSettings planner = experiment.planner();
    if (experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE) {
      EnsembleArchitecture ensemble = architecture(experiment.dynamics());
      parts.addAll(
          TrainerParts.of(
              experiment.trainer(),
              ensemble,
              ReplayParts.rows(experiment, environment),
              place(experiment.trainer().device()),
              experiment.campaign().iterations()));
      if (planner.kind().samples()) {
        besides(experiment)
            .ifPresent(
                episodes ->
                    planning(
                        planner,
                        Product.ONE.times(episodes, "episodes in the model at once"),
                        1,
                        ensemble));
      }
    }
    if (planner.kind() == PlannerSettings.Kind.VALUE_ITERATION) {
      parts.addAll(GridParts.of(environment));
    }
  }

  /** Episodes of the largest flight that is cut into jobs. */
  private int mostEpisodes(Experiment experiment) {
    CampaignSettings campaign = experiment.campaign();
    int flown =
        campaign.episodesPerIteration() > 0
            ? campaign.episodesPerIteration()
            : Math.max(1, campaign.stepsPerIteration() / environment.maxSteps());
    return Math.max(
        flown,
        Math.max(experiment.evaluation().episodes(), experiment.evaluation().confirmEpisodes()));
  }

  /** Episodes that the trainer flies in models, all at once. */
  private static OptionalInt besides(Experiment experiment) {
    int preflight = experiment.preflight().on() ? experiment.preflight().episodes() : 0;
    int diagnosis = experiment.diagnostics().on() ? experiment.diagnostics().episodes() : 0;
    int episodes = Math.max(preflight, diagnosis);
    return episodes == 0 ? OptionalInt.empty() : OptionalInt.of(episodes);
  }

  private void expert(String kind, Map<String, Object> options, Product problems, int callers) {
    MpcExpert.planner(kind, options)
        .ifPresent(
            planner ->
                parts.addAll(SearchParts.of(search("expert.options", planner, problems, callers))));
  }

  private void planning(
      PlannerSettings planner, Product problems, int callers, EnsembleArchitecture ensemble) {
    parts.addAll(SearchParts.of(search("planner", planner, problems, callers), ensemble));
  }

  private SearchParts.Search search(
      String section, PlannerSettings planner, Product problems, int callers) {
    return new SearchParts.Search(
        section,
        planner,
        problems,
        callers,
        environment.states().size(),
        environment.actions().size(),
        place(planner.device()));
  }

  private EnsembleArchitecture architecture(DynamicsSettings dynamics) {
    int elites = dynamics.elites() == 0 ? dynamics.members() : dynamics.elites();
    return new EnsembleArchitecture(
        environment.states(),
        environment.actions().size(),
        dynamics.members(),
        IntStream.range(0, elites).boxed().toList(),
        dynamics.hidden(),
        dynamics.loss() == DynamicsSettings.Loss.GAUSSIAN_NLL,
        dynamics.learnReward(),
        dynamics.learnTermination());
  }

  /**
   * Only a GPU that is asked for and is there counts as one: automatic choices count as the CPU.
   */
  private Place place(Device device) {
    return device.isGpu() && device.index(gpus.getAsInt()) >= 0 ? Place.GPU : Place.NATIVE;
  }
}
