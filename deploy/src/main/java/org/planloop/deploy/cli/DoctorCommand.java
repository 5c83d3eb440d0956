package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.planloop.deploy.report.Json;
import org.planloop.torch.Precision;
import org.planloop.torch.Torch;
import picocli.CommandLine.Command;

/**
 * {@code planloop doctor}: what this machine has and lacks. Never fails: a lack is a finding with
 * the way out beside it.
 */
@Command(
    name = "doctor",
    description = "Say what this machine has and lacks, and how to get what it lacks.")
final class DoctorCommand implements Callable<Integer> {
  private static final long GIB = 1L << 30;

  private final Console console;
  private final Context context;

  DoctorCommand(Context context) {
    this.context = context;
    this.console = context.console();
  }

  /**
   * One thing looked at.
   *
   * @param state {@code ok}, {@code note} (works, but) or {@code lacks}
   * @param remedy what to do; empty if nothing
   */
  record Finding(String state, String thing, String found, String remedy) {}

  @Override
  public Integer call() {
    List<Finding> findings = findings();
    ObjectNode object = Json.object();
    ArrayNode array = object.putArray("findings");
    for (Finding finding : findings) {
      String remedy = finding.remedy().isEmpty() ? "" : "; " + finding.remedy();
      if (!console.isJson()) {
        console.say(
            String.format(
                "%-6s %-10s %s%s", finding.state(), finding.thing(), finding.found(), remedy));
      }
      array
          .addObject()
          .put("state", finding.state())
          .put("thing", finding.thing())
          .put("found", finding.found())
          .put("remedy", finding.remedy());
    }
    console.answer(object);
    return Main.DONE;
  }

  private List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "ok", "java", Runtime.version() + " (" + System.getProperty("java.vm.name") + ")", ""));
    findings.add(platform());
    int cores = Runtime.getRuntime().availableProcessors();
    findings.add(
        new Finding(
            cores > 1 ? "ok" : "note",
            "cores",
            cores
                + (Precision.processorMultipliesBfloat16() ? ", with" : ", without")
                + " instructions for bf16",
            cores > 1 ? "" : "one core flies and fits in turn"));
    findings.add(memory());
    findings.add(natives());
    findings.add(
        GpuFinding.of(
            lines("nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"),
            context.environment(),
            Torch::info));
    findings.add(python());
    findings.add(disk());
    return findings;
  }

  private static Finding platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    boolean linux = os.contains("linux") && (arch.equals("amd64") || arch.equals("aarch64"));
    boolean mac = os.contains("mac") && arch.equals("aarch64");
    return new Finding(
        linux || mac ? "ok" : "lacks",
        "platform",
        os + " " + arch,
        linux || mac
            ? ""
            : "PyTorch has no library for it; use Linux on x86_64 or aarch64, or macOS on arm64");
  }

  private static Finding memory() {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
      return new Finding("note", "memory", "unknown", "");
    }
    long total = system.getTotalMemorySize();
    boolean enough = total >= 2 * GIB;
    return new Finding(
        enough ? "ok" : "lacks",
        "memory",
        String.format(Locale.ROOT, "%.1f GiB", total / (double) GIB),
        enough ? "" : "a campaign takes up to 2 GiB");
  }

  private Finding natives() {
    Path cache =
        Path.of(
            context
                .environment()
                .getOrDefault(
                    "ENGINE_CACHE_DIR",
                    Path.of(System.getProperty("user.home"), ".cache", "planloop").toString()));
    Path unpacked = cache.resolve("pytorch");
    try (Stream<Path> versions = Files.list(unpacked)) {
      Optional<String> found =
          versions
              .filter(Files::isDirectory)
              .map(path -> String.valueOf(path.getFileName()))
              .sorted()
              .reduce((a, b) -> b);
      if (found.isPresent()) {
        return new Finding("ok", "pytorch", found.get() + ", unpacked in " + cache, "");
      }
    } catch (IOException e) {
      // Not unpacked yet, which is what the finding says.
    }
    return new Finding(
        "note",
        "pytorch",
        "not unpacked yet",
        "the first neural model unpacks 0.4 GiB to " + cache);
  }

  private Finding python() {
    String home = System.getProperty("planloop.home", "");
    String venv = Path.of(home, ".venv", "bin", "python").toString();
    String python = Files.isExecutable(Path.of(venv)) ? venv : "python3";
    Optional<String> version = firstLine(python, "--version");
    if (version.isEmpty()) {
      return new Finding("note", "python", "none", "only checks and recorded data need one");
    }
    boolean tensorboard = firstLine(python, "-c", "import tensorboard; print(1)").isPresent();
    return new Finding(
        tensorboard ? "ok" : "note",
        "python",
        version.get() + (tensorboard ? " with tensorboard" : " without tensorboard"),
        tensorboard ? "" : "'pip install tensorboard' shows a run's tensorboard/");
  }

  private Finding disk() {
    try {
      Path here = context.folder().toAbsolutePath();
      long free = Files.getFileStore(here).getUsableSpace();
      boolean enough = free >= GIB;
      return new Finding(
          enough ? "ok" : "lacks",
          "disk",
          String.format(Locale.ROOT, "%.1f GiB free in %s", free / (double) GIB, here),
          enough ? "" : "free some, or write runs elsewhere with --out");
    } catch (IOException e) {
      return new Finding("note", "disk", "unknown: " + e.getMessage(), "");
    }
  }

  /** The first line that a program prints; empty if there is no such program or it fails. */
  private static Optional<String> firstLine(String... command) {
    return lines(command).stream().findFirst();
  }

  /** What a program prints; nothing if there is no such program or it fails. */
  private static List<String> lines(String... command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return List.of();
      }
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? text.lines().toList() : List.of();
    } catch (IOException e) {
      // There is no such program, which is an answer.
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}
