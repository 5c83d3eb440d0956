package org.planloop.deploy.cli;

import java.util.concurrent.Callable;
import org.planloop.deploy.cluster.ClusterClient;
import org.planloop.deploy.cluster.HostPort;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code planloop node drain}: a node finishes its jobs and leaves. */
@Command(
    name = "drain",
    description = "Have a node finish the jobs that it flies, take no more, and leave the cluster.")
final class NodeDrainCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "HOST[:PORT]", description = "The node, as 'planloop status' names it.")
  private String node = "";

  @Mixin private final ClusterOptions cluster = new ClusterOptions();

  NodeDrainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    HostPort address = HostPort.parse("node", node, 1);
    try (ClusterClient client = new ClusterClient(cluster.access())) {
      client.drain(address);
    }
    context.console().say(address + " finishes its jobs and leaves");
    return Main.DONE;
  }
}
