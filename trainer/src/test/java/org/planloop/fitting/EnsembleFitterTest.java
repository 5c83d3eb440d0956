package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.DynamicsSettings.Loss;
import org.planloop.dynamics.EnsembleWeights;
import org.planloop.dynamics.ModelParameters;
import org.planloop.dynamics.NeuralEnsembleModel;
import org.planloop.dynamics.Propagation;
import org.planloop.dynamics.RolloutRequest;
import org.planloop.dynamics.Rollouts;
import org.planloop.environment.StateSpace;
import org.planloop.fitting.TrainerSettings.Draw;
import org.planloop.fitting.TrainerSettings.Start;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;

class EnsembleFitterTest {
  private static final StateSpace STATES = StateSpace.of("x", "y");

  private static DynamicsSettings dynamics(
      Loss loss, int elites, boolean reward, boolean termination) {
    return new DynamicsSettings(
        DynamicsSettings.Kind.ENSEMBLE,
        3,
        elites,
        List.of(24, 24),
        loss,
        reward,
        termination,
        "",
        "",
        0,
        0);
  }

  private static TrainerSettings trainer(
      int steps, double rate, Start start, double validation, int patience, int restarts) {
    return trainer(steps, 0, rate, start, validation, patience, restarts);
  }

  private static TrainerSettings trainer(
      int steps,
      int warmSteps,
      double rate,
      Start start,
      double validation,
      int patience,
      int restarts) {
    return new TrainerSettings(
        33,
        steps,
        warmSteps,
        rate,
        rate / 20,
        1e-6,
        start,
        Draw.INDEPENDENT,
        validation,
        patience,
        restarts,
        1,
        Device.CPU,
        Precision.FP32);
  }

  private static EnsembleFitter fitter(TrainerSettings settings) {
    return new EnsembleFitter(STATES, 1, dynamics(Loss.SQUARED_ERROR, 0, false, false), settings);
  }

  private static MemoryReplay linear() {
    return new MemoryReplay(
        Transitions.random(100, 2, 1, 1, 5, Transitions::linear),
        Transitions.random(600, 2, 1, -1, 6, Transitions::linear));
  }

  private static Fitted fit(EnsembleFitter fitter, MemoryReplay data, double fraction) {
    return fitter.fit(data, fraction, Optional.empty(), new RandomStream(8));
  }

  @Test
  void aLinearSystemIsFittedClosely() {
    Fitted fitted = fit(fitter(trainer(2000, 5e-3, Start.COLD, 0, 0, 0)), linear(), 0.5);
    assertThat(fitted.lossExpert().getAsDouble()).isLessThan(1e-3);
    assertThat(fitted.lossLearner().getAsDouble()).isLessThan(1e-3);
    assertThat(fitted.warnings()).isEmpty();
    float[] next = rollout(fitted.model(), 0.5f, -0.2f, 0.7f).states();
    assertThat(next[0]).isCloseTo(0.39f, within(0.03f));
    assertThat(next[1]).isCloseTo(0.04f, within(0.03f));
  }

  @Test
  void rowsThatAreAskedForBlockByBlockGiveTheSameModelToTheBit() {
    TrainerSettings settings = trainer(250, 5e-3, Start.COLD, 0.1, 2, 0);
    DynamicsSettings dynamics = dynamics(Loss.GAUSSIAN_NLL, 0, false, false);
    MemoryReplay streamed = linear();
    MemoryReplay resident = linear();
    Fitted one = fit(new EnsembleFitter(STATES, 1, dynamics, settings, 0), streamed, 0.5);
    Fitted other = fit(new EnsembleFitter(STATES, 1, dynamics, settings), resident, 0.5);
    assertThat(other.model()).isEqualTo(one.model());
    assertThat(resident.gathered().size()).isLessThan(streamed.gathered().size());
  }

  @Test
  void theLikelihoodFindsTheNoise() {
    RandomStream noise = new RandomStream(3);
    TransitionBatch data =
        Transitions.random(
            2000,
            2,
            1,
            0,
            6,
            (s, a, n) -> {
              Transitions.linear(s, a, n);
              n[0] += (float) (0.2 * noise.nextGaussian());
            });
    EnsembleFitter fitter =
        new EnsembleFitter(
            STATES,
            1,
            dynamics(Loss.GAUSSIAN_NLL, 0, false, false),
            trainer(1500, 5e-3, Start.COLD, 0.1, 0, 0));
    Fitted fitted = fit(fitter, new MemoryReplay(Transitions.none(), data), 0);
    double squares = 0;
    try (NeuralEnsembleModel model = open(fitted.model())) {
      RolloutRequest request = request(0.5f, -0.2f, 0.7f, 2000, true);
      float[] states = model.rollout(request).states();
      for (int k = 0; k < 2000; k++) {
        squares += Math.pow(states[2 * k] - 0.39, 2);
      }
    }
    assertThat(Math.sqrt(squares / 2000)).isBetween(0.16, 0.26);
    assertThat(fitted.lossExpert()).isEmpty();
  }

