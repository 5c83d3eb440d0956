package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.config.Experiment;
import org.planloop.deploy.config.ExperimentWriter;
import org.planloop.deploy.report.Comparison;
import org.planloop.deploy.report.RunData;
import org.planloop.deploy.report.RunFolder;

/** Runs campaigns in processes of their own, some at a time, and compares what they wrote. */
final class CompareSession {
  private static final long PATIENCE_SECONDS = 10;

  private final Context context;
  private final Console console;
  private final List<Experiment> campaigns;
  private final int parallel;
  private final List<String> classPath;
  private final Path folder;
  private final Map<String, Process> running = new LinkedHashMap<>();
  private final Map<String, Integer> exits = new LinkedHashMap<>();
  private final BlockingQueue<Runnable> happenings = new LinkedBlockingQueue<>();
  private int signal;

  CompareSession(
      Context context,
      List<Experiment> campaigns,
      int parallel,
      List<String> classPath,
      @Nullable Path out) {
    this.context = context;
    this.console = context.console();
    this.campaigns = List.copyOf(campaigns);
    this.parallel = parallel;
    this.classPath = classPath;
    this.folder =
        out != null
            ? out
            : RunFolder.unused(
                context.folder().resolve("runs"),
                "compare-" + campaigns.get(0).name(),
                context.clock().instant());
  }

  private static String label(Experiment campaign) {
    return campaign.strategy() + "-" + campaign.seed();
  }

  private Path run(String label) {
    return folder.resolve("runs").resolve(label);
  }

  int run() {
    context.signals().listen(number -> happenings.add(() -> signal = number));
    makeFolder();
    console.say(campaigns.size() + " campaigns, " + parallel + " at a time, in " + folder);
    Deque<Experiment> waiting = new ArrayDeque<>(campaigns);
    try {
      Path logs = Files.createDirectory(folder.resolve("logs"));
      while (signal == 0 && (!waiting.isEmpty() || !running.isEmpty())) {
        while (running.size() < parallel && !waiting.isEmpty()) {
          start(waiting.remove(), logs);
        }
        happenings.take().run();
      }
      if (signal != 0) {
        return stop();
      }
      return compare();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      running.values().forEach(Process::destroy);
    }
  }

  private void makeFolder() {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new InvalidInputException(
              folder + ": is not empty; choose another folder with --out");
        }
      }
      Files.createDirectory(folder.resolve("runs"));
    } catch (IOException e) {
      throw new InvalidInputException(
          folder + ": cannot be written (" + e.getMessage() + "); choose another folder with --out",
          e);
    }
  }

  private void start(Experiment campaign, Path logs) throws IOException {
    String label = label(campaign);
    Path config = logs.resolve(label + ".conf");
    Files.writeString(config, ExperimentWriter.render(campaign));
    List<String> command = new ArrayList<>(thisProgram());
    command.addAll(List.of("train", config.toString(), "--out", run(label).toString()));
    command.addAll(classPath);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(logs.resolve(label + ".log").toFile())
            .start();
    process.getOutputStream().close();
    running.put(label, process);
    var unused =
        process.onExit().thenAccept(ended -> happenings.add(() -> ended(label, ended.exitValue())));
  }

  /** The command that starts another process of this very program, as it would be by hand. */
  static List<String> thisProgram() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return command;
  }

  /** What this very JVM was started with. */
  private static List<String> jvmOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !option.startsWith("-agentlib") && !option.startsWith("-javaagent"))
        .toList();
  }

  private void ended(String label, int exit) {
    running.remove(label);
    exits.put(label, exit);
    String how =
        exit == 0
            ? result(label)
            : "failed with exit code " + exit + ", see logs/" + label + ".log";
    console.say(exits.size() + "/" + campaigns.size() + "  " + label + "  " + how);
  }

  private String result(String label) {
    JsonNode best =
        RunData.read(run(label)).summary().map(summary -> summary.path("best")).orElseThrow();
    return "best pi_"
        + best.path("iteration").asInt()
        + ": "
        + ProgressLine.estimate(known(best, "return_mean"), known(best, "return_ci95"));
  }

  private static java.util.OptionalDouble known(JsonNode node, String name) {
    return org.planloop.campaign.ProgressRow.known(node.path(name).asDouble(Double.NaN));
  }

  /**
   * Lets the campaigns end. At a terminal they have had the interrupt too, and a second signal
   * would end them at once: only who does not stop by itself is told to.
   */
  private int stop() throws InterruptedException {
    console.say("stopping " + running.size() + " campaigns; a second signal exits at once");
    for (Process process : running.values()) {
      long patience = signal == Signals.INT ? PATIENCE_SECONDS : 0;
      if (!process.waitFor(patience, TimeUnit.SECONDS)) {
        process.destroy();
      }
    }
    for (Process process : running.values()) {
      process.waitFor();
    }
    running.clear();
    console.fail(
        "stopped by a signal; the campaigns in " + folder.resolve("runs") + " can be resumed",
        Signals.EXIT_BASE + signal);
    return Signals.EXIT_BASE + signal;
  }

  private int compare() throws IOException {
    List<Comparison.Run> finished = new ArrayList<>();
    for (Experiment campaign : campaigns) {
      if (exits.getOrDefault(label(campaign), Main.FAILED) == Main.DONE) {
        finished.add(
            new Comparison.Run(
                campaign.strategy(), campaign.seed(), RunData.read(run(label(campaign)))));
      }
    }
    int failed = campaigns.size() - finished.size();
    if (finished.isEmpty()) {
      console.fail("all campaigns failed; see " + folder.resolve("logs"), Main.FAILED);
      return Main.FAILED;
    }
    Comparison comparison = new Comparison(campaigns.get(0).name(), finished);
    comparison.write(folder);
    console.say("");
    comparison.table().forEach(console::say);
    console.say("");
    console.say("comparison  " + folder + " (compare.svg, compare.csv, summary.csv, runs/)");
    ObjectNode object = comparison.json();
    object.put("comparison", folder.toString());
    ArrayNode broken = object.putArray("failed");
    exits.forEach(
        (label, exit) -> {
          if (exit != Main.DONE) {
            broken.add(label);
          }
        });
    console.answer(object);
    if (failed > 0) {
      console.warn("planloop: " + failed + " campaigns failed; see " + folder.resolve("logs"));
      return Main.FAILED;
    }
    return Main.DONE;
  }
}
