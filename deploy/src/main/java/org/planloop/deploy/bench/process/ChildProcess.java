package org.planloop.deploy.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process that does not outlive this one, whose every wait is bounded, and whose last words are
 * shown where it fails.
 */
public final class ChildProcess implements AutoCloseable {
  private static final int LAST_WORDS = 12;
  private static final int PENDING_LINES = 64;

  private final List<String> command;
  private final Path log;
  private final Process process;
  private final Thread onExit;

  /** Lines of a process that is spoken with; empty where it has ended. */
  private final BlockingQueue<Optional<String>> said = new ArrayBlockingQueue<>(PENDING_LINES);

  private ChildProcess(List<String> command, Path log, Process process) {
    this.command = List.copyOf(command);
    this.log = log;
    this.process = process;
    this.onExit = new Thread(this::kill, "kill " + process.pid());
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /**
   * Starts a process that is not spoken with: what it writes goes into the log.
   *
   * @throws IOException if the program cannot be started
   */
  public static ChildProcess start(List<String> command, Path log) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    ChildProcess child = new ChildProcess(command, log, builder.start());
    child.process.getOutputStream().close();
    return child;
  }

  /**
   * Starts a process that is spoken with through its standard input and output; its standard error
   * goes into the log.
   *
   * @param unset variables of this process that it must not see
   * @param set variables that it sees
   * @throws IOException if the program cannot be started
   */
  public static ChildProcess startTalking(
      List<String> command, Path log, Set<String> unset, Map<String, String> set)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeAll(unset);
    builder.environment().putAll(set);
    ChildProcess child = new ChildProcess(command, log, builder.start());
    Thread listener = new Thread(child::listen, "listen to " + child.pid());
    listener.setDaemon(true);
    listener.start();
    return child;
  }

  private void listen() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said.put(Optional.of(line));
      }
      said.put(Optional.empty());
    } catch (IOException e) {
      // Killed while it was read from. Where the queue is full, whoever waits for more gives up.
      boolean unused = said.offer(Optional.empty());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The next line that it says.
   *
   * @throws IOException if it has ended or says nothing for so long, with its last words
   */
  public String line(Duration patience) throws IOException {
    try {
      Optional<String> line = said.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw failure("said nothing for " + patience.toSeconds() + " s");
      }
      return line.orElseThrow(() -> failure("ended too early"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /**
   * Says one line to it.
   *
   * @throws IOException if it has ended, with its last words
   */
  public void say(String line) throws IOException {
    try {
      OutputStream in = process.getOutputStream();
      in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      throw failure("does not listen any more (" + e.getMessage() + ")");
    }
  }

  /** Its number in the system. */
  public long pid() {
    return process.pid();
  }

  /** Whether it is running. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @throws IOException if it fails or takes longer than {@code patience}, with its last words
   */
  public void await(Duration patience) throws IOException {
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw failure("still runs after " + patience.toSeconds() + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    if (process.exitValue() != 0) {
      throw failure("exit code " + process.exitValue());
    }
  }

  /** What to throw where it did not do what it was started for. */
  public IOException failure(String what) {
    return new IOException(String.join(" ", command) + ": " + what + lastWords());
  }

  private String lastWords() {
    try {
      // A library may write bytes that are no text.
      List<String> lines =
          new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank())
              .toList();
      int from = Math.max(0, lines.size() - LAST_WORDS);
      return lines.isEmpty() ? "" : "\n  " + String.join("\n  ", lines.subList(from, lines.size()));
    } catch (IOException e) {
      return " (and its output in " + log + " cannot be read: " + e.getMessage() + ")";
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Kills it, and what it has started, if it still runs. */
  @Override
  public void close() {
    kill();
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is going down already, and the hook kills once more.
      return;
    }
  }
}
