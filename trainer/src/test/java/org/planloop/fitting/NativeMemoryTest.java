package org.planloop.fitting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What planning and fitting leave behind on the native side, where no collector looks: nothing.
 *
 * <p>Measured as resident memory of a process of its own, between a tenth of the work and its end,
 * with a heap that is touched from the start, so that only the native side can grow. The bound of 2
 * MiB is 23 bytes for each of the 90,000 plans or steps between: less than the smallest block that
 * malloc gives (32 bytes), so nothing may be forgotten even once a call. Seen were 0.1 to 0.6 MiB,
 * from Java's compiler, on JDK 17 and 25; a forgotten tensor makes 41 MiB.
 */
@Timeout(180)
class NativeMemoryTest {
  private static final int TIMES = 100_000;
  private static final long BOUND_KILOBYTES = 2048;

  @BeforeAll
  static void procIsThere() {
    assumeTrue(Files.isReadable(Path.of("/proc/self/status")), "only Linux says how much is used");
  }

  @Test
  void staysFlatOverAHundredThousandPlans() throws Exception {
    assertThat(growth("plans")).isLessThan(BOUND_KILOBYTES);
  }

  @Test
  void staysFlatOverAHundredThousandGradientSteps() throws Exception {
    assertThat(growth("steps")).isLessThan(BOUND_KILOBYTES);
  }

  @Test
  void growsWhereTheSmallestTensorIsForgotten() throws Exception {
    assertThat(growth("leak")).isGreaterThan(4 * BOUND_KILOBYTES);
  }

  /** Kilobytes. */
  private static long growth(String work) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EndlessWork.class.getName(),
                work,
                Integer.toString(TIMES))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    List<Long> resident = said.lines().filter(l -> l.matches("\\d+")).map(Long::valueOf).toList();
    assertThat(resident).as(said).hasSize(2);
    return resident.get(1) - resident.get(0);
  }
}
