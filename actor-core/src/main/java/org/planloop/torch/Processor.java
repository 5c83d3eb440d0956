package org.planloop.torch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What a processor can do, as far as Linux tells in {@code /proc/cpuinfo}; elsewhere nothing is
 * known of it.
 *
 * @param vendor empty where it is not known
 * @param family -1 where it is not known
 * @param flags what it has, in Linux's words
 */
record Processor(String vendor, int family, Set<String> flags) {
  private static final Path INFO = Path.of("/proc/cpuinfo");
  private static final int FIRST_AMD_FAMILY_WITH_WHOLE_VECTORS = 26;

  /** This machine's. */
  static Processor here() {
    return Here.PROCESSOR;
  }

  /** The first one that these lines of {@code /proc/cpuinfo} tell of. */
  static Processor of(List<String> lines) {
    String family = value(lines, "cpu family");
    String flags = value(lines, "flags") + " " + value(lines, "Features");
    return new Processor(
        value(lines, "vendor_id"),
        family.matches("[0-9]{1,4}") ? Integer.parseInt(family) : -1,
        Set.copyOf(Arrays.asList(flags.strip().split(" +"))));
  }

  /** Whether it executes vectors of 512 bits in one piece. */
  boolean hasWholeVectors() {
    return flags.contains("avx512f")
        && (vendor.equals("GenuineIntel")
            || (vendor.equals("AuthenticAMD") && family >= FIRST_AMD_FAMILY_WITH_WHOLE_VECTORS));
  }

  /** Whether it has instructions that multiply bfloat16: of AVX-512, AMX or Arm's. */
  boolean multipliesBfloat16() {
    return flags.contains("avx512_bf16") || flags.contains("amx_bf16") || flags.contains("bf16");
  }

  /** The value of the first line with that key; empty where there is none. */
  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static final class Here {
    static final Processor PROCESSOR = read();

    private static Processor read() {
      try {
        return of(Files.isReadable(INFO) ? Files.readAllLines(INFO) : List.of());
      } catch (IOException e) {
        // Nothing says what the processor can do: what always works.
        return of(List.of());
      }
    }
  }
}
