package org.planloop.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.RandomStream;
import org.planloop.data.TransitionBatch;
import org.planloop.dynamics.EnsembleArchitecture;
import org.planloop.dynamics.ModelParameters;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Capability;
import org.planloop.environment.Environment;
import org.planloop.environment.Objective;
import org.planloop.environment.Simulator;
import org.planloop.environment.StateSpace;
import org.planloop.fitting.RidgeFitter;
import org.planloop.policy.Policies;
import org.planloop.policy.PolicyDefinition;
import org.planloop.preflight.PreflightSettings.Kind;
import org.planloop.replay.ReplayView;
import org.planloop.torch.Device;

/**
 * On a line, x' = x + b a under a = -k x from x = 1: x becomes (1 - b k)^t, and |x| > 5 is a crash.
 */
class PreflightCheckTest {
  private static final int STEPS = 100;

  private record Line(double gain) implements Simulator {
    @Override
    public int size() {
      return 1;
    }

    @Override
    public void start(double[] full, RandomStream random) {
      full[0] = 1;
    }

    @Override
    public void step(double[] full, double[] action, RandomStream random) {
      full[0] += gain * action[0];
    }
  }

  private static Environment line(double gain) {
    return Environment.simulated(
        "line-" + gain,
        StateSpace.of("x"),
        ActionSpace.Box.symmetric(1, 1000),
        STEPS,
        new Objective() {
          @Override
          public double reward(double[] state, double[] action, double[] next) {
            return -Math.abs(next[0]);
          }

          @Override
          public boolean terminated(double[] state, double[] action, double[] next) {
            return Math.abs(next[0]) > 5;
          }

          @Override
          public boolean terminationIsCrash() {
            return true;
          }
        },
        new Line(gain));
  }

  /** Rows (0, 1, b) on both sides, with the stated b in turn. */
  private record Rows(int size, double... gains) implements ReplayView {
    @Override
    public int stateSize() {
      return 1;
    }

    @Override
    public int actionSize() {
      return 1;
    }

    @Override
    public int size(Provenance side) {
      return size;
    }

    @Override
    public CompletableFuture<TransitionBatch> gather(Provenance side, int[] rows) {
      TransitionBatch batch = TransitionBatch.allocate(rows.length, 1, 1);
      for (int i = 0; i < rows.length; i++) {
        batch.actions()[i] = 1;
        batch.nextStates()[i] = (float) gains[rows[i] % gains.length];
        batch.steps()[i] = rows[i];
        batch.states()[i] = 0;
      }
      return CompletableFuture.completedFuture(batch);
    }

    @Override
    public CompletableFuture<TransitionBatch> read(Provenance side, int from, int count) {
      return gather(side, java.util.stream.IntStream.range(from, from + count).toArray());
    }
  }

  private static final ModelParameters.Linear BASE = RidgeFitter.identity(1, 1);

  private static ModelParameters.Linear model(double gain) {
    return new ModelParameters.Linear(1, 1, new double[] {1}, new double[] {gain});
  }

  private static PreflightSettings settings(Kind kind, double maxCrashes, double minReturn) {
    return new PreflightSettings(
        kind, 4, 6, maxCrashes, minReturn, kind == Kind.SIMULATOR ? "line" : "", Map.of());
  }

  private static PreflightCheck check(PreflightSettings settings, Environment second) {
    Environment environment = line(1);
    return new PreflightCheck(
        settings,
        environment,
        Optional.of(second),
        new RidgeFitter(0.001, BASE),
        definition ->
            Policies.open(
                definition,
                environment,
                (expert, where) -> {
                  throw new IllegalStateException("no expert flies here");
                }),
        1,
        7,
        Device.CPU);
  }

  private static PolicyDefinition feedback(double k) {
    return new PolicyDefinition.LinearFeedback(1, 1, new double[] {k});
  }

  private static Verdict fly(PreflightSettings settings, double k, double gain, Rows rows) {
    return check(settings, line(gain)).fly(3, feedback(k), Optional.of(model(gain)), rows, 0.5);
  }

  @Test
  void whatCrashesInTheModelIsRefused() {
    PreflightSettings model = settings(Kind.MODEL, 0, Double.NaN);
    Rows exact = new Rows(10, 1);

    assertThat(fly(model, 0.5, 1, exact).accepted()).isTrue();
    Verdict crash = fly(model, 3, 1, exact);
    assertThat(crash.accepted()).isFalse();
    assertThat(crash.reason()).contains("1.000 of 4 episodes crash", "max-crashes = 0.0");
    assertThat(crash.metrics())
        .containsEntry("preflight/crash_share", 1.0)
        .containsEntry("preflight/refused", 1.0)
        // 1 -> -2 -> 4 -> -8
        .containsEntry("preflight/return_mean", -14.0);
  }

  @Test
  void aReturnThatIsTooLowIsRefused() {
    // 1/2 + 1/4 + ... = 1 in a hundred steps.
    assertThat(fly(settings(Kind.MODEL, 0, -1.01), 0.5, 1, new Rows(10, 1)).accepted()).isTrue();
    Verdict low = fly(settings(Kind.MODEL, 0, -0.99), 0.5, 1, new Rows(10, 1));
    assertThat(low.accepted()).isFalse();
    assertThat(low.reason()).contains("preflight.min-return = -0.99");
  }

