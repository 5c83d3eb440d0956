package org.planloop.deploy.bench.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ResidentMemoryTest {
  @Test
  void theResidentSetIsRead() {
    assertThat(ResidentMemory.read(List.of("VmPeak:\t 2048 kB", "VmRSS:\t  1000 kB")))
        .hasValue(1_024_000);
    assertThat(ResidentMemory.read(List.of("Name:\tkthreadd"))).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void thisProcessTakesMoreThanAMegabyte() throws IOException {
    assertThat(ResidentMemory.of(ProcessHandle.current().pid()).orElseThrow())
        .isGreaterThan(1_000_000);
  }
}
