package org.planloop.deploy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of {@code planloop}: parses the command line and runs one command. */
@Command(
    name = "planloop",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Learns a model of a system from an expert's data and its own, and plans in it.",
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  private Main() {}

  /**
   * Runs one command and exits with its code.
   *
   * @param args the command line after {@code planloop}
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  /** Without a command there is nothing to run: shows the usage. */
  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }
}
