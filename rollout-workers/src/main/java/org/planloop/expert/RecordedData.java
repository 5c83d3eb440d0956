package org.planloop.expert;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.planloop.data.InvalidInputException;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.environment.ActionSpace;
import org.planloop.environment.Environment;
import org.planloop.environment.StateSpace;

/**
 * Transitions in an HDF5 file, readable and writable from Python with h5py alone.
 *
 * <p>Datasets at the root, one row a transition: {@code state} [n, S], {@code action} [n, A],
 * {@code next_state} [n, S], {@code reward} [n], {@code terminated} [n], {@code truncated} [n],
 * {@code episode} [n], and optionally {@code provenance} [n] (0 expert, 1 learner). The rows of an
 * episode stand together, in the order of time. Root attributes: {@code format}, {@code
 * format_version}, {@code environment}; a file without them is taken at its datasets' word. See
 * docs/recorded-data.md.
 */
public final class RecordedData {
  /** The value of the attribute {@code format}. */
  public static final String FORMAT = "planloop-transitions";

  /** The newest {@code format_version} that is understood. */
  public static final int VERSION = 1;

  /** How far an action may pass a bound, as a share of the range: what rounding to float does. */
  private static final double ROUNDING = 1e-6;

  private RecordedData() {}

  /**
   * Reads expert data.
   *
   * <p>Episodes are numbered anew from 0. Where the last row of an episode is neither terminated
   * nor truncated, the recording was cut there, and the row is read as truncated.
   *
   * @throws InvalidInputException if the file is missing, damaged or not of this layout, or holds
   *     what cannot come from {@code environment}: naming file, dataset, row and rule
   */
  public static TransitionBatch read(Path file, Environment environment) {
    InvalidInputException.check(
        Files.isRegularFile(file) && Files.isReadable(file),
        "recorded data",
        file,
        "there is no such file, or it cannot be read; give the path of an HDF5 file");
    try (HdfFile hdf = new HdfFile(file)) {
      long whole = hdf.getHdfBackingStorage().getSuperblock().getEndOfFileAddress();
      if (hdf.size() < whole) {
        throw new InvalidInputException(
            file + ": is cut off at " + hdf.size() + " of " + whole + " bytes; copy it again");
      }
      return new Reader(new RecordedColumns(file, hdf), environment).read();
    } catch (InvalidInputException e) {
      throw e;
    } catch (RuntimeException e) {
      // jhdf has no one exception for a damaged file: underflows and bad indices come through too.
      throw new InvalidInputException(
          file
              + ": is no HDF5 file, or is cut off or damaged ("
              + e
              + "); write it again, see docs/recorded-data.md",
          e);
    }
  }