  @Test
  void rewardAndTerminationAreLearned() {
    TransitionBatch data = Transitions.random(1500, 2, 1, 0, 6, Transitions::linear);
    for (int row = 0; row < data.size(); row++) {
      data.rewards()[row] = 3 * data.states()[2 * row] + 10;
      data.flags()[row] = data.nextStates()[2 * row] > 0.5f ? TransitionBatch.TERMINATED : 0;
    }
    EnsembleFitter fitter =
        new EnsembleFitter(
            STATES,
            1,
            dynamics(Loss.SQUARED_ERROR, 0, true, true),
            trainer(1500, 5e-3, Start.COLD, 0, 0, 0));
    Fitted fitted = fit(fitter, new MemoryReplay(data, Transitions.none()), 1);
    Rollouts high = rollout(fitted.model(), 1.5f, 0, 0);
    Rollouts low = rollout(fitted.model(), -1, 0, 0);
    assertThat(high.rewards()[0]).isCloseTo(14.5f, within(0.3f));
    assertThat(low.rewards()[0]).isCloseTo(7, within(0.3f));
    assertThat(high.terminations()[0]).isGreaterThan(0.95f);
    assertThat(low.terminations()[0]).isLessThan(0.05f);
  }

  @Test
  void theMixIsExactWhateverTheSizes() {
    assertThat(fit(fitter(trainer(100, 1e-3, Start.COLD, 0, 0, 0)), linear(), 0.5).mixExpert())
        .isEqualTo(0.5);
    assertThat(fit(fitter(trainer(100, 1e-3, Start.COLD, 0, 0, 0)), linear(), 0.2).mixExpert())
        .isEqualTo(0.2);
  }

