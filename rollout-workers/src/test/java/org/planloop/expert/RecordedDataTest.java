package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;

class RecordedDataTest {
  @TempDir Path folder;

  private static final Environment PENDULUM = Environments.bundled().create("pendulum", Map.of());

  /** Two episodes of three and two rows; the first is terminated, the second truncated. */
  private static TransitionBatch batch() {
    TransitionBatch batch = TransitionBatch.allocate(5, 2, 1);
    for (int row = 0; row < 5; row++) {
      batch.states()[2 * row] = row + 0.1f;
      batch.states()[2 * row + 1] = -row;
      batch.nextStates()[2 * row] = row + 1.1f;
      batch.nextStates()[2 * row + 1] = -row - 1;
      batch.actions()[row] = row * 0.5f - 1;
      batch.rewards()[row] = -0.25f * row;
      batch.episodes()[row] = row < 3 ? 0 : 1;
      batch.steps()[row] = row < 3 ? row : row - 3;
    }
    batch.flags()[2] = TransitionBatch.TERMINATED;
    batch.flags()[4] = TransitionBatch.TRUNCATED;
    return batch;
  }

  /** The datasets of {@link #batch}, to be spoilt one by one. */
  private static Map<String, Object> datasets() {
    Map<String, Object> datasets = new LinkedHashMap<>();
    datasets.put("state", new double[][] {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}});
    datasets.put("action", new float[][] {{-1}, {-0.5f}, {0}, {0.5f}, {1}});
    datasets.put("next_state", new double[][] {{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}});
    datasets.put("reward", new double[] {1, 2, 3, 4, 5});
    datasets.put("terminated", new byte[] {0, 0, 1, 0, 0});
    datasets.put("truncated", new byte[] {0, 0, 0, 0, 1});
    datasets.put("episode", new long[] {7, 7, 7, 3, 3});
    return datasets;
  }

  private Path write(Map<String, Object> datasets, Map<String, Object> attributes) {
    Path file = folder.resolve("data.h5");
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      attributes.forEach(hdf::putAttribute);
      datasets.forEach(hdf::putDataset);
    }
    return file;
  }

  private void assertRefused(String name, Object data, String... parts) {
    Map<String, Object> datasets = datasets();
    datasets.put(name, data);
    assertRefused(write(datasets, Map.of()), parts);
  }

  private static void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> RecordedData.read(file, PENDULUM))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(file.getFileName().toString())
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll(parts);
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    Path file = folder.resolve("expert.h5");
    RecordedData.write(file, batch(), "pendulum", Provenance.EXPERT);
    assertThat(RecordedData.read(file, PENDULUM)).isEqualTo(batch());
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void otherNumericTypesAreReadAndEpisodesNumberedFromZero() {
    TransitionBatch batch = RecordedData.read(write(datasets(), Map.of()), PENDULUM);
    assertThat(batch.episodes()).containsExactly(0, 0, 0, 1, 1);
    assertThat(batch.steps()).containsExactly(0, 1, 2, 0, 1);
    assertThat(batch.states()).containsExactly(0, 0, 1, 0, 2, 0, 3, 0, 4, 0);
    assertThat(batch.terminated(2)).isTrue();
    assertThat(batch.truncated(4)).isTrue();
  }

  @Test
  void anEpisodeThatEndsWithoutAFlagWasCut() {
    Map<String, Object> datasets = datasets();
    datasets.put("terminated", new byte[5]);
    TransitionBatch batch = RecordedData.read(write(datasets, Map.of()), PENDULUM);
    assertThat(batch.truncated(2)).isTrue();
    assertThat(batch.terminated(2)).isFalse();
  }

  @Test
  void numbersThatAreNotFiniteAreNamedByDatasetAndRow() {
    assertRefused(
        "next_state",
        new double[][] {{1, 0}, {2, 0}, {3, Double.NaN}, {4, 0}, {5, 0}},
        "next_state, row 2 (from 0) = NaN",
        "dimension 1");
    assertRefused("reward", new double[] {1, 2, 3, 4, 1e300}, "reward, row 4 (from 0) = Infinity");
  }

  @Test
  void aWrongWidthOrLengthNamesWhatIsExpected() {
    assertRefused(
        "state", new double[][] {{0}, {1}, {2}, {3}, {4}}, "state has the shape [5, 1]", "[5, 2]");
    assertRefused("episode", new int[] {1, 1}, "episode has the shape [2]", "[5]");
  }

  @Test
  void aWrongTypeIsNamed() {
    assertRefused("reward", new String[] {"a", "b", "c", "d", "e"}, "reward holds String");
    assertRefused("episode", new double[] {1, 1, 1, 2, 2}, "episode holds double");
    assertRefused("terminated", new int[] {0, 0, 2, 0, 0}, "terminated, row 2 (from 0) = 2");
  }

  @Test
  void aMissingDatasetNamesWhatIsThere() {
    Map<String, Object> datasets = datasets();
    datasets.remove("next_state");
    assertRefused(
        write(datasets, Map.of()),
        "has no dataset next_state; there is action, episode, reward, state, terminated, truncated");
  }

  @Test
  void actionsOutsideTheSpaceAreNamed() {
    assertRefused(
        "action",
        new double[][] {{0}, {2.1}, {0}, {0}, {0}},
        "action, row 1 (from 0) = 2.0999",
        "from -2.0 to 2.0");
  }

  @Test
  void roundingAtTheBoundIsForgiven() {
    Map<String, Object> datasets = datasets();
    datasets.put("action", new double[][] {{2.0000001}, {0}, {0}, {0}, {0}});
    assertThat(RecordedData.read(write(datasets, Map.of()), PENDULUM).actions()[0]).isEqualTo(2);
  }

  @Test
  void discreteActionsAndStatesMustBeIndices() {
    Environment finite = Environments.bundled().create("counterexample", Map.of());
    Map<String, Object> datasets = datasets();
    datasets.put("state", new int[] {0, 1, 2, 0, 1});
    datasets.put("next_state", new int[] {1, 2, 3, 1, 2});
    datasets.put("action", new int[] {0, 0, 0, 0, 2});
    Path file = write(datasets, Map.of());
    assertThat(RecordedData.read(file, finite).actions()).containsExactly(0, 0, 0, 0, 2);
    datasets.put("action", new int[] {0, 0, 0, 0, 3});
    assertThatThrownBy(() -> RecordedData.read(write(datasets, Map.of()), finite))
        .hasMessageContaining("action, row 4 (from 0) = 3.0: must lie in the action space")
        .hasMessageContaining("from 0 to 2");
    datasets.put("action", new int[5]);
    datasets.put("state", new double[] {0, 1, 2.5, 0, 1});
    assertThatThrownBy(() -> RecordedData.read(write(datasets, Map.of()), finite))
        .hasMessageContaining("state, row 2 (from 0) = 2.5: must be the index of a state");
  }

  @Test
  void episodesMustStandTogetherAndEndOnce() {
    assertRefused("episode", new int[] {1, 1, 1, 2, 1}, "episode, row 4 (from 0) = 1", "earlier");
    assertRefused("terminated", new byte[] {0, 1, 0, 0, 0}, "terminated, row 1", "next row");
  }

  @Test
  void rowsOfALearnerAreNoExpertData() {
    assertRefused("provenance", new byte[] {0, 0, 0, 0, 1}, "provenance, row 4 (from 0) = 1");
  }

  @Test
  void attributesThatSaySomethingElseAreRefused() {
    assertRefused(write(datasets(), Map.of("environment", "acrobot")), "acrobot", "pendulum");
    assertRefused(write(datasets(), Map.of("format", "d4rl")), "d4rl");
    assertRefused(write(datasets(), Map.of("format_version", 2)), "format_version = 2");
  }

  @Test
  void whatIsNoHdf5FileIsNamed() throws IOException {
    Path text = folder.resolve("notes.h5");
    Files.write(text, List.of("state,action"), StandardCharsets.UTF_8);
    assertRefused(text, "no HDF5 file");
    assertRefused(Files.createFile(folder.resolve("empty.h5")), "no HDF5 file");
    assertRefused(folder.resolve("missing.h5"), "no such file");
  }

  @Test
  void aFileCutAnywhereIsRefused() throws IOException {
    Path whole = folder.resolve("whole.h5");
    RecordedData.write(whole, batch(), "pendulum", Provenance.EXPERT);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.h5");
    for (int length = 0; length < bytes.length; length += 97) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertRefused(cut, "cut.h5");
    }
  }

  @Test
  void aFolderThatIsNotThereLeavesNothingBehind() {
    Path file = folder.resolve("nowhere").resolve("data.h5");
    assertThatThrownBy(() -> RecordedData.write(file, batch(), "pendulum", Provenance.EXPERT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nowhere");
    assertThat(folder).isEmptyDirectory();
  }
}
