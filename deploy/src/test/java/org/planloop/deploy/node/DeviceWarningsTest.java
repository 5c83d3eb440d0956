package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;

class DeviceWarningsTest {
  private static int unasked() {
    throw new AssertionError("PyTorch is loaded for nothing");
  }

  private static Experiment experiment(String name, String... settings) {
    return new ExperimentReader(Parts.on(DeviceWarningsTest.class.getClassLoader()))
        .read(
            name,
            new ExperimentReader.Overrides(
                List.of(settings), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void aGpuThatIsNotThereIsSaidInOneLineAKey() {
    Experiment both =
        experiment("cartpole-swingup", "trainer.device=gpu:1", "planner.device = GPU");

    assertThat(DeviceWarnings.of(both, () -> 0))
        .containsExactly(
            "trainer.device = gpu:1: PyTorch sees no GPU here, fitting on the CPU; 'planloop"
                + " doctor' says why",
            "planner.device = gpu:0: PyTorch sees no GPU here, planning on the CPU; 'planloop"
                + " doctor' says why");
    assertThat(DeviceWarnings.of(both, () -> 1))
        .containsExactly(
            "trainer.device = gpu:1: PyTorch sees only gpu:0 here, fitting on the CPU; 'planloop"
                + " doctor' says why");
    assertThat(DeviceWarnings.of(both, () -> 2)).isEmpty();
  }

  @Test
  void whoAsksForNoCertainGpuHearsNothingAndLoadsNothing() {
    assertThat(DeviceWarnings.of(experiment("cartpole-swingup"), DeviceWarningsTest::unasked))
        .isEmpty();
    assertThat(
            DeviceWarnings.of(
                experiment("cartpole-swingup", "trainer.device=cpu"), DeviceWarningsTest::unasked))
        .isEmpty();
    assertThat(
            DeviceWarnings.of(
                experiment("counterexample", "trainer.device=gpu"), DeviceWarningsTest::unasked))
        .isEmpty();
  }

  @Test
  void aPolicyThatPlansInNoEnsembleNeedsNoGpu() {
    PolicyDefinition truth =
        new PolicyDefinition.Planned(
            new ModelParameters.Truth(),
            experiment("cartpole-swingup", "planner.device=gpu:3").planner(),
            1);

    assertThat(DeviceWarnings.of(truth, DeviceWarningsTest::unasked)).isEmpty();
    assertThat(DeviceWarnings.of(new PolicyDefinition.RandomActions(), DeviceWarningsTest::unasked))
        .isEmpty();
  }
}
