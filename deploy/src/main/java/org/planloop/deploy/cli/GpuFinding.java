package org.planloop.deploy.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.planloop.torch.Torch;
import org.planloop.torch.TorchException;

/** What {@code doctor} finds out about GPUs: those of the driver, and those that PyTorch sees. */
final class GpuFinding {
  private static final String PAGE = "docs/gpu.md says how";

  private GpuFinding() {}

  /**
   * Looks for GPUs. PyTorch is loaded only where it was given other libraries than its own, which
   * are for the CPU.
   *
   * @param driver what the driver lists, one GPU a line; empty without a driver
   * @param environment variables of the process
   * @param torch loads PyTorch
   */
  static DoctorCommand.Finding of(
      List<String> driver, Map<String, String> environment, Supplier<Torch.Info> torch) {
    String cards = String.join("; ", driver);
    if (!environment.containsKey("PYTORCH_LIBRARY_PATH")) {
      return driver.isEmpty()
          ? note("none with an NVIDIA driver", "models are fitted and evaluated on the CPU")
          : note(
              cards,
              "not used: PyTorch's own library here is for the CPU; give it CUDA's, " + PAGE);
    }
    Torch.Info info;
    try {
      info = torch.get();
    } catch (TorchException e) {
      return new DoctorCommand.Finding(
          "lacks", "gpu", "PYTORCH_LIBRARY_PATH does not load: " + e.getMessage(), PAGE);
    }
    String libraries = "PyTorch " + info.version() + " of " + info.libraries();
    if (info.gpus() > 0) {
      return new DoctorCommand.Finding(
          "ok",
          "gpu",
          libraries
              + " sees gpu:0"
              + (info.gpus() > 1 ? " to gpu:" + (info.gpus() - 1) : "")
              + (cards.isEmpty() ? "" : " (" + cards + ")"),
          "");
    }
    return driver.isEmpty()
        ? note(libraries + " sees no GPU", "there is no NVIDIA driver; the CPU is used")
        : note(
            libraries + " sees none of " + cards,
            "the CPU is used; is CUDA's runtime given with -Djna.library.path? " + PAGE);
  }

  private static DoctorCommand.Finding note(String found, String remedy) {
    return new DoctorCommand.Finding("note", "gpu", found, remedy);
  }
}
