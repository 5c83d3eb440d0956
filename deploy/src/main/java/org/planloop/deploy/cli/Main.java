package org.planloop.deploy.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.ServiceLoader;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterClient;
import org.planloop.deploy.node.CampaignFailedException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The entry point of {@code planloop}: parses the command line and runs one command. Exit codes: 0
 * done, 1 failed, 2 bad usage or configuration, 130 or 143 after SIGINT or SIGTERM.
 */
@Command(
    name = "planloop",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    description = "Learns a model of a system from an expert's data and its own, and plans in it.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Begin with: planloop train cartpole-swingup"})
public final class Main implements Runnable {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private final Console console;
  private final CommandLine line;

  private Main(Context context) {
    this.console = context.console();
    this.line = new CommandLine(this);
    line.addSubcommand(new TrainCommand(context));
    line.addSubcommand(new EvalCommand(context));
    line.addSubcommand(new ActCommand(context));
    line.addSubcommand(new CompareCommand(context));
    line.addSubcommand(
        new CommandLine(new NodeCommand(context)).addSubcommand(new NodeDrainCommand(context)));
    line.addSubcommand(new StatusCommand(context));
    line.addSubcommand(new CampaignCommand(context));
    line.addSubcommand(new CopyCommand(context));
    line.addSubcommand(new RestoreCommand(context));
    line.addSubcommand(new RecordCommand(context));
    line.addSubcommand(new ReproduceCommand(context));
    line.addSubcommand(new BenchCommand(context));
    line.addSubcommand(ReplayCommand.NAME, ReplayCommand.line(context));
    line.addSubcommand(new ReportCommand(context));
    line.addSubcommand(new ExportCommand(context));
    line.addSubcommand(new ListCommand(context));
    line.addSubcommand(new CertsCommand(context));
    line.addSubcommand(new DoctorCommand(context));
    line.addSubcommand(new VersionCommand(context));
    line.addSubcommand(new RehearseCommand(context));
    ServiceLoader.load(Subcommand.class)
        .forEach(more -> line.addSubcommand(more.name(), more.command(context)));
    line.setParameterExceptionHandler((error, args) -> badUsage(error));
    line.setExecutionExceptionHandler((error, command, parsed) -> failed(error));
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    equip(line);
  }

  /** Gives every command below one, however deep, the options that all have. */
  private void equip(CommandLine parent) {
    for (CommandLine command : parent.getSubcommands().values()) {
      command.getCommandSpec().mixinStandardHelpOptions(true);
      command.addMixin("json", new JsonOption(console));
      equip(command);
    }
  }

  /**
   * Runs one command and exits with its code.
   *
   * @param args the command line after {@code planloop}
   */
  public static void main(String[] args) {
    Context context =
        new Context(
            Console.system(),
            TrainCommand.HERE,
            InstantSource.system(),
            Path.of(""),
            System.getenv(),
            Signals.ofProcess());
    System.exit(run(context, args));
  }

  /** Runs one command and returns its exit code. */
  public static int run(Context context, String... args) {
    try {
      var unused = LogFormat.of(context.environment());
    } catch (InvalidInputException e) {
      context.console().fail(String.valueOf(e.getMessage()), USAGE);
      return USAGE;
    }
    Main main = new Main(context);
    if (Arrays.asList(args).contains(JsonOption.NAME)) {
      context.console().json();
    }
    StringWriter text = new StringWriter();
    main.line.setOut(new PrintWriter(text, true));
    main.line.setErr(new PrintWriter(text, true));
    int code = main.line.execute(args);
    String usage = text.toString().stripTrailing();
    if (!usage.isEmpty()) {
      main.console.say(usage);
    }
    return code;
  }

  private int badUsage(ParameterException error) {
    String name = error.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(error.getMessage()).replaceAll("\\s+", " ").strip();
    if (error instanceof UnmatchedArgumentException unmatched
        && !unmatched.getSuggestions().isEmpty()) {
      message += "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?";
    }
    console.fail(message + "; see " + name + " --help", USAGE);
    return USAGE;
  }

  private int failed(Exception error) {
    String message = String.valueOf(error.getMessage());
    if (error instanceof InvalidInputException) {
      console.fail(message, USAGE);
      return USAGE;
    }
    boolean explained =
        error instanceof CampaignFailedException
            || error instanceof UncheckedIOException
            || error instanceof ClusterClient.NoAnswerException;
    console.fail(explained ? message : "internal error: " + error, FAILED);
    if (!explained) {
      StringWriter trace = new StringWriter();
      error.printStackTrace(new PrintWriter(trace, true));
      console.warn(trace.toString());
    }
    return FAILED;
  }

  /** Without a command there is nothing to run: shows the usage. */
  @Override
  public void run() {
    console.say(line.getUsageMessage().stripTrailing());
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
