package org.planloop.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Who multiplies large fp32 matrices on the CPU: a script that calls {@code product} and {@code
 * layer} is given one or the other.
 *
 * <p>PyTorch's BLAS computes with 256-bit vectors on AMD's processors, and on Intel's where its
 * results shall not depend on the number of threads ({@code MKL_CBWR}). oneDNN computes with what
 * the processor has, which is twice as much where 512-bit vectors are executed in one piece, and
 * nothing more where they are executed in two (AMD's Zen 4) or do not exist. The choice depends on
 * the processor's family alone, so on one family results stay the same to the bit.
 */
public enum Products {
  /** PyTorch's BLAS. */
  BLAS("products-blas.torchscript"),
  /** oneDNN for large matrices, BLAS for small ones. */
  ONEDNN("products-onednn.torchscript");

  private static final int FIRST_AMD_FAMILY_WITH_WHOLE_VECTORS = 26;

  private final String resource;

  Products(String resource) {
    this.resource = resource;
  }

  /** The methods {@code product} and {@code layer}. */
  String methods() {
    return TorchScript.text(Products.class, resource);
  }

  /** The faster ones on this machine. */
  public static Products fastest() {
    return Fastest.CHOICE;
  }

  /** The faster ones on a Linux machine with these lines in {@code /proc/cpuinfo}. */
  static Products fastest(List<String> processorInfo) {
    String vendor = value(processorInfo, "vendor_id");
    boolean wide = Arrays.asList(value(processorInfo, "flags").split(" ")).contains("avx512f");
    if (!wide) {
      return BLAS;
    }
    if (vendor.equals("GenuineIntel")) {
      return ONEDNN;
    }
    String family = value(processorInfo, "cpu family");
    return vendor.equals("AuthenticAMD")
            && family.matches("[0-9]{1,4}")
            && Integer.parseInt(family) >= FIRST_AMD_FAMILY_WITH_WHOLE_VECTORS
        ? ONEDNN
        : BLAS;
  }

  /** The value of the first line with that key; empty where there is none. */
  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static final class Fastest {
    static final Products CHOICE = choose();

    private static Products choose() {
      String machine =
          System.getProperty("os.name").toLowerCase(Locale.ROOT)
              + " "
              + System.getProperty("os.arch");
      Path info = Path.of("/proc/cpuinfo");
      if (!machine.equals("linux amd64") || !Files.isReadable(info)) {
        return BLAS;
      }
      try {
        return fastest(Files.readAllLines(info));
      } catch (IOException e) {
        // Nothing says what the processor can do: what always works.
        return BLAS;
      }
    }
  }
}
