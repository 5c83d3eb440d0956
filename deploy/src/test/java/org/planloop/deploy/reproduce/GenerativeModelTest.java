package org.planloop.deploy.reproduce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.RandomStream;
import org.planloop.diagnostics.FiniteProcess;
import org.planloop.dynamics.ModelParameters;

class GenerativeModelTest {
  @TempDir Path scratch;

  @Test
  void theSelfLoopIsWorthThreeQuartersOfTheHorizon() {
    for (double discount : new double[] {0.9, 0.995}) {
      double value =
          FiniteProcess.of(
                  GenerativeModel.selfLoop(discount),
                  (state, action, next) -> state[0] == 0 ? 1 : 0,
                  discount)
              .values(new double[] {1, 1})[0];
      assertThat(value).isCloseTo(0.75 / (1 - discount), within(1e-9));
    }
  }

  @Test
  void theEmpiricalModelHoldsSharesOfWhatWasDrawn() {
    ModelParameters.Tabular truth =
        new ModelParameters.Tabular(2, 2, new double[] {1, 0, 0.25, 0.75, 0.5, 0.5, 0, 1});
    ModelParameters.Tabular model = GenerativeModel.empirical(truth, 10_000, new RandomStream(3));
    assertThat(model.probability(0, 0, 0)).isEqualTo(1);
    assertThat(model.probability(1, 1, 1)).isEqualTo(1);
    // Four standard errors.
    assertThat(model.probability(0, 1, 0)).isCloseTo(0.25, within(0.018));
    assertThat(model.probability(1, 0, 0)).isCloseTo(0.5, within(0.02));
    assertThat(model.probability(0, 1, 0) + model.probability(0, 1, 1)).isCloseTo(1, within(1e-12));
  }

  @Test
  void gammaHasItsMeanAndVariance() {
    RandomStream random = new RandomStream(4);
    for (double shape : new double[] {0.1, 2.5}) {
      double sum = 0;
      double squares = 0;
      int draws = 100_000;
      for (int i = 0; i < draws; i++) {
        double value = GenerativeModel.gamma(shape, random);
        sum += value;
        squares += value * value;
      }
      double mean = sum / draws;
      assertThat(mean).isCloseTo(shape, within(4 * Math.sqrt(shape / draws)));
      assertThat(squares / draws - mean * mean).isCloseTo(shape, within(0.07 * shape));
    }
  }

  @Test
  void theRowsOfARandomMdpAreDistributions() {
    ModelParameters.Tabular mdp = GenerativeModel.random(5, 3, 0.1, new RandomStream(5));
    for (int pair = 0; pair < 15; pair++) {
      double sum = 0;
      for (int next = 0; next < 5; next++) {
        sum += mdp.probability(pair / 3, pair % 3, next);
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void theMeasuredConstantsAndRelationsHold() {
    Findings findings = StudyRun.of(new GenerativeModelStudy(), scratch, 8);
    assertThat(findings.claims()).allMatch(Claim::agrees).hasSize(6);
    assertThat(findings.figures().get(0).svg())
        .contains("largest error of Q")
        .doesNotContain("NaN");
  }
}
