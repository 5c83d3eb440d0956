package org.planloop.deploy.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory a process takes, where the system tells: on Linux. */
public final class ResidentMemory {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

  private ResidentMemory() {}

  /**
   * Bytes of a process that are in memory now; empty where the system does not tell.
   *
   * @throws IOException if there is no such process any more
   */
  public static OptionalDouble of(long pid) throws IOException {
    return Files.exists(Path.of("/proc/self/status"))
        ? read(Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")))
        : OptionalDouble.empty();
  }

  static OptionalDouble read(List<String> status) {
    for (String line : status) {
      Matcher matcher = RESIDENT.matcher(line);
      if (matcher.matches()) {
        return OptionalDouble.of(1024.0 * Long.parseLong(matcher.group(1)));
      }
    }
    return OptionalDouble.empty();
  }
}