  /** Rows that say b = 1 and b = 3 in turn: samples of them differ about b, and so about k. */
  @Test
  void aBootstrapSeesWhatTheModelItselfCannot() {
    Rows divided = new Rows(40, 1, 3);
    Rows agreed = new Rows(40, 2);
    PreflightSettings model = settings(Kind.MODEL, 0, Double.NaN);
    PreflightSettings bootstrap = settings(Kind.BOOTSTRAP, 0, Double.NaN);

    assertThat(fly(model, 0.9, 2, agreed).accepted()).isTrue();
    assertThat(fly(bootstrap, 0.9, 2, agreed).accepted()).isTrue();
    Verdict worst = fly(bootstrap, 0.9, 2, divided);
    assertThat(worst.reason()).contains("worst of 6 models");
    assertThat(worst.metrics().get("preflight/return_mean"))
        .isLessThan(fly(model, 0.9, 2, divided).metrics().get("preflight/return_mean"));
  }

  /** Under x' = 0 x, what is left is the noise alone: residuals of +1 and -1. */
  @Test
  void theModelIsFlownThroughTheNoiseThatItWasFittedThrough() {
    PreflightSettings model =
        new PreflightSettings(Kind.MODEL, 200, 5, 0, Double.NaN, "", Map.of());
    Verdict verdict = fly(model, 0.5, 2, new Rows(40, 1, 3));

    // x is 0 after a step, then what the last residual left: |x| = 1 in each of 100 steps.
    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.metrics().get("preflight/return_mean"))
        .isCloseTo(-STEPS, org.assertj.core.api.Assertions.within(1e-3));
  }

  @Test
  void theSameCandidateGetsTheSameVerdict() {
    Rows divided = new Rows(40, 1, 3);
    PreflightSettings bootstrap = settings(Kind.BOOTSTRAP, 0, Double.NaN);

    assertThat(fly(bootstrap, 0.9, 2, divided)).isEqualTo(fly(bootstrap, 0.9, 2, divided));
  }

  @Test
  void aSecondSimulatorDecidesByItsOwnDynamics() {
    PreflightSettings simulator = settings(Kind.SIMULATOR, 0, Double.NaN);

    assertThat(fly(simulator, 1, 1, new Rows(0)).accepted()).isTrue();
    assertThat(fly(simulator, 1, 3, new Rows(0)).accepted()).as("a stricter one").isFalse();
    assertThat(fly(simulator, 1, 3, new Rows(0)).reason()).contains("in line-3.0");
  }

  @Test
  void withoutAModelThereIsNothingToCheckIn() {
    for (Kind kind : List.of(Kind.MODEL, Kind.BOOTSTRAP)) {
      Verdict verdict =
          check(settings(kind, 0, Double.NaN), line(1))
              .fly(1, feedback(3), Optional.empty(), new Rows(0), 0.5);
      assertThat(verdict.accepted()).isTrue();
      assertThat(verdict.checked()).isFalse();
      assertThat(verdict.reason()).contains("no model is learned yet");
      assertThat(fly(settings(kind, 0, Double.NaN), 3, 1, new Rows(0)).checked())
          .as("a stated model is not learned")
          .isFalse();
    }
  }

  @Test
  void everyPredictingMemberOfAnEnsembleIsAModelOfItsOwn() {
    EnsembleArchitecture architecture =
        new EnsembleArchitecture(
            StateSpace.of("x"), 1, 4, List.of(0, 2, 3), List.of(8), false, false, false);

    assertThat(PreflightCheck.members(new ModelParameters.Ensemble(architecture, List.of())))
        .extracting(member -> ((ModelParameters.Ensemble) member).architecture().elites())
        .containsExactly(List.of(0), List.of(2), List.of(3));
  }

  @Test
  void aBootstrapSampleHasAsManyRowsOfEachSide() {
    BootstrapRows sample = new BootstrapRows(new Rows(500, 1), new RandomStream(3));
    int[] steps = sample.read(Provenance.EXPERT, 0, 500).join().steps();
    Set<Integer> distinct = Set.copyOf(java.util.Arrays.stream(steps).boxed().distinct().toList());

    assertThat(sample.size(Provenance.LEARNER)).isEqualTo(500);
    // All but 1/e of the rows are drawn: 316, standard deviation 7.
    assertThat(distinct).hasSizeBetween(280, 352);
    assertThat(sample.gather(Provenance.EXPERT, new int[] {7, 7}).join().steps())
        .containsExactly(steps[7], steps[7]);
  }

  @Test
  void aSystemThatCannotBeResetStartsWhereItsEpisodesDid() {
    double[] starts = RecordedStarts.of(new Rows(10, 1), 5, new RandomStream(1));
    assertThat(starts).hasSize(5).containsOnly(0);
    assertThatThrownBy(() -> RecordedStarts.of(new Rows(0), 5, new RandomStream(1)))
        .hasMessageContaining("no recorded state");
    assertThat(line(1).capabilities()).contains(Capability.REPLAY);
  }

  @Test
  void badSettingsAreNamed() {
    assertThatThrownBy(() -> new PreflightSettings(Kind.MODEL, 0, 5, 0, 0, "", Map.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("preflight.episodes = 0");
    assertThatThrownBy(() -> new PreflightSettings(Kind.MODEL, 1, 1, 0, 0, "", Map.of()))
        .hasMessageContaining("preflight.members = 1");
    assertThatThrownBy(() -> new PreflightSettings(Kind.MODEL, 1, 5, 1, 0, "", Map.of()))
        .hasMessageContaining("preflight.max-crashes = 1");
    assertThatThrownBy(() -> new PreflightSettings(Kind.SIMULATOR, 1, 5, 0, 0, "", Map.of()))
        .hasMessageContaining("preflight.environment")
        .hasMessageContaining("second simulator");
    assertThatThrownBy(() -> new PreflightSettings(Kind.MODEL, 1, 5, 0, 0, "line", Map.of()))
        .hasMessageContaining("must be empty");
  }
}
