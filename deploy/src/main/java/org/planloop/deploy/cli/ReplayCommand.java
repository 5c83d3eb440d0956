package org.planloop.deploy.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code planloop replay}: looks into the replay files of a run. */
@Command(
    name = ReplayCommand.NAME,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Look into the replay files of a run: every transition, expert and learner apart.",
      "FOLDER is a run's folder, its replay/, a shard-N/ in it, or any folder with store.json.",
      "Recorded with each chunk of rows are the job it is of (side, iteration, job, attempt), its"
          + " number in the job, the version of the policy that acted (0 for the expert) and the"
          + " epoch of the campaign; not the worker: a job flown twice gives the same rows on any.",
      "ls, show, export and quarantine change nothing and may be used while a run goes on."
    })
final class ReplayCommand {
  static final String NAME = "replay";

  private ReplayCommand() {}

  static CommandLine line(Context context) {
    return new CommandLine(new ReplayCommand())
        .addSubcommand(new ReplayLsCommand(context))
        .addSubcommand(new ReplayShowCommand(context))
        .addSubcommand(new ReplayExportCommand(context))
        .addSubcommand(new ReplayDeleteCommand(context))
        .addSubcommand(new ReplayQuarantineCommand(context))
        .addSubcommand(new ReplayReshardCommand(context));
  }
}
