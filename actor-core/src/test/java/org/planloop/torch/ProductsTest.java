package org.planloop.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProductsTest {
  private static Products on(String vendor, int family, String flags) {
    return Products.fastest(
        Processor.of(
            List.of(
                "processor\t: 0",
                "vendor_id\t: " + vendor,
                "cpu family\t: " + family,
                "flags\t\t: fpu " + flags + " sse2",
                "processor\t: 1",
                "vendor_id\t: other")));
  }

  @Test
  void oneDnnWhereVectorsAreWideAndWhole() {
    assertThat(on("GenuineIntel", 6, "avx2 avx512f")).isEqualTo(Products.ONEDNN);
    assertThat(on("AuthenticAMD", 26, "avx2 avx512f")).isEqualTo(Products.ONEDNN);
  }

  @Test
  void blasWhereTheyAreSplitOrMissing() {
    assertThat(on("AuthenticAMD", 25, "avx2 avx512f")).isEqualTo(Products.BLAS);
    assertThat(on("GenuineIntel", 6, "avx2")).isEqualTo(Products.BLAS);
    assertThat(on("GenuineIntel", 6, "avx512fp16")).isEqualTo(Products.BLAS);
    assertThat(on("Unknown", 30, "avx512f")).isEqualTo(Products.BLAS);
    assertThat(Products.fastest(Processor.of(List.of()))).isEqualTo(Products.BLAS);
  }
}
