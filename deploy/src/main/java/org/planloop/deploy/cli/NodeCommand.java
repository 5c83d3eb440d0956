package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.Listening;
import org.planloop.deploy.cluster.NodeSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code planloop node}: a node of a cluster, until it is told to go. */
@Command(
    name = "node",
    description = {
      "Run a node of a cluster: campaigns and fits (trainer), replay files (replay), rollouts"
          + " (worker), or several of them.",
      "A cluster has one trainer, one replay node for each shard, and as many workers as you like;"
          + " any of them may come, go, die and come back at any time."
    })
final class NodeCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--roles",
      paramLabel = "ROLES",
      description = "trainer, replay, worker, or several separated by commas.")
  private @Nullable String roles;

  @Option(
      names = "--bind",
      paramLabel = "HOST[:PORT]",
      description =
          "Where the node listens, under the name that the others reach it by. Default:"
              + " 127.0.0.1:25520.")
  private String bind = "127.0.0.1";

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description =
          "The address of this machine to listen to, if the name given with --bind may not resolve"
              + " here yet, as in a container; {address} in --bind stands for it, with hyphens"
              + " (10-1-2-3.nodes.example). Default: what --bind resolves to.")
  private @Nullable String listen;

  @Mixin private final JoinOptions join = new JoinOptions();

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder of campaigns and replay files: the node's own, kept over restarts. Default:"
              + " planloop-node.")
  private Path data = Path.of("planloop-node");

  @Option(
      names = "--shard",
      paramLabel = "N",
      description = "Number of the node's replay shard, from 0. Default: 0.")
  private int shard;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Rollouts at a time on this node; 0 for one a core. Default: 0.")
  private int workers;

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description =
          "Folder with node.key, node.pem and ca.pem, as 'planloop certs' makes it. Without it a"
              + " node listens to its own machine only.")
  private @Nullable Path tls;

  @Option(
      names = "--http",
      paramLabel = "[HOST:]PORT",
      description =
          "Where health, metrics, status and threads of the node are shown over HTTP; PORT alone"
              + " is for this machine only. Default: nowhere.")
  private @Nullable String http;

  @Option(
      names = "--http-token-file",
      paramLabel = "FILE",
      description =
          "File with the token that whoever asks must show, except for /health/; needed unless"
              + " --http is this machine's own.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--cluster-name",
      paramLabel = "NAME",
      description = "The cluster's name; nodes of another never join. Default: planloop.")
  private String cluster = NodeSettings.CLUSTER;

  @Mixin private final ObjectStoreOptions store = new ObjectStoreOptions();

  @Mixin private final ClassPathOption classPath = new ClassPathOption();

  NodeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (LogFormat.of(context.environment()) == LogFormat.JSON) {
      context.console().toLog();
    }
    return new NodeSession(context, settings(), classPath.parts(), http, tokenFile).run();
  }

  private NodeSettings settings() {
    if (roles == null) {
      throw new InvalidInputException(
          "--roles: say what the node carries: trainer, replay, worker, or several with commas");
    }
    Listening listening =
        Listening.parse("--bind", bind, "--listen", Optional.ofNullable(listen), 1);
    return new NodeSettings(
        cluster,
        Arrays.stream(roles.split(",", -1))
            .map(role -> role.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()),
        listening,
        join.joining(listening.reached()),
        data,
        shard,
        workers,
        Optional.ofNullable(tls),
        store.settings());
  }
}
