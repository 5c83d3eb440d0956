package org.planloop.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTest {
  private static boolean multiplies(String line) {
    return Processor.of(List.of(line)).multipliesBfloat16();
  }

  @Test
  void whoMultipliesSixteenBitsSaysSo() {
    assertThat(multiplies("flags\t\t: fpu avx512f avx512_bf16 sse2")).isTrue();
    assertThat(multiplies("flags\t\t: fpu amx_bf16 sse2")).isTrue();
    assertThat(multiplies("Features\t: fp asimd bf16 i8mm")).isTrue();
  }

  @Test
  void whoSaysNothingIsNotTrustedWithThem() {
    assertThat(multiplies("flags\t\t: fpu avx2 avx512f sse2")).isFalse();
    assertThat(multiplies("Features\t: fp asimd ebf16x")).isFalse();
    assertThat(Processor.of(List.of()).multipliesBfloat16()).isFalse();
  }

  @Test
  void productsAreOfThirtyTwoBitsWhereSixteenWouldBeSlower() {
    assertThat(Precision.FP32.on(Device.CPU)).isEqualTo(Precision.FP32);
    assertThat(Precision.BF16.on(Device.CPU))
        .isEqualTo(Precision.processorMultipliesBfloat16() ? Precision.BF16 : Precision.FP32);
  }
}