  /**
   * Writes transitions under a temporary name beside {@code file}, then renames.
   *
   * @param environment name of the environment that they come from
   * @throws IOException if the file cannot be written; nothing is left behind
   */
  public static void write(
      Path file, TransitionBatch batch, String environment, Provenance provenance)
      throws IOException {
    if (batch.size() == 0) {
      throw new IllegalArgumentException("no transitions to write to " + file);
    }
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new IOException(file + " names no file");
    }
    Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
    try {
      writeDatasets(temporary, batch, environment, provenance);
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (RuntimeException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void writeDatasets(
      Path file, TransitionBatch batch, String environment, Provenance provenance) {
    int n = batch.size();
    byte[] terminated = new byte[n];
    byte[] truncated = new byte[n];
    for (int row = 0; row < n; row++) {
      terminated[row] = (byte) (batch.terminated(row) ? 1 : 0);
      truncated[row] = (byte) (batch.truncated(row) ? 1 : 0);
    }
    byte[] provenances = new byte[n];
    Arrays.fill(provenances, (byte) (provenance == Provenance.EXPERT ? 0 : 1));
    try (WritableHdfFile hdf = HdfFile.write(file)) {
      hdf.putAttribute("format", FORMAT);
      hdf.putAttribute("format_version", VERSION);
      hdf.putAttribute("environment", environment);
      hdf.putDataset("state", rows(batch.states(), n, batch.stateSize()));
      hdf.putDataset("action", rows(batch.actions(), n, batch.actionSize()));
      hdf.putDataset("next_state", rows(batch.nextStates(), n, batch.stateSize()));
      hdf.putDataset("reward", batch.rewards());
      hdf.putDataset("terminated", terminated);
      hdf.putDataset("truncated", truncated);
      hdf.putDataset("episode", batch.episodes());
      hdf.putDataset("provenance", provenances);
    }
  }

  private static float[][] rows(float[] flat, int n, int width) {
    float[][] rows = new float[n][];
    for (int row = 0; row < n; row++) {
      rows[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
    }
    return rows;
  }

  /** Checks the columns against each other and the environment. */
  private static final class Reader {
    private final RecordedColumns columns;
    private final Environment environment;

    Reader(RecordedColumns columns, Environment environment) {
      this.columns = columns;
      this.environment = environment;
    }

    TransitionBatch read() {
      columns.checkAttributes(environment.name());
      int n = columns.rows("reward");
      int stateSize = environment.states().size();
      int actionSize = environment.actions().size();
      float[] states = columns.floats("state", n, stateSize);
      float[] actions = columns.floats("action", n, actionSize);
      float[] nextStates = columns.floats("next_state", n, stateSize);
      float[] rewards = columns.floats("reward", n, 1);
      boolean[] terminated = columns.flags("terminated", n);
      boolean[] truncated = columns.flags("truncated", n);
      long[] recorded = columns.integers("episode", n);
      checkProvenance(n);
      checkIndices("state", states, stateSize);
      checkIndices("next_state", nextStates, stateSize);
      checkActions(actions, actionSize);
      int[] episodes = new int[n];
      int[] steps = new int[n];
      byte[] flags = new byte[n];
      number(recorded, terminated, truncated, episodes, steps, flags);
      return new TransitionBatch(
          n, stateSize, actionSize, states, actions, nextStates, rewards, episodes, steps, flags);
    }

    private void checkProvenance(int n) {
      if (!columns.has("provenance")) {
        return;
      }
      long[] provenance = columns.integers("provenance", n);
      for (int row = 0; row < n; row++) {
        if (provenance[row] != 0) {
          throw columns.bad(
              "provenance",
              row,
              provenance[row],
              "expert data must be the expert's, 0; write those rows alone, or no provenance");
        }
      }
    }

    private void checkIndices(String name, float[] values, int width) {
      for (int i = 0; i < values.length; i++) {
        boolean index =
            environment.states().dimensions().get(i % width).kind() == StateSpace.Kind.INDEX;
        if (index && (values[i] < 0 || values[i] != Math.rint(values[i]))) {
          throw columns.bad(
              name, i / width, values[i], "must be the index of a state, a whole number from 0 on");
        }
      }
    }

    private void checkActions(float[] actions, int width) {
      ActionSpace space = environment.actions();
      double[] action = new double[width];
      double[] inside = new double[width];
      for (int row = 0; row < actions.length / width; row++) {
        for (int i = 0; i < width; i++) {
          action[i] = actions[row * width + i];
          inside[i] = action[i];
        }
        space.clip(inside, 0);
        for (int i = 0; i < width; i++) {
          if (Math.abs(action[i] - inside[i]) > tolerance(i)) {
            throw columns.bad("action", row, action[i], "must lie in the " + rule(i));
          }
          actions[row * width + i] = (float) inside[i];
        }
      }
    }

    private double tolerance(int i) {
      return environment.actions() instanceof ActionSpace.Box box
          ? ROUNDING * (box.high()[i] - box.low()[i])
          : 0;
    }

    private String rule(int i) {
      String owner = "action space of " + environment.name() + ": ";
      if (environment.actions() instanceof ActionSpace.Box box) {
        return owner + "dimension " + i + " from " + box.low()[i] + " to " + box.high()[i];
      }
      return owner
          + "a whole number from 0 to "
          + (((ActionSpace.Discrete) environment.actions()).count() - 1);
    }

    /** Numbers episodes and steps, and checks that an episode is whole and ends once. */
    private void number(
        long[] recorded,
        boolean[] terminated,
        boolean[] truncated,
        int[] episodes,
        int[] steps,
        byte[] flags) {
      Set<Long> seen = new HashSet<>();
      for (int row = 0; row < recorded.length; row++) {
        boolean first = row == 0 || recorded[row] != recorded[row - 1];
        boolean last = row == recorded.length - 1 || recorded[row] != recorded[row + 1];
        if (first && !seen.add(recorded[row])) {
          throw columns.bad(
              "episode",
              row,
              recorded[row],
              "this episode began earlier and was left; keep the rows of an episode together");
        }
        if (!last && (terminated[row] || truncated[row])) {
          throw columns.bad(
              terminated[row] ? "terminated" : "truncated",
              row,
              1,
              "the next row goes on in the same episode "
                  + recorded[row]
                  + "; only the last row of an episode ends it");
        }
        episodes[row] = seen.size() - 1;
        steps[row] = first ? 0 : steps[row - 1] + 1;
        if (terminated[row]) {
          flags[row] = TransitionBatch.TERMINATED;
        } else if (last) {
          flags[row] = TransitionBatch.TRUNCATED;
        }
      }
    }
  }
}
