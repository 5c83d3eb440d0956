package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.ClusterAccess;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Listening;
import org.planloop.deploy.cluster.NodeSettings;
import picocli.CommandLine.Option;

/** How a command reaches a cluster. */
final class ClusterOptions {
  @Option(
      names = "--cluster",
      paramLabel = "SEEDS",
      description =
          "Nodes of the cluster, HOST or HOST:PORT, separated by commas; one of them must answer.")
  private @Nullable String seeds;

  @Option(
      names = "--cluster-name",
      paramLabel = "NAME",
      defaultValue = NodeSettings.CLUSTER,
      description = "The cluster's name. Default: ${DEFAULT-VALUE}.")
  private String cluster = NodeSettings.CLUSTER;

  @Option(
      names = "--client-bind",
      paramLabel = "HOST[:PORT]",
      description =
          "Where the cluster's answers are taken. Default: the address that leads to the cluster,"
              + " and any free port.")
  private @Nullable String bind;

  @Option(
      names = "--client-listen",
      paramLabel = "ADDRESS",
      description =
          "The address to listen to, if --client-bind is a name that the cluster alone knows;"
              + " {address} in it stands for this one, with hyphens.")
  private @Nullable String listen;

  @Option(
      names = "--tls",
      paramLabel = "DIR",
      description =
          "Folder with node.key, node.pem and ca.pem, as 'planloop certs' makes it. Needed unless"
              + " all of it is on this machine.")
  private @Nullable Path tls;

  boolean given() {
    return seeds != null;
  }

  /**
   * @throws InvalidInputException if no cluster is named, or wrongly
   */
  ClusterAccess access() {
    if (seeds == null) {
      throw new InvalidInputException(
          "--cluster: name a node of the cluster, HOST or HOST:PORT, or several with commas");
    }
    return new ClusterAccess(
        cluster, HostPort.list("--cluster", seeds), listening(), Optional.ofNullable(tls));
  }

  private Optional<Listening> listening() {
    if (bind == null) {
      if (listen != null) {
        throw InvalidInputException.setting(
            "--client-listen", listen, "say with --client-bind what it is reached by");
      }
      return Optional.empty();
    }
    return Optional.of(
        Listening.parse(
            "--client-bind",
            bind.contains(":") ? bind : bind + ":0",
            "--client-listen",
            Optional.ofNullable(listen),
            0));
  }
}
