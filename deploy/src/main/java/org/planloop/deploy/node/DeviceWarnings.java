package org.planloop.deploy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.planloop.deploy.config.Experiment;
import org.planloop.dynamics.DynamicsSettings;
import org.planloop.dynamics.ModelParameters;
import org.planloop.policy.PolicyDefinition;
import org.planloop.torch.Device;
import org.planloop.torch.Torch;
import org.planloop.torch.TorchException;

/**
 * What a process says once about a GPU that was asked for and is not there, before it goes on with
 * the CPU: a line for each key.
 */
public final class DeviceWarnings {
  private DeviceWarnings() {}

  /**
   * About a campaign, on this machine.
   *
   * @throws CampaignFailedException if a GPU is asked for and PyTorch cannot be loaded
   */
  public static List<String> of(Experiment experiment) {
    return of(experiment, DeviceWarnings::gpusSeen);
  }

  /** About a policy that is flown outside of a campaign, likewise. */
  public static List<String> of(PolicyDefinition policy) {
    return of(policy, DeviceWarnings::gpusSeen);
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

  /**
   * About a campaign.
   *
   * @param gpus how many PyTorch sees; asked only where a certain GPU is asked for, because PyTorch
   *     is loaded for it
   */
  static List<String> of(Experiment experiment, IntSupplier gpus) {
    List<String> warnings = new ArrayList<>();
    if (experiment.dynamics().kind() == DynamicsSettings.Kind.ENSEMBLE) {
      add(warnings, "trainer.device", experiment.trainer().device(), "fitting", gpus);
      add(warnings, "planner.device", experiment.planner().device(), "planning", gpus);
    }
    return warnings;
  }

  /** About a policy that is flown outside of a campaign. */
  static List<String> of(PolicyDefinition policy, IntSupplier gpus) {
    List<String> warnings = new ArrayList<>();
    if (policy instanceof PolicyDefinition.Planned planned
        && planned.model() instanceof ModelParameters.Ensemble) {
      add(warnings, "planner.device", planned.planner().device(), "planning", gpus);
    }
    return warnings;
  }

  private static void add(
      List<String> warnings, String key, Device device, String doing, IntSupplier gpus) {
    if (!device.isGpu()) {
      return;
    }
    int seen = gpus.getAsInt();
    if (device.index(seen) < 0) {
      warnings.add(
          key
              + " = "
              + device
              + ": PyTorch sees "
              + named(seen)
              + " here, "
              + doing
              + " on the CPU; 'planloop doctor' says why");
    }
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
