package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ArrayLengthTest {
  @Test
  void productsThatFitAreThemselves() {
    assertThat(ArrayLength.of("rows", 3, 4, 5)).isEqualTo(60);
    assertThat(ArrayLength.of("rows")).isEqualTo(1);
    assertThat(ArrayLength.of("rows", 2147483639L)).isEqualTo(2147483639);
    assertThat(ArrayLength.of("rows", 1L << 62, 1L << 62, 0)).isZero();
  }

  @Test
  void longerOnesAreRefusedWithTheArithmetic() {
    assertThatThrownBy(() -> ArrayLength.of("candidates of a round", 65536, 65536))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(
            "candidates of a round: 65536 x 65536 numbers do not fit into an array, which holds at"
                + " most 2147483639; lower one of them");
    assertThatThrownBy(() -> ArrayLength.of("rows", 2147483640L))
        .isInstanceOf(InvalidInputException.class);
  }

  /** Against exact arithmetic, about the limit and far beyond 2^64. */
  @Test
  void noProductWrapsAround() {
    RandomStream random = new RandomStream(5);
    int fitting = 0;
    for (int i = 0; i < 20_000; i++) {
      long[] factors = new long[1 + random.nextInt(5)];
      for (int k = 0; k < factors.length; k++) {
        factors[k] = 1 + (random.nextLong() >>> (33 + random.nextInt(31)));
      }
      BigInteger exact =
          Arrays.stream(factors)
              .mapToObj(BigInteger::valueOf)
              .reduce(BigInteger.ONE, BigInteger::multiply);
      if (exact.compareTo(BigInteger.valueOf(ArrayLength.LONGEST)) <= 0) {
        fitting++;
        assertThat(ArrayLength.of("rows", factors)).isEqualTo(exact.intValueExact());
      } else {
        assertThatThrownBy(() -> ArrayLength.of("rows", factors))
            .isInstanceOf(InvalidInputException.class);
      }
    }
    assertThat(fitting).isBetween(5_000, 19_000);
  }
}
