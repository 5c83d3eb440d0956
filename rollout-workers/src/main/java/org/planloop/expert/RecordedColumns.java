package org.planloop.expert;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import org.planloop.data.InvalidInputException;

/** The datasets of a recorded file as flat arrays, each checked for type, shape and values. */
final class RecordedColumns {
  private static final String HELP = "; see docs/recorded-data.md";

  private final Path file;
  private final HdfFile hdf;

  RecordedColumns(Path file, HdfFile hdf) {
    this.file = file;
    this.hdf = hdf;
  }

  /** Refuses a file that says it is something else. */
  void checkAttributes(String environment) {
    Attribute format = hdf.getAttribute("format");
    if (format != null && !RecordedData.FORMAT.equals(format.getData())) {
      throw wrong(
          "attribute format = " + format.getData() + ": must be " + RecordedData.FORMAT + HELP);
    }
    Attribute version = hdf.getAttribute("format_version");
    if (version != null
        && !(version.getData() instanceof Number number
            && number.longValue() >= 1
            && number.longValue() <= RecordedData.VERSION)) {
      throw wrong(
          "attribute format_version = "
              + version.getData()
              + ": this version of Planloop reads "
              + RecordedData.VERSION
              + HELP);
    }
    Attribute recorded = hdf.getAttribute("environment");
    if (recorded != null && !environment.equals(recorded.getData())) {
      throw wrong(
          "attribute environment = "
              + recorded.getData()
              + ": the experiment's environment is "
              + environment
              + "; use data of the same environment");
    }
  }

  boolean has(String name) {
    return hdf.getChildren().containsKey(name);
  }

  /** The number of rows of the file, by the dataset {@code name}. */
  int rows(String name) {
    int[] dimensions = dataset(name).getDimensions();
    int rows = dimensions.length == 0 ? 0 : dimensions[0];
    if (rows == 0) {
      throw wrong("dataset " + name + " has no rows; record at least one transition");
    }
    return rows;
  }

  /** Shape [n, width]; every number finite. Any numeric type. */
  float[] floats(String name, int n, int width) {
    Object data = data(name, n, width);
    float[] result;
    if (data instanceof float[] floats) {
      result = floats;
    } else if (data instanceof double[] doubles) {
      result = new float[doubles.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = (float) doubles[i];
      }
    } else {
      long[] whole = whole(name, data);
      result = new float[whole.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = whole[i];
      }
    }
    for (int i = 0; i < result.length; i++) {
      if (!Float.isFinite(result[i])) {
        throw bad(
            name,
            i / width,
            result[i],
            "every number must be finite in 32 bits; leave such rows out"
                + (width == 1 ? "" : " (dimension " + i % width + ")"));
      }
    }
    return result;
  }

  /** Shape [n]; an integer type. */
  long[] integers(String name, int n) {
    return whole(name, data(name, n, 1));
  }

  /** Shape [n]; a boolean or integer type of zeros and ones. */
  boolean[] flags(String name, int n) {
    Object data = data(name, n, 1);
    boolean[] result = new boolean[n];
    if (data instanceof boolean[] flags) {
      return flags;
    }
    if (data instanceof String[] names) {
      // How h5py stores booleans: an enumeration of FALSE and TRUE.
      for (int row = 0; row < n; row++) {
        if (!names[row].equals("TRUE") && !names[row].equals("FALSE")) {
          throw bad(name, row, names[row], "must be true or false");
        }
        result[row] = names[row].equals("TRUE");
      }
      return result;
    }
    long[] whole = whole(name, data);
    for (int row = 0; row < n; row++) {
      if (whole[row] != 0 && whole[row] != 1) {
        throw bad(name, row, whole[row], "must be 0 or 1");
      }
      result[row] = whole[row] == 1;
    }
    return result;
  }

  private long[] whole(String name, Object data) {
    if (data instanceof long[] longs) {
      return longs;
    }
    if (data instanceof int[] ints) {
      return Arrays.stream(ints).asLongStream().toArray();
    }
    if (data instanceof short[] shorts) {
      long[] result = new long[shorts.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = shorts[i];
      }
      return result;
    }
    if (data instanceof byte[] bytes) {
      long[] result = new long[bytes.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = bytes[i];
      }
      return result;
    }
    throw wrong(
        "dataset "
            + name
            + " holds "
            + data.getClass().getComponentType().getSimpleName()
            + "; states, actions and rewards must be numbers, episode whole numbers, terminated and"
            + " truncated booleans or 0 and 1"
            + HELP);
  }

  /** The data of a dataset of shape [n, width], or [n] where the width is 1. */
  private Object data(String name, int n, int width) {
    Dataset dataset = dataset(name);
    int[] shape = dataset.getDimensions();
    boolean flat = shape.length == 1 && width == 1;
    if ((!flat && !(shape.length == 2 && shape[1] == width)) || shape[0] != n) {
      throw wrong(
          "dataset "
              + name
              + " has the shape "
              + Arrays.toString(shape)
              + ", expected "
              + (width == 1 ? "[" + n + "] or " : "")
              + "["
              + n
              + ", "
              + width
              + "]: the environment's width, and as many rows as reward"
              + HELP);
    }
    Object data = dataset.getDataFlat();
    if (!data.getClass().isArray()) {
      throw wrong("dataset " + name + " holds no array of numbers" + HELP);
    }
    return data;
  }

  private Dataset dataset(String name) {
    Node node = hdf.getChildren().get(name);
    if (!(node instanceof Dataset dataset)) {
      throw wrong(
          "has no dataset "
              + name
              + "; there is "
              + (hdf.getChildren().isEmpty()
                  ? "nothing"
                  : String.join(", ", new TreeSet<>(hdf.getChildren().keySet())))
              + HELP);
    }
    return dataset;
  }

  /** A value that breaks a rule. */
  InvalidInputException bad(String name, int row, Object value, String rule) {
    return wrong("dataset " + name + ", row " + row + " (from 0) = " + value + ": " + rule);
  }

  private InvalidInputException wrong(String message) {
    return new InvalidInputException(file + ": " + message);
  }
}
