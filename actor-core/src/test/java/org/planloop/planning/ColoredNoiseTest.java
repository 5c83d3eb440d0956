package org.planloop.planning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.planloop.data.RandomStream;

class ColoredNoiseTest {
  private static final int SAMPLES = 4000;

  @ParameterizedTest
  @CsvSource({"0, 64", "1, 64", "2, 64", "2, 25", "2, 20", "0.5, 1"})
  void everyStepIsStandardNormal(double exponent, int horizon) {
    ColoredNoise noise = new ColoredNoise(horizon, exponent);
    RandomStream random = new RandomStream(1);
    double[] sequence = new double[horizon];
    double[] squares = new double[horizon];
    double[] sums = new double[horizon];
    for (int n = 0; n < SAMPLES; n++) {
      noise.sample(random, sequence);
      for (int t = 0; t < horizon; t++) {
        sums[t] += sequence[t];
        squares[t] += sequence[t] * sequence[t];
      }
    }
    for (int t = 0; t < horizon; t++) {
      assertThat(sums[t] / SAMPLES).isCloseTo(0, within(0.08));
      assertThat(squares[t] / SAMPLES).isCloseTo(1, within(0.12));
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 64", "1, 64", "2, 64", "2, 25", "3, 50"})
  void powerFallsWithFrequencyAsTheExponentSays(double exponent, int horizon) {
    ColoredNoise noise = new ColoredNoise(horizon, exponent);
    RandomStream random = new RandomStream(2);
    double[] sequence = new double[horizon];
    int frequencies = (horizon - 1) / 2;
    double[] power = new double[frequencies + 1];
    for (int n = 0; n < SAMPLES; n++) {
      noise.sample(random, sequence);
      for (int k = 1; k <= frequencies; k++) {
        power[k] += periodogram(sequence, k);
      }
    }
    assertThat(slope(power)).isCloseTo(-exponent, within(0.03));
  }

  private static double periodogram(double[] sequence, int k) {
    double real = 0;
    double imaginary = 0;
    for (int t = 0; t < sequence.length; t++) {
      real += sequence[t] * Math.cos(2 * Math.PI * k * t / sequence.length);
      imaginary += sequence[t] * Math.sin(2 * Math.PI * k * t / sequence.length);
    }
    return real * real + imaginary * imaginary;
  }

  /** Of log power over log frequency, by least squares. */
  private static double slope(double[] power) {
    double x = 0;
    double y = 0;
    double xx = 0;
    double xy = 0;
    int n = power.length - 1;
    for (int k = 1; k <= n; k++) {
      x += Math.log(k);
      y += Math.log(power[k]);
      xx += Math.log(k) * Math.log(k);
      xy += Math.log(k) * Math.log(power[k]);
    }
    return (n * xy - x * y) / (n * xx - x * x);
  }

  @Test
  void whiteNoiseTakesTheStreamsNumbersAsTheyCome() {
    double[] sequence = new double[5];
    new ColoredNoise(5, 0).sample(new RandomStream(7), sequence);
    RandomStream random = new RandomStream(7);
    for (double value : sequence) {
      assertThat(value).isEqualTo(random.nextGaussian());
    }
  }
}
