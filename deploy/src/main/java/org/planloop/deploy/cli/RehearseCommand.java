package org.planloop.deploy.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
  private static final int TERM = 15;
  private static final long ENDING_S = 60;

  private static final String[] SMALL = {
    "--set", "campaign.iterations=1",
    "--set", "campaign.steps-per-iteration=40",
    "--set", "trainer.steps=20",
    "--set", "planner.horizon=5",
    "--set", "evaluation.episodes=2",
    "--set", "evaluation.confirm-episodes=2"
  };

  private final Context context;

  RehearseCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("planloop-rehearsal");
    try {
      int code = train(folder, "alone");
      return code == Main.DONE ? onNode(folder) : code;
    } finally {
      AtomicFolder.delete(folder);
    }
  }

  private int train(Path folder, String name, String... more) {
    String[] first = {
      "train", "cartpole-swingup", "--out", folder.resolve(name).toString(), "--seed", "0"
    };
    return run(context.signals(), joined(joined(first, SMALL), more));
  }

  private int onNode(Path folder) throws IOException, InterruptedException {
    String place = "127.0.0.1:" + freePort();
    Signals signals = new Signals(code -> {}, System::nanoTime);
    FutureTask<Integer> node =
        new FutureTask<>(
            () ->
                run(
                    signals,
                    "node",
                    "--roles",
                    "trainer,replay,worker",
                    "--bind",
                    place,
                    "--seeds",
                    place,
                    "--http",
                    "127.0.0.1:0",
                    "--data",
                    folder.resolve("node").toString()));
    Thread thread = new Thread(node, "rehearsed-node");
    thread.setDaemon(true);
    thread.start();
    int code = train(folder, "followed", "--strategy", "LEARNER_ONLY", "--cluster", place);
    signals.raise(TERM);
    try {
      node.get(ENDING_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the rehearsed node did not end well", e);
    }
    return code;
  }

  /** What it says is kept for the case that it fails. */
  private int run(Signals signals, String... arguments) {
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
    int code = Main.run(quiet, arguments);
    if (code != Main.DONE && code != Signals.EXIT_BASE + TERM) {
      context.console().say(said.toString(StandardCharsets.UTF_8));
    }
    return code;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String[] joined(String[] first, String[] second) {
    String[] all = new String[first.length + second.length];
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
