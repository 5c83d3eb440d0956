package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;

/** Both directions between Java and Python's h5py. */
class RecordedDataPythonTest {
  private static final Environment PENDULUM = Environments.bundled().create("pendulum", Map.of());

  @TempDir Path folder;

  @Test
  void thePythonOfTheDocumentationWritesWhatWeRead() throws Exception {
    Python python = Python.with("h5py", "numpy");
    String page = Files.readString(Path.of("..", "docs", "recorded-data.md"));
    int start = page.indexOf("```python\n") + 10;
    String program = page.substring(start, page.indexOf("```", start));
    Path file = folder.resolve("pendulum.h5");
    python.run("-c", program.replace("pendulum.h5", file.toString()));

    TransitionBatch batch = RecordedData.read(file, PENDULUM);
    assertThat(batch.size()).isEqualTo(400);
    assertThat(batch.episodes()[399]).isEqualTo(1);
    assertThat(batch.truncated(199)).isTrue();
    for (int row = 0; row < 199; row++) {
      assertThat(batch.nextStates()[2 * row]).isEqualTo(batch.states()[2 * row + 2]);
    }
  }

  @Test
  void compressedSmallAndBooleanTypesAreRead() throws Exception {
    Python python = Python.with("h5py", "numpy");
    Path file = folder.resolve("types.h5");
    python.run(
        "-c",
        """
            import sys, h5py, numpy as np
            with h5py.File(sys.argv[1], 'w') as f:
              z = dict(compression='gzip', chunks=True)
              f.create_dataset('state', data=np.arange(2000.).reshape(1000, 2), **z)
              f.create_dataset('next_state', data=np.ones((1000, 2), 'f4'), shuffle=True, **z)
              f.create_dataset('action', data=np.zeros(1000, 'f4'), chunks=(100,))
              f['reward'] = np.arange(1000)
              f['terminated'] = np.arange(1000) % 10 == 9
              f['truncated'] = np.zeros(1000, 'u1')
              f['episode'] = np.arange(1000, dtype='u2') // 10
              f.attrs['environment'] = 'pendulum'
            """,
        file.toString());
    TransitionBatch batch = RecordedData.read(file, PENDULUM);
    assertThat(batch.states()[1999]).isEqualTo(1999);
    assertThat(batch.rewards()[999]).isEqualTo(999);
    assertThat(batch.terminated(9)).isTrue();
    assertThat(batch.terminated(10)).isFalse();
    assertThat(batch.episodes()[999]).isEqualTo(99);
  }

  @Test
  void emptyAndForeignFilesOfPythonAreRefused() throws Exception {
    Python python = Python.with("h5py", "numpy");
    Path empty = folder.resolve("empty.h5");
    python.run(
        "-c",
        "import sys, h5py; h5py.File(sys.argv[1], 'w')['reward'] = [0.0][:0]",
        empty.toString());
    assertThatThrownBy(() -> RecordedData.read(empty, PENDULUM))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("reward has no rows");
  }

  @Test
  void pythonReadsWhatWeWrite() throws Exception {
    Python python = Python.with("h5py", "numpy");
    TransitionBatch batch = TransitionBatch.allocate(3, 2, 1);
    batch.states()[3] = 0.5f;
    batch.rewards()[2] = -4;
    batch.flags()[2] = TransitionBatch.TERMINATED;
    Path file = folder.resolve("out.h5");
    RecordedData.write(file, batch, "pendulum", Provenance.LEARNER);
    String printed =
        python.run(
            "-c",
            """
            import sys, h5py
            with h5py.File(sys.argv[1]) as f:
              print(f.attrs['format'].decode(), f.attrs['format_version'], f.attrs['environment'].decode())
              print({k: f[k][()].tolist() for k in sorted(f)})
            """,
            file.toString());
    assertThat(printed.strip())
        .isEqualTo(
            "planloop-transitions 1 pendulum\n"
                + "{'action': [[0.0], [0.0], [0.0]], 'episode': [0, 0, 0],"
                + " 'next_state': [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], 'provenance': [1, 1, 1],"
                + " 'reward': [0.0, 0.0, -4.0], 'state': [[0.0, 0.0], [0.0, 0.5], [0.0, 0.0]],"
                + " 'terminated': [0, 0, 1], 'truncated': [0, 0, 0]}");
  }
}
