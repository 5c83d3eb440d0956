package org.planloop.deploy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentReader;
import org.planloop.deploy.config.Parts;
import org.planloop.deploy.node.HardwareWarnings.Hardware;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;

class HardwareWarningsTest {
  private static final Hardware UNASKED =
      new Hardware(
          () -> {
            throw new AssertionError("PyTorch is loaded for nothing");
          },
          true);

  private static Hardware gpus(int count) {
    return new Hardware(() -> count, true);
  }

  private static Experiment experiment(String name, String... settings) {
    return new ExperimentReader(Parts.on(HardwareWarningsTest.class.getClassLoader()))
        .read(
            name,
            new ExperimentReader.Overrides(
                List.of(settings), OptionalLong.empty(), Optional.empty()));
  }

  @Test
  void aGpuThatIsNotThereIsSaidInOneLineAKey() {
    Experiment both =
        experiment("cartpole-swingup", "trainer.device=gpu:1", "planner.device = GPU");

    assertThat(HardwareWarnings.of(both, gpus(0)))
        .containsExactly(
            "trainer.device = gpu:1: PyTorch sees no GPU here, fitting on the CPU; 'planloop"
                + " doctor' says why",
            "planner.device = gpu:0: PyTorch sees no GPU here, planning on the CPU; 'planloop"
                + " doctor' says why");
    assertThat(HardwareWarnings.of(both, gpus(1)))
        .containsExactly(
            "trainer.device = gpu:1: PyTorch sees only gpu:0 here, fitting on the CPU; 'planloop"
                + " doctor' says why");
    assertThat(HardwareWarnings.of(both, gpus(2))).isEmpty();
  }

  @Test
  void whoAsksForNoCertainGpuHearsNothingAndLoadsNothing() {
    assertThat(HardwareWarnings.of(experiment("cartpole-swingup"), UNASKED)).isEmpty();
    assertThat(HardwareWarnings.of(experiment("cartpole-swingup", "trainer.device=cpu"), UNASKED))
        .isEmpty();
    assertThat(HardwareWarnings.of(experiment("counterexample", "trainer.device=gpu"), UNASKED))
        .isEmpty();
  }

  @Test
  void aPolicyThatPlansInNoEnsembleNeedsNoGpu() {
    PolicyDefinition truth =
        new PolicyDefinition.Planned(
            new ModelParameters.Truth(),
            experiment("cartpole-swingup", "planner.device=gpu:3").planner(),
            1);

    assertThat(HardwareWarnings.of(truth, UNASKED)).isEmpty();
    assertThat(HardwareWarnings.of(new PolicyDefinition.RandomActions(), UNASKED)).isEmpty();
  }

  @Test
  void instructionsThatAreNotThereAreSaidInOneLineAKey() {
    Experiment both =
        experiment("cartpole-swingup", "trainer.precision=bf16", "planner.precision=bf16");
    Hardware without = new Hardware(() -> 0, false);

    assertThat(HardwareWarnings.of(both, without))
        .containsExactly(
            "trainer.precision = bf16: this processor has no instructions for it (avx512_bf16,"
                + " amx_bf16), fitting in fp32, which is faster here",
            "planner.precision = bf16: this processor has no instructions for it (avx512_bf16,"
                + " amx_bf16), planning in fp32, which is faster here");
    assertThat(HardwareWarnings.of(both, UNASKED)).isEmpty();
    assertThat(HardwareWarnings.of(experiment("cartpole-swingup"), without)).isEmpty();
  }

  @Test
  void aGpuMultipliesSixteenBitsWhateverTheProcessor() {
    Hardware one = new Hardware(() -> 1, false);

    assertThat(HardwareWarnings.of(experiment("cartpole-swingup", "trainer.precision=bf16"), one))
        .isEmpty();
    assertThat(
            HardwareWarnings.of(
                experiment("cartpole-swingup", "trainer.precision=bf16", "trainer.device=cpu"),
                one))
        .hasSize(1);
  }
}
