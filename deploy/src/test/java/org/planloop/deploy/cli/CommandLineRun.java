package org.planloop.deploy.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.planloop.deploy.node.CampaignStarter;

/** One command in this process, with its streams caught. */
record CommandLineRun(int code, String out, String err) {
  static CommandLineRun of(Path folder, CampaignStarter starter, String... args) {
    return of(folder, starter, new Signals(code -> {}, System::nanoTime), args);
  }

  static CommandLineRun of(Path folder, CampaignStarter starter, Signals signals, String... args) {
    return of(folder, starter, signals, Map.of(), args);
  }

  /**
   * @param environment variables of the process
   */
  static CommandLineRun of(
      Path folder,
      CampaignStarter starter,
      Signals signals,
      Map<String, String> environment,
      String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    Context context =
        new Context(console, starter, InstantSource.system(), folder, environment, signals);
    int code = Main.run(context, args);
    return new CommandLineRun(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
