package org.planloop.torch;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where tensors live and are computed: {@code auto}, {@code cpu} or {@code gpu:N}.
 *
 * <p>What is asked for, not what there is: without that GPU tensors live on the CPU, see {@link
 * #index}.
 */
public final class Device {
  /** The first GPU where PyTorch sees one, else the CPU. */
  public static final Device AUTO = new Device(-1, "auto");

  public static final Device CPU = new Device(-1, "cpu");

  /** Highest N of {@code gpu:N}: PyTorch keeps the number in a byte. */
  public static final int LAST_GPU = 127;

  /** How {@link #parse} reads a device, for messages. */
  public static final String RULE = "must be auto, cpu, gpu or gpu:N with N from 0 to " + LAST_GPU;

  private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,3}))?");

  private final int number;
  private final String text;

  private Device(int number, String text) {
    this.number = number;
    this.text = text;
  }

  /**
   * A GPU, counted from 0 as PyTorch counts them.
   *
   * @throws IllegalArgumentException unless {@code number} is from 0 to {@link #LAST_GPU}
   */
  public static Device gpu(int number) {
    if (number < 0 || number > LAST_GPU) {
      throw new IllegalArgumentException("gpu:" + number + ": " + RULE);
    }
    return new Device(number, "gpu:" + number);
  }

  /**
   * Reads {@code auto}, {@code cpu}, {@code gpu:N} or {@code gpu}, which is {@code gpu:0}, in any
   * case.
   *
   * @throws IllegalArgumentException on any other text, with {@link #RULE}
   */
  public static Device parse(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (word.equals(AUTO.text)) {
      return AUTO;
    } else if (word.equals(CPU.text)) {
      return CPU;
    }
    Matcher gpu = GPU.matcher(word);
    if (!gpu.matches()) {
      throw new IllegalArgumentException(text + ": " + RULE);
    }
    return gpu(gpu.group(1) == null ? 0 : Integer.parseInt(gpu.group(1)));
  }

  /** Whether a certain GPU is asked for. */
  public boolean isGpu() {
    return number >= 0;
  }

  /**
   * Which GPU it is on a machine that has some.
   *
   * @param gpus how many PyTorch sees
   * @return the GPU's number, or -1 for the CPU: asked for, or for want of that GPU
   */
  public int index(int gpus) {
    int wanted = equals(AUTO) ? 0 : number;
    return wanted < gpus ? wanted : -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Device that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** As {@link #parse} reads it: {@code gpu:0} for {@code gpu}. */
  @Override
  public String toString() {
    return text;
  }
}
