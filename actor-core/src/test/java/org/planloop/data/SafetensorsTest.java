package org.planloop.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
  private static final double ODD_NAN = Double.longBitsToDouble(0x7ff8000000000123L);

  private static Safetensors sample() {
    return new Safetensors(
        Map.of("b", "zwei \"ü\"", "a", "1"),
        List.of(
            StoredTensor.of(
                new NamedTensor("w0", new long[] {2, 3}, new float[] {1, -0f, 3, 4, 5, 6})),
            StoredTensor.of(new NamedTensor("scalar", new long[0], new float[] {Float.MIN_VALUE})),
            StoredTensor.of("gain", new double[] {0.1, -0.0, ODD_NAN, Double.MIN_VALUE}, 2, 2),
            StoredTensor.of("index", new int[] {Integer.MIN_VALUE, 7}),
            StoredTensor.of("long", new long[] {Long.MAX_VALUE}),
            StoredTensor.of("none", new double[0], 0, 5)));
  }

  @Test
  void everyTypeComesBackToTheBit() {
    byte[] bytes = sample().toBytes();
    Safetensors back = Safetensors.parse("file", bytes.clone());
    assertThat(back).isEqualTo(sample());
    assertThat(Double.doubleToRawLongBits(back.tensor("gain").doubles()[2]))
        .isEqualTo(Double.doubleToRawLongBits(ODD_NAN));
    assertThat(back.tensor("gain").shape()).containsExactly(2, 2);
    assertThat(back.tensor("w0").floats().values()).containsExactly(1, -0f, 3, 4, 5, 6);
    assertThat(back.tensor("index").ints()).containsExactly(Integer.MIN_VALUE, 7);
    assertThat(back.tensor("long").longs()).containsExactly(Long.MAX_VALUE);
    assertThat(back.tensor("scalar").shape()).isEmpty();
    assertThat(back.tensor("none").size()).isZero();
    assertThat(back.metadata()).containsEntry("b", "zwei \"ü\"");
    assertThat(back.toBytes()).isEqualTo(bytes);
  }

  @Test
  void layoutIsTheFormats() {
    Safetensors file =
        new Safetensors(
            Map.of(),
            List.of(StoredTensor.of(new NamedTensor("x", new long[] {2}, new float[] {1, 2}))));
    ByteBuffer bytes = ByteBuffer.wrap(file.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    byte[] header = new byte[length];
    bytes.get(header);
    assertThat(new String(header, StandardCharsets.UTF_8))
        .startsWith("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}");
    assertThat((8 + length) % 8).isZero();
    assertThat(bytes.getFloat()).isEqualTo(1);
    assertThat(bytes.getFloat()).isEqualTo(2);
    assertThat(bytes.hasRemaining()).isFalse();
  }

  @Test
  void orderOfTensorsDoesNotShow() {
    StoredTensor a = StoredTensor.of("a", new double[] {1});
    StoredTensor b = StoredTensor.of("b", new int[] {2});
    assertThat(new Safetensors(Map.of(), List.of(a, b)).toBytes())
        .isEqualTo(new Safetensors(Map.of(), List.of(b, a)).toBytes());
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] bytes = sample().toBytes();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Safetensors.parse("w.safetensors", cut))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageStartingWith("w.safetensors: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{",
        "{\"x\":3}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        "{\"x\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,99999999999]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[0.5],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[4,4]}}",
        "{\"__metadata__\":{\"a\":1}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
      })
  void hostileHeadersAreRefused(String header) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    byte[] bytes =
        ByteBuffer.allocate(8 + json.length + 4)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json)
            .array();
    assertThatThrownBy(() -> Safetensors.parse("w.safetensors", bytes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("w.safetensors: ");
  }

  @Test
  void aWrongTypeNamesTheTensor() {
    Safetensors file = new Safetensors(Map.of(), List.of(StoredTensor.of("k", new int[1])));
    assertThatThrownBy(() -> file.tensor("k").doubles())
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tensor k is of type I32");
    assertThatThrownBy(() -> file.tensor("q"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tensor q is missing");
  }

  @Test
  void pythonReadsAndWritesTheSame(@TempDir Path folder) throws Exception {
    Optional<String> python =
        candidates()
            .filter(command -> runs(command, "import numpy, safetensors.numpy"))
            .findFirst();
    assumeTrue(
        python.isPresent(),
        "no Python with numpy, safetensors: ./verify --install makes one in .venv, or set"
            + " PLANLOOP_PYTHON");
    Path ours = folder.resolve("ours.safetensors");
    Path theirs = folder.resolve("theirs.safetensors");
    Files.write(ours, sample().toBytes());
    assertThat(
            runs(
                python.get(),
                "import safetensors.numpy as s; t = s.load_file('"
                    + ours
                    + "'); assert t['w0'].tolist() == [[1, -0.0, 3], [4, 5, 6]]; s.save_file(t, '"
                    + theirs
                    + "')"))
        .isTrue();
    assertThat(Safetensors.parse("theirs", Files.readAllBytes(theirs)).tensors())
        .isEqualTo(sample().tensors());
  }

  private static Stream<String> candidates() {
    String chosen = System.getenv("PLANLOOP_PYTHON");
    return chosen != null
        ? Stream.of(chosen)
        : Stream.of(Path.of("..", ".venv", "bin", "python3").toString(), "python3");
  }

  private static boolean runs(String python, String code) {
    try {
      Process process =
          new ProcessBuilder(python, "-c", code)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
