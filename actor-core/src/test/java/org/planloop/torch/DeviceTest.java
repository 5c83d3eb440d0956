package org.planloop.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({
    "auto, auto",
    "AUTO, auto",
    "Cpu, cpu",
    "gpu, gpu:0",
    "GPU, gpu:0",
    "gpu:0, gpu:0",
    "Gpu:12, gpu:12",
    "' gpu:127 ', gpu:127"
  })
  void everyWayToWriteItReadsBackEqual(String given, String text) {
    Device device = Device.parse(given);

    assertThat(device).hasToString(text).isEqualTo(Device.parse(text));
    assertThat(device.hashCode()).isEqualTo(Device.parse(text).hashCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cuda", "gpu:", "gpu:-1", "gpu:128", "gpu:1x", "gpu 1", "gpu:0001"})
  void anythingElseIsRefusedWithTheRule(String given) {
    assertThatThrownBy(() -> Device.parse(given))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(given)
        .hasMessageContaining("must be auto, cpu, gpu or gpu:N with N from 0 to 127");
  }

  @Test
  void aGpuIsTheCpuWhereThereIsNoSuch() {
    assertThat(Device.AUTO.index(0)).isEqualTo(-1);
    assertThat(Device.AUTO.index(2)).isZero();
    assertThat(Device.CPU.index(2)).isEqualTo(-1);
    assertThat(Device.gpu(1).index(2)).isEqualTo(1);
    assertThat(Device.gpu(1).index(1)).isEqualTo(-1);
    assertThat(Device.gpu(0).index(0)).isEqualTo(-1);
  }

  @Test
  void onlyACertainGpuIsAskedFor() {
    assertThat(Device.gpu(0).isGpu()).isTrue();
    assertThat(Device.AUTO.isGpu()).isFalse();
    assertThat(Device.CPU.isGpu()).isFalse();
  }
}
