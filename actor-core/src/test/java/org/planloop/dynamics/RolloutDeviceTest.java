package org.planloop.dynamics;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.planloop.torch.Device;
import org.planloop.torch.Products;
import org.planloop.torch.SharedFloats;
import org.planloop.torch.Torch;
import org.planloop.torch.TorchException;
import org.planloop.torch.TorchScript;
import org.planloop.torch.TorchSession;

/** What the script does with the number of a GPU, as far as it shows on a machine without one. */
class RolloutDeviceTest {
  @Test
  void weightsGoToTheGpuThatIsNamed() {
    assumeTrue(Torch.info().gpus() == 0);
    TorchScript script =
        TorchScript.resource(EnsembleLane.class, "rollout.torchscript", Products.BLAS);
    try (TorchSession session = script.open(Device.gpu(2), 1)) {
      SharedFloats values = session.floats(6);
      int[] shapes = {1, 2, 3};
      session.free(session.create("load", values, shapes, new int[1], session.gpu()));

      assertThatThrownBy(() -> session.create("load", values, shapes, new int[1], 2))
          .isInstanceOf(TorchException.class)
          .hasMessageContaining("CUDA");
    }
  }
}
