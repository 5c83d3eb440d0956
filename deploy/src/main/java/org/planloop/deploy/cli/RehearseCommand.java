package org.planloop.deploy.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.planloop.storage.AtomicFolder;
import picocli.CommandLine.Command;

/**
 * {@code planloop rehearse}: does in small what trainings and nodes do, so that a JVM that keeps
 * the classes it has loaded (JEP 350) keeps those that users wait for. For the launcher.
 */
@Command(
    name = "rehearse",
    hidden = true,
    description = "Train for a moment, in this process and on a node, and leave nothing behind.")
final class RehearseCommand implements Callable<Integer> {
  private static final long ENDING_S = 60;

  /** The least that fits a network and plans with it. */
  private static final List<String> TRAINING =
      List.of(
          "train",
          "cartpole-swingup",
          "--strategy=learner-only",
          "--seed=0",
          "--set=campaign.iterations=1",
          "--set=campaign.steps-per-iteration=40",
          "--set=trainer.steps=20",
          "--set=planner.horizon=5",
          "--set=evaluation.episodes=0");

  private final Context context;

  RehearseCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("planloop-rehearsal");
    try {
      int code = train(folder.resolve("alone"));
      return code == Main.DONE ? onNode(folder) : code;
    } finally {
      AtomicFolder.delete(folder);
    }
  }

  private int train(Path run, String... more) {
    return run(
        context.signals(),
        Stream.of(TRAINING, List.of("--out=" + run), List.of(more)).flatMap(List::stream));
  }

  private int onNode(Path folder) throws IOException, InterruptedException {
    String place = "127.0.0.1:" + freePort();
    Signals signals = new Signals(code -> {}, System::nanoTime);
    FutureTask<Integer> node =
        new FutureTask<>(
            () ->
                run(
                    signals,
                    Stream.of(
                        "node",
                        "--roles=trainer,replay,worker",
                        "--bind=" + place,
                        "--seeds=" + place,
                        "--http=127.0.0.1:0",
                        "--data=" + folder.resolve("node"))));
    Thread thread = new Thread(node, "rehearsed-node");
    thread.setDaemon(true);
    thread.start();
    int code = train(folder.resolve("followed"), "--cluster=" + place);
    signals.raise(Signals.TERM);
    try {
      node.get(ENDING_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the rehearsed node did not end well", e);
    }
    return code;
  }

  /** What it says is kept for the case that it fails. */
  private int run(Signals signals, Stream<String> arguments) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
    Context quiet =
        new Context(
            new Console(stream, stream, false),
            context.starter(),
            context.clock(),
            context.folder(),
            context.environment(),
            signals);
    int code = Main.run(quiet, arguments.toArray(String[]::new));
    if (code != Main.DONE && code != Signals.EXIT_BASE + Signals.TERM) {
      context.console().say(said.toString(StandardCharsets.UTF_8));
    }
    return code;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
