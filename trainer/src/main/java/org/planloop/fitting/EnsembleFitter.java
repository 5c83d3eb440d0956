package org.planloop.fitting;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.StateSpace;
import org.planloop.fitting.TrainerSettings.Start;
import org.planloop.replay.ReplayView;

/**
 * Fits a neural ensemble with Adam on batches that hold the exact share of both sides: for a
 * fraction f and batches of B rows every member sees floor or ceiling of f B expert rows in every
 * batch, and what remains carries to the next batch.
 *
 * <p>Targets are changes of the state, normalised by the mean and standard deviation that they have
 * in the mixture. A share of each side's rows may be held out: then members are ranked by their
 * loss on them (elites), a fit may stop early, and each member keeps its own best weights.
 *
 * <p>A loss that is not finite, or above a million where one is usual, is a divergence: the fit
 * goes back to its last good weights at half the learning rate, with a warning, as often as {@code
 * trainer.restarts} allows.
 */
public final class EnsembleFitter implements Fitter {
  /** Floats of rows that are loaded at once: a quarter of a gigabyte. */
  public static final long RESIDENT_FLOATS = 1L << 26;

  private final EnsembleArchitecture architecture;
  private final TrainerSettings settings;
  private final int eliteCount;
  private final long residentFloats;

  /**
   * @param states the state's dimensions
   * @param actionSize width A
   */
  public EnsembleFitter(
      StateSpace states, int actionSize, DynamicsSettings dynamics, TrainerSettings settings) {
    this(states, actionSize, dynamics, settings, RESIDENT_FLOATS);
  }

  /**
   * @param residentFloats of rows that are loaded at once
   */
  EnsembleFitter(
      StateSpace states,
      int actionSize,
      DynamicsSettings dynamics,
      TrainerSettings settings,
      long residentFloats) {
    this.residentFloats = residentFloats;
    this.architecture =
        new EnsembleArchitecture(
            states,
            actionSize,
            dynamics.members(),
            IntStream.range(0, dynamics.members()).boxed().toList(),
            dynamics.hidden(),
            dynamics.loss() == DynamicsSettings.Loss.GAUSSIAN_NLL,
            dynamics.learnReward(),
            dynamics.learnTermination());
    this.settings = settings;
    this.eliteCount = dynamics.elites() == 0 ? dynamics.members() : dynamics.elites();
  }

  @Override
  public Fitted fit(
      ReplayView data,
      double expertFraction,
      Optional<ModelParameters> previous,
      RandomStream random) {
    requireRows(data, Provenance.EXPERT, expertFraction, expertFraction);
    requireRows(data, Provenance.LEARNER, 1 - expertFraction, expertFraction);
    RandomStream starting = random.split();
    RandomStream splitting = random.split();
    RandomStream drawing = random.split();
    List<String> warnings = new ArrayList<>();
    MixtureStatistics statistics = MixtureStatistics.of(data, architecture, expertFraction);
    Optional<EnsembleWeights> warm = warmStart(previous, warnings);
    int steps = settings.steps(warm.isPresent());
    EnsembleWeights start =
        warm.map(weights -> InitialWeights.warm(weights, statistics))
            .orElseGet(() -> InitialWeights.cold(architecture, statistics, starting));
    SplitSide expert = split(data, Provenance.EXPERT, expertFraction, splitting);
    SplitSide learner = split(data, Provenance.LEARNER, 1 - expertFraction, splitting);
    BlockDraw draw =
        new BlockDraw(
            data,
            expert.training(),
            learner.training(),
            resident(steps, expert.training().length + learner.training().length),
            expertFraction,
            settings.batchSize(),
            settings.draw(),
            architecture.members(),
            drawing);
    try (EnsembleOptimizer optimizer =
        new EnsembleOptimizer(
            start,
            settings.threadsHere(),
            settings.device(),
            settings.precision().on(settings.device()))) {
      Judge judge = new Judge(optimizer, data, expert, learner, expertFraction);
      return new EnsembleFit(settings, steps, optimizer, draw, judge, warnings)
          .run(architecture, eliteCount);
    }
  }

  /**
   * Whether all rows are loaded once instead of block by block: they fit, and the fit draws more
   * rows than there are.
   */
  private boolean resident(int steps, long rows) {
    long width = (long) architecture.inputs() + TrainingRows.targetWidth(architecture);
    long drawn = (long) steps * settings.batchSize() * architecture.members();
    return rows * width <= residentFloats && rows <= drawn;
  }

  private static void requireRows(
      ReplayView data, Provenance side, double weight, double expertFraction) {
    if (weight > 0 && data.size(side) == 0) {
      String name = side == Provenance.EXPERT ? "expert" : "learner";
      throw new FitException(
          "the "
              + name
              + " side is empty, but a fit with expert-fraction "
              + expertFraction
              + " draws from it; record "
              + name
              + " data first, or choose strategy = "
              + (side == Provenance.EXPERT ? "LEARNER_ONLY" : "EXPERT_ONLY"));
    }
  }

  private SplitSide split(ReplayView data, Provenance side, double weight, RandomStream splitting) {
    return SplitSide.of(data.size(side), weight > 0, settings.validation(), splitting.split());
  }

  private Optional<EnsembleWeights> warmStart(
      Optional<ModelParameters> previous, List<String> warnings) {
    if (settings.start() == Start.COLD
        || previous.isEmpty()
        || !(previous.get() instanceof ModelParameters.Ensemble ensemble)) {
      return Optional.empty();
    }
    if (!ensemble.architecture().withElites(architecture.elites()).equals(architecture)) {
      warnings.add("the previous ensemble has another shape: this fit starts from new weights");
      return Optional.empty();
    }
    EnsembleWeights w = EnsembleWeights.of(ensemble);
    return Optional.of(
        new EnsembleWeights(
            architecture,
            w.weights(),
            w.biases(),
            w.inputMean(),
            w.inputStd(),
            w.outputMean(),
            w.outputStd(),
            w.minLogVariance(),
            w.maxLogVariance()));
  }
}
