package org.planloop.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.planloop.torch.Torch;

class GpuFindingTest {
  private static final Map<String, String> CUDA = Map.of("PYTORCH_LIBRARY_PATH", "/cuda/lib");
  private static final List<String> CARDS = List.of("NVIDIA A, 24 GiB", "NVIDIA B, 80 GiB");

  private static Supplier<Torch.Info> seeing(int gpus) {
    return () -> new Torch.Info("2.7.1", "/cuda/lib", gpus);
  }

  private static Torch.Info unasked() {
    throw new AssertionError("PyTorch is loaded for nothing");
  }

  @Test
  void withoutDriverAndLibrariesTheCpuIsUsed() {
    DoctorCommand.Finding finding = GpuFinding.of(List.of(), Map.of(), GpuFindingTest::unasked);

    assertThat(finding.state()).isEqualTo("note");
    assertThat(finding.found()).isEqualTo("none with an NVIDIA driver");
    assertThat(finding.remedy()).contains("CPU");
  }

  @Test
  void cardsThatPytorchCannotUseYetComeWithTheWayOut() {
    DoctorCommand.Finding finding = GpuFinding.of(CARDS, Map.of(), GpuFindingTest::unasked);

    assertThat(finding.state()).isEqualTo("note");
    assertThat(finding.found()).contains("NVIDIA A, 24 GiB; NVIDIA B, 80 GiB");
    assertThat(finding.remedy()).contains("not used", "docs/gpu.md");
  }

  @Test
  void cardsThatPytorchSeesAreNumbered() {
    DoctorCommand.Finding finding = GpuFinding.of(CARDS, CUDA, seeing(2));

    assertThat(finding.state()).isEqualTo("ok");
    assertThat(finding.found()).contains("PyTorch 2.7.1 of /cuda/lib sees gpu:0 to gpu:1");
    assertThat(GpuFinding.of(CARDS, CUDA, seeing(1)).found()).contains("sees gpu:0 (NVIDIA A");
  }

  @Test
  void librariesThatSeeNothingComeWithTheReason() {
    assertThat(GpuFinding.of(List.of(), CUDA, seeing(0)).remedy()).contains("no NVIDIA driver");
    assertThat(GpuFinding.of(CARDS, CUDA, seeing(0)).remedy()).contains("-Djna.library.path");
  }
}
