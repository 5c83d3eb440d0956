package org.planloop.deploy.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.deploy.report.Build;
import org.planloop.torch.Torch;

/** What a run of the benchmarks ran on. */
public final class BenchMachine {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private BenchMachine() {}

  /** Machine and versions, in words, by name. */
  public static Map<String, String> words(Build build) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    processor().ifPresent(name -> words.put("cpu", name));
    words.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    words.put("java", System.getProperty("java.version"));
    words.put("torch", Torch.info().version());
    words.put("planloop", build.version());
    build.git().ifPresent(commit -> words.put(BenchFile.COMMIT, commit));
    return words;
  }

  /** As Linux names it. */
  private static Optional<String> processor() {
    if (!Files.exists(CPU_INFO)) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(CPU_INFO + ": " + e.getMessage(), e);
    }
  }
}
