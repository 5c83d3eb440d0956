package org.planloop.deploy.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.concurrent.Callable;
import org.planloop.deploy.report.Build;
import org.planloop.deploy.report.Json;
import picocli.CommandLine.Command;

/** {@code planloop version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
  private final Console console;

  VersionCommand(Context context) {
    this.console = context.console();
  }

  @Override
  public Integer call() {
    Build build = Version.build();
    String java = Runtime.version().toString();
    if (!console.isJson()) {
      String commit = build.git().map(git -> ", commit " + git).orElse("");
      console.say("planloop " + build.version() + commit + ", Java " + java);
    }
    ObjectNode object = Json.object();
    object.put("version", build.version());
    build.git().ifPresentOrElse(git -> object.put("git", git), () -> object.putNull("git"));
    object.put("java", java);
    console.answer(object);
    return Main.DONE;
  }
}
