package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.ModelParameters;
import org.planloop.planning.PlannerSettings;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;
import org.planloop.torch.Precision;
import org.planloop.torch.Torch;
import org.planloop.torch.TorchException;

/**
 * What a process says once about what was asked of this machine and is not there, before it goes on
 * without: a GPU, or instructions for bf16. A line for each key.
 */
public final class HardwareWarnings {
  /**
   * What there is.
   *
   * @param gpus how many PyTorch sees; asked only where it matters, because PyTorch is loaded for
   *     it
   * @param bfloat16 whether the processor multiplies it
   */
  record Hardware(IntSupplier gpus, boolean bfloat16) {
    static Hardware here() {
      return new Hardware(HardwareWarnings::gpusSeen, Precision.processorMultipliesBfloat16());
    }
  }

  private HardwareWarnings() {}

  /**
   * About a campaign all of which this machine does.
   *
   * @throws CampaignFailedException if a GPU is asked for and PyTorch cannot be loaded
   */
  public static List<String> of(Experiment experiment) {
    return of(experiment, Hardware.here());
  }

  /** About a campaign whose models this machine fits, likewise. */
  public static List<String> ofTrainer(Experiment experiment) {
    return ofTrainer(experiment, Hardware.here());
  }

  /** About a campaign whose episodes this machine flies, likewise. */
  public static List<String> ofWorker(Experiment experiment) {
    return ofWorker(experiment, Hardware.here());
  }

  /** About a policy that is flown outside of a campaign, likewise. */
  public static List<String> of(PolicyDefinition policy) {
    return of(policy, Hardware.here());
  }

  /**
   * How many GPUs PyTorch sees.
   *
   * @throws CampaignFailedException if it cannot be loaded
   */
  public static int gpusSeen() {
    try {
      return Torch.info().gpus();
    } catch (TorchException e) {
      throw new CampaignFailedException(String.valueOf(e.getMessage()), e);
    }
  }

  static List<String> of(Experiment experiment, Hardware hardware) {
    List<String> warnings = new ArrayList<>(ofTrainer(experiment, hardware));
    warnings.addAll(ofWorker(experiment, hardware));
    return warnings;
  }

  private static List<String> ofTrainer(Experiment experiment, Hardware hardware) {
    return experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE
        ? lines(
            "trainer",
            experiment.trainer().device(),
            experiment.trainer().precision(),
            "fitting",
            hardware)
        : List.of();
  }

  private static List<String> ofWorker(Experiment experiment, Hardware hardware) {
    return experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE
        ? ofPlanner(experiment.planner(), hardware)
        : List.of();
  }

  static List<String> of(PolicyDefinition policy, Hardware hardware) {
    return policy instanceof PolicyDefinition.Planned planned
            && planned.model() instanceof ModelParameters.Ensemble
        ? ofPlanner(planned.planner(), hardware)
        : List.of();
  }

  private static List<String> ofPlanner(PlannerSettings planner, Hardware hardware) {
    return lines("planner", planner.device(), planner.precision(), "planning", hardware);
  }

  private static List<String> lines(
      String section, Device device, Precision precision, String doing, Hardware hardware) {
    List<String> warnings = new ArrayList<>();
    if (device.isGpu() && !isGpu(device, hardware)) {
      warnings.add(
          section
              + ".device = "
              + device
              + ": PyTorch sees "
              + named(hardware.gpus().getAsInt())
              + " here, "
              + doing
              + " on the CPU; 'planloop doctor' says why");
    }
    if (precision == Precision.BF16 && !hardware.bfloat16() && !isGpu(device, hardware)) {
      warnings.add(
          section
              + ".precision = bf16: this processor has no instructions for it (avx512_bf16,"
              + " amx_bf16), "
              + doing
              + " in fp32, which is faster here");
    }
    return warnings;
  }

  private static boolean isGpu(Device device, Hardware hardware) {
    return !device.equals(Device.CPU) && device.index(hardware.gpus().getAsInt()) >= 0;
  }

  private static String named(int gpus) {
    return gpus == 0
        ? "no GPU"
        : "only "
            + IntStream.range(0, gpus)
                .mapToObj(gpu -> Device.gpu(gpu).toString())
                .collect(Collectors.joining(", "));
  }
}
