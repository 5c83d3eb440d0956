package org.planloop.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static final double NAN = Double.NaN;

  private static Diagnosis of(
      List<Double> realLearner,
      List<Double> modelLearner,
      List<Double> realExpert,
      List<Double> modelExpert) {
    return new Diagnosis(realLearner, modelLearner, realExpert, modelExpert, 0, 0);
  }

  @Test
  void theTermsAddUpToTheGapOverTheEpisodesThatAllFinished() {
    Diagnosis found =
        of(
            List.of(1.0, 2.0, NAN, 7.0, 4.0),
            List.of(3.0, 5.0, 1.0, NAN, 4.5),
            List.of(9.0, 8.0, 7.0, 7.0, 9.5),
            List.of(6.0, 4.0, 7.0, 7.0, 9.0));

    // Episodes 0, 1 and 4.
    assertThat(found.learnerFit().mean().getAsDouble()).isCloseTo(-5.5 / 3, within(1e-12));
    assertThat(found.expertFit().mean().getAsDouble()).isCloseTo(-7.5 / 3, within(1e-12));
    assertThat(found.planning().mean().getAsDouble()).isCloseTo(-6.5 / 3, within(1e-12));
    assertThat(found.gap().mean().getAsDouble()).isCloseTo(-19.5 / 3, within(1e-12));
    assertThat(found.gap().episodes()).isEqualTo(3);
    assertThat(found.realLearnerMean()).hasValue(3.5);
  }

  @Test
  void withoutAnExpertThatActsOnlyTheLearnersFitIsKnown() {
    Diagnosis found = of(List.of(1.0, 2.0), List.of(3.0, 4.0), List.of(), List.of());

    assertThat(found.learnerFit().mean()).hasValue(-2);
    assertThat(found.expertFit().mean()).isEmpty();
    assertThat(found.planning().mean()).isEmpty();
    assertThat(found.gap().mean()).isEmpty();
    assertThat(found.exploited()).isTrue();
  }

  @Test
  void theAlarmRingsBeyondTheIntervalOnly() {
    List<Double> real = List.of(0.0, 0.0, 0.0);
    // Excess 1 +- 2.48: 4.303 standard errors of sqrt(1 / 3).
    assertThat(of(real, List.of(0.0, 1.0, 2.0), List.of(), List.of()).exploited()).isFalse();
    assertThat(of(real, List.of(2.0, 3.0, 4.0), List.of(), List.of()).exploited()).isTrue();
    assertThat(of(real, List.of(-2.0, -3.0, -4.0), List.of(), List.of()).exploited()).isFalse();
  }

  @Test
  void singlePrecisionIsNoExploitation() {
    List<Double> real = List.of(100.0, 100.0);
    assertThat(of(real, List.of(100.09, 100.09), List.of(), List.of()).exploited()).isFalse();
    assertThat(of(real, List.of(100.11, 100.11), List.of(), List.of()).exploited()).isTrue();
  }

  @Test
  void aModelThatCannotBeFlownSaysNothing() {
    Diagnosis found = of(List.of(1.0, 2.0), List.of(), List.of(3.0, 4.0), List.of());

    assertThat(found.realLearnerMean()).hasValue(1.5);
    assertThat(found.modelLearnerMean()).isEmpty();
    assertThat(found.learnerFit().mean()).isEmpty();
    assertThat(found.gap().mean()).isEmpty();
    assertThat(found.exploited()).isFalse();
  }
}
