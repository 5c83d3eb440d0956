package org.planloop.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.planloop.data.InvalidInputException;
import org.planloop.data.RandomStream;
import org.planloop.dynamics.ModelParameters;
import org.planloop.planning.PlannerSettings;

class PolicyCodecTest {
  static Stream<PolicySnapshot> snapshots() {
    return PolicySamples.definitions().stream()
        .map(definition -> new PolicySnapshot(3, definition));
  }

  @Test
  void thereIsASampleOfEveryVariant() {
    assertThat(
            PolicySamples.definitions().stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(PolicyDefinition.class.getPermittedSubclasses());
    assertThat(PolicySamples.models().stream().map(Object::getClass).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(ModelParameters.class.getPermittedSubclasses());
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void filesComeBackToTheBit(PolicySnapshot snapshot) {
    PolicyCodec.Files files = PolicyCodec.toFiles(snapshot);
    PolicySnapshot back =
        PolicyCodec.fromFiles("best", new PolicyCodec.Files(files.json(), files.tensors().clone()));
    assertThat(back).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(snapshot);
    PolicyCodec.Files again = PolicyCodec.toFiles(back);
    assertThat(again.json()).isEqualTo(files.json());
    assertThat(again.tensors()).isEqualTo(files.tensors());
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void broadcastBytesComeBackToTheBit(PolicySnapshot snapshot) {
    byte[] bytes = PolicyCodec.toBytes(snapshot);
    PolicySnapshot back = PolicyCodec.fromBytes("broadcast", bytes.clone());
    assertThat(back).usingRecursiveComparison().withStrictTypeChecking().isEqualTo(snapshot);
    assertThat(PolicyCodec.toBytes(back)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void everyTruncationOfTheDescriptionIsRefused(PolicySnapshot snapshot) {
    PolicyCodec.Files files = PolicyCodec.toFiles(snapshot);
    // The last byte is a line feed.
    for (int length = 0; length < files.json().length - 1; length++) {
      byte[] cut = Arrays.copyOf(files.json(), length);
      assertThatThrownBy(
              () -> PolicyCodec.fromFiles("best", new PolicyCodec.Files(cut, files.tensors())))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("best/policy.json");
    }
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void flippedBitsOfTheTensorsAreNoticed(PolicySnapshot snapshot) {
    PolicyCodec.Files files = PolicyCodec.toFiles(snapshot);
    for (int i = 0; i < files.tensors().length; i++) {
      byte[] damaged = files.tensors().clone();
      damaged[i] ^= 4;
      assertThatThrownBy(
              () -> PolicyCodec.fromFiles("best", new PolicyCodec.Files(files.json(), damaged)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("best/model.safetensors");
    }
  }

  @ParameterizedTest
  @MethodSource("snapshots")
  void damagedBroadcastsAreReadOrRefusedAsBadInput(PolicySnapshot snapshot) {
    byte[] bytes = PolicyCodec.toBytes(snapshot);
    RandomStream random = new RandomStream(1);
    List<Throwable> others = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        PolicyCodec.fromBytes("broadcast", damaged);
      } catch (InvalidInputException expected) {
        assertThat(expected).hasMessageContaining("broadcast");
      } catch (RuntimeException e) {
        others.add(e);
      }
    }
    assertThat(others).isEmpty();
  }

  /** Each reading of a tensor copies it, so a name that stood there often would multiply it. */
  @Test
  void aTensorIsNamedOnce() {
    PolicyDefinition planned =
        PolicySamples.definitions().stream()
            .filter(
                d ->
                    d instanceof PolicyDefinition.Planned p
                        && p.model() instanceof ModelParameters.Ensemble)
            .findFirst()
            .orElseThrow();
    PolicyCodec.Files files = PolicyCodec.toFiles(new PolicySnapshot(1, planned));
    String json = new String(files.json(), StandardCharsets.UTF_8);
    byte[] twice = json.replace("\"b0\"", "\"w1\"").getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(
            () -> PolicyCodec.fromFiles("best", new PolicyCodec.Files(twice, files.tensors())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("tensor w1 is named twice");
  }

  @Test
  void unknownSchemasKindsAndFieldsAreNamed() {
    assertRefused("\"schema\" : 1", "\"schema\" : 2", "schema = 2");
    assertRefused("\"kind\" : \"planned\"", "\"kind\" : \"dreamt\"", "kind = dreamt");
    assertRefused("\"horizon\" : 12", "\"horison\" : 12", "horizon is missing");
    assertRefused("\"horizon\" : 12", "\"horizon\" : 0", "planner.horizon = 0");
    assertRefused("\"horizon\" : 12", "\"horizon\" : 1.5", "1.5");
    assertRefused("\"discount\" : 0.9", "\"discount\" : \"x\"", "discount");
    assertRefused(
        "\"device\" : \"AUTO\"",
        "\"device\" : \"gpu:x\"",
        "planner.device = gpu:x: must be auto, cpu, gpu or gpu:N");
    assertRefused("\"device\" : \"AUTO\"", "\"device\" : 1", "planner.device = 1: must be auto");
  }

  @ParameterizedTest
  @CsvSource({"AUTO, auto", "CPU, cpu", "GPU, gpu:0", "auto, auto", "gpu, gpu:0", "GPU:3, gpu:3"})
  void devicesAreReadAsTheyWereEverWritten(String written, String device) {
    PolicyCodec.Files files = PolicyCodec.toFiles(planned(PolicySamples.planner()));
    String json = new String(files.json(), StandardCharsets.UTF_8);
    byte[] other =
        json.replace("\"device\" : \"AUTO\"", "\"device\" : \"" + written + "\"")
            .getBytes(StandardCharsets.UTF_8);

    PolicySnapshot read =
        PolicyCodec.fromFiles("best", new PolicyCodec.Files(other, files.tensors()));

    assertThat(((PolicyDefinition.Planned) read.definition()).planner().device())
        .hasToString(device);
    String again = new String(PolicyCodec.toFiles(read).json(), StandardCharsets.UTF_8);
    assertThat(again).contains("\"device\" : \"" + device.toUpperCase(Locale.ROOT) + "\"");
  }

  private static PolicySnapshot planned(PlannerSettings planner) {
    return new PolicySnapshot(
        1, new PolicyDefinition.Planned(new ModelParameters.Truth(), planner, 0.9));
  }

  private static void assertRefused(String text, String replacement, String message) {
    PolicyDefinition planned =
        new PolicyDefinition.Planned(new ModelParameters.Truth(), PolicySamples.planner(), 0.9);
    PolicyCodec.Files files = PolicyCodec.toFiles(new PolicySnapshot(1, planned));
    String json = new String(files.json(), StandardCharsets.UTF_8);
    assertThat(json).contains(text);
    byte[] changed = json.replace(text, replacement).getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(
            () -> PolicyCodec.fromFiles("best", new PolicyCodec.Files(changed, files.tensors())))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("best/policy.json")
        .hasMessageContaining(message);
  }

  @Test
  void whatJsonCannotHoldIsRefusedWhenWritten() {
    assertThatThrownBy(
            () ->
                PolicyCodec.toFiles(
                    new PolicySnapshot(
                        0, new PolicyDefinition.Expert("lqr", Double.NaN, Map.of()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("control-noise");
  }
}