  @Test
  void aSideWithoutRowsIsAnError() {
    MemoryReplay noExpert = new MemoryReplay(Transitions.none(), linear().learner());
    EnsembleFitter fitter = fitter(trainer(10, 1e-3, Start.COLD, 0, 0, 0));
    assertThatThrownBy(() -> fit(fitter, noExpert, 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("the expert side is empty")
        .hasMessageContaining("LEARNER_ONLY");
    MemoryReplay noLearner = new MemoryReplay(linear().expert(), Transitions.none());
    assertThatThrownBy(() -> fit(fitter, noLearner, 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("the learner side is empty");
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    TrainerSettings settings = trainer(250, 2e-3, Start.COLD, 0.2, 0, 0);
    ModelParameters first = fit(fitter(settings), linear(), 0.5).model();
    assertThat(fit(fitter(settings), linear(), 0.5).model()).isEqualTo(first);
    assertThat(fitter(settings).fit(linear(), 0.5, Optional.empty(), new RandomStream(9)).model())
        .isNotEqualTo(first);
  }

  @Test
  void aDivergingFitRestartsAtHalfTheLearningRate() {
    Fitted fitted = fit(fitter(trainer(300, 10, Start.COLD, 0, 0, 10)), linear(), 0.5);
    assertThat(fitted.metrics().get("train/restarts")).isPositive();
    assertThat(fitted.warnings().get(0))
        .startsWith("the model diverged at step 0: restart 1 of at most 10")
        .endsWith("at half the learning rate, 5.0");
    assertThat(fitted.metrics()).containsEntry("train/steps", 300.0);
    assertThat(fitted.lossLearner().getAsDouble()).isLessThan(1e6);
  }

  @Test
  void aFitThatKeepsDivergingFails() {
    MemoryReplay data = linear();
    data.learner().nextStates()[7] = Float.NaN;
    assertThatThrownBy(() -> fit(fitter(trainer(300, 1e-3, Start.COLD, 0, 0, 2)), data, 0.5))
        .isInstanceOf(FitException.class)
        .hasMessageContaining("diverges at step 0 of 300")
        .hasMessageContaining("after 2 restarts");
  }

  @Test
  void aWarmStartGoesOnWhereThePreviousFitEnded() {
    ModelParameters first =
        fit(fitter(trainer(1500, 5e-3, Start.COLD, 0, 0, 0)), linear(), 0.5).model();
    MemoryReplay moved =
        new MemoryReplay(
            Transitions.random(50, 2, 1, 0.5, 15, Transitions::linear), linear().learner());
    Fitted warm =
        fitter(trainer(1, 1e-6, Start.WARM, 0, 0, 0))
            .fit(moved, 0.5, Optional.of(first), new RandomStream(2));
    Fitted cold =
        fitter(trainer(1, 1e-6, Start.COLD, 0, 0, 0))
            .fit(moved, 0.5, Optional.of(first), new RandomStream(2));
    assertThat(warm.lossLearner().getAsDouble()).isLessThan(2e-3);
    assertThat(cold.lossLearner().getAsDouble()).isGreaterThan(0.1);
  }

  @Test
  void onlyAFitThatStartsWarmTakesTheWarmSteps() {
    EnsembleFitter fitter = fitter(trainer(120, 30, 5e-3, Start.WARM, 0, 0, 0));
    Fitted first = fit(fitter, linear(), 0.5);
    Fitted second = fitter.fit(linear(), 0.5, Optional.of(first.model()), new RandomStream(2));
    assertThat(first.metrics()).containsEntry("train/steps", 120.0);
    assertThat(second.metrics()).containsEntry("train/steps", 30.0);
  }

  @Test
  void aNewNormalizerDoesNotChangeTheFunction() {
    EnsembleFitter likelihood =
        new EnsembleFitter(
            STATES,
            1,
            dynamics(Loss.GAUSSIAN_NLL, 0, true, true),
            trainer(50, 5e-3, Start.COLD, 0, 0, 0));
    EnsembleWeights before =
        EnsembleWeights.of((ModelParameters.Ensemble) fit(likelihood, linear(), 0.5).model());
    MixtureStatistics other =
        new MixtureStatistics(
            new float[] {0.3f, -2, 1},
            new float[] {2, 0.5f, 3},
            new float[] {1, 2, 3},
            new float[] {0.1f, 2, 5});
    ModelParameters after = InitialWeights.warm(before, other).toParameters();
    Rollouts old = noisyRollout(before.toParameters());
    Rollouts renewed = noisyRollout(after);
    assertThat(renewed.states()).containsExactly(old.states(), within(1e-3f));
    assertThat(renewed.rewards()).containsExactly(old.rewards(), within(1e-3f));
    assertThat(renewed.terminations()).containsExactly(old.terminations(), within(1e-3f));
  }

  @Test
  void elitesAreTheMembersWithTheLowestHeldOutLoss() {
    EnsembleFitter fitter =
        new EnsembleFitter(
            STATES,
            1,
            dynamics(Loss.SQUARED_ERROR, 2, false, false),
            trainer(60, 2e-3, Start.COLD, 0.2, 0, 0));
    Fitted two = fit(fitter, linear(), 0.5);
    Fitted all = fit(fitter(trainer(60, 2e-3, Start.COLD, 0.2, 0, 0)), linear(), 0.5);
    List<Integer> elites = ((ModelParameters.Ensemble) two.model()).architecture().elites();
    assertThat(elites).hasSize(2).isSorted();
    assertThat(two.lossExpert().getAsDouble() + two.lossLearner().getAsDouble())
        .isLessThan(all.lossExpert().getAsDouble() + all.lossLearner().getAsDouble());
  }

  @Test
  void aFitStopsWhenHeldOutDataNoLongerImproves() {
    RandomStream noise = new RandomStream(3);
    TransitionBatch pureNoise =
        Transitions.random(60, 2, 1, 0, 6, (s, a, n) -> n[0] = (float) noise.nextGaussian());
    Fitted stopped =
        fit(
            fitter(trainer(20_000, 5e-3, Start.COLD, 0.3, 4, 0)),
            new MemoryReplay(Transitions.none(), pureNoise),
            0);
    Fitted overfitted =
        fit(
            fitter(trainer(2000, 5e-3, Start.COLD, 0.3, 0, 0)),
            new MemoryReplay(Transitions.none(), pureNoise),
            0);
    assertThat(stopped.metrics().get("train/steps")).isLessThan(3000);
    assertThat(stopped.lossLearner().getAsDouble())
        .isLessThan(0.7 * overfitted.lossLearner().getAsDouble());
  }

  @Test
  void theLossOfASideThatIsNotTrainedOnIsReported() {
    Fitted fitted = fit(fitter(trainer(1000, 5e-3, Start.COLD, 0, 0, 0)), linear(), 1);
    assertThat(fitted.mixExpert()).isEqualTo(1);
    assertThat(fitted.lossLearner().getAsDouble()).isGreaterThan(fitted.lossExpert().getAsDouble());
  }

  private static NeuralEnsembleModel open(ModelParameters model) {
    return new NeuralEnsembleModel((ModelParameters.Ensemble) model, 1, Device.CPU);
  }

  private static Rollouts rollout(ModelParameters model, float x, float y, float action) {
    try (NeuralEnsembleModel opened = open(model)) {
      return opened.rollout(request(x, y, action, 1, false));
    }
  }

  private static Rollouts noisyRollout(ModelParameters model) {
    try (NeuralEnsembleModel opened = open(model)) {
      return opened.rollout(request(0.3f, -0.4f, 0.2f, 6, true));
    }
  }

  private static RolloutRequest request(
      float x, float y, float action, int particles, boolean noise) {
    return new RolloutRequest(
        1,
        1,
        1,
        particles,
        new float[] {x, y},
        new float[] {action},
        noise ? Propagation.TS1 : Propagation.EXPECTATION,
        noise,
        new RandomStream[] {new RandomStream(1)});
  }
}
