package org.planloop.deploy.memory;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What there is, in bytes; infinite where nobody knows.
 *
 * @param heap what Java may take of the memory, {@code -Xmx}
 * @param memory of the machine, or of the container that this process is in
 * @param disk free where the transitions will lie
 */
public record Machine(double heap, double memory, double disk) {
  /**
   * This machine, as this process may use it.
   *
   * @param folder where the transitions will lie; it need not be there yet
   */
  public static Machine here(Path folder) {
    double memory =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            ? (double) system.getTotalMemorySize()
            : Double.POSITIVE_INFINITY;
    return new Machine((double) Runtime.getRuntime().maxMemory(), memory, free(folder));
  }

  private static double free(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there == null
          ? Double.POSITIVE_INFINITY
          : (double) Files.getFileStore(there).getUsableSpace();
    } catch (IOException e) {
      // A file system that does not tell is no reason to refuse a run.
      return Double.POSITIVE_INFINITY;
    }
  }
}
