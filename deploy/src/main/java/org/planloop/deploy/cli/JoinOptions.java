package org.planloop.deploy.cli;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.HostPort;
import org.planloop.deploy.cluster.Joining;
import org.planloop.deploy.cluster.Joining.Resolver;
import picocli.CommandLine.Option;

/** How a node finds its cluster. */
final class JoinOptions {
  @Option(
      names = "--seeds",
      paramLabel = "HOSTS",
      description =
          "Nodes to join, HOST or HOST:PORT, separated by commas; the same list on every node. The"
              + " first of them begins the cluster where there is none. Default: this node.")
  private @Nullable String seeds;

  @Option(
      names = "--join",
      paramLabel = "HOW",
      description =
          "How nodes find one another: seeds (those of --seeds), or kubernetes (the pods of"
              + " --join-pods, by the Kubernetes API; --resolver is lease then). Default: seeds.")
  private String join = "seeds";

  @Option(
      names = "--join-pods",
      paramLabel = "SELECTOR",
      description =
          "With --join kubernetes: the labels of the trainer's and the shards' pods. Default: '"
              + Joining.Kubernetes.PODS
              + "'.")
  private @Nullable String pods;

  @Option(
      names = "--core-nodes",
      paramLabel = "N",
      description =
          "With --join kubernetes: how many trainer and replay nodes the cluster has. A new cluster"
              + " begins when a majority of them has found one another. Default: 2.")
  private @Nullable Integer coreNodes;

  @Option(
      names = "--join-port",
      paramLabel = "PORT",
      description =
          "With --join kubernetes: where trainer and replay nodes tell the others which cluster"
              + " they are in, to nodes with a certificate alone. Default: 25521.")
  private @Nullable Integer port;

  @Option(
      names = "--resolver",
      paramLabel = "HOW",
      description =
          "What becomes of the sides when nodes are cut off from one another: separation (each goes"
              + " on, and the one without the trainer comes back), or lease (only the one goes on"
              + " that gets a lease of the Kubernetes API). The same on every node. Default:"
              + " separation with --seeds, lease with --join kubernetes.")
  private @Nullable String resolver;

  /**
   * @param self as the others reach the node
   * @throws InvalidInputException if the options do not fit together
   */
  Joining joining(HostPort self) {
    return switch (join.strip().toLowerCase(Locale.ROOT)) {
      case "seeds" -> seeds(self);
      case "kubernetes" -> kubernetes();
      default -> throw InvalidInputException.setting("--join", join, "must be seeds or kubernetes");
    };
  }

  private Joining seeds(HostPort self) {
    onlyWithKubernetes("--join-pods", pods);
    onlyWithKubernetes("--core-nodes", coreNodes);
    onlyWithKubernetes("--join-port", port);
    return new Joining.Seeds(
        seeds == null ? List.of(self) : HostPort.list("--seeds", seeds),
        resolver(Resolver.SEPARATION));
  }

  private static void onlyWithKubernetes(String option, @Nullable Object value) {
    if (value != null) {
      throw InvalidInputException.setting(
          option, value, "is for nodes that join by the Kubernetes API; add --join kubernetes");
    }
  }

  private Joining kubernetes() {
    if (seeds != null) {
      throw InvalidInputException.setting(
          "--seeds",
          seeds,
          "names nodes, and --join kubernetes asks the Kubernetes API for them; give one of both");
    }
    if (resolver(Resolver.LEASE) != Resolver.LEASE) {
      throw InvalidInputException.setting(
          "--resolver",
          "separation",
          "nodes that join by the Kubernetes API have no names by which the sides of a separation"
              + " find one another again; use lease, or name nodes with --seeds");
    }
    return new Joining.Kubernetes(
        pods == null ? Joining.Kubernetes.PODS : pods,
        coreNodes == null ? Joining.Kubernetes.CORE_NODES : coreNodes,
        port == null ? Joining.Kubernetes.PORT : port);
  }

  private Resolver resolver(Resolver otherwise) {
    if (resolver == null) {
      return otherwise;
    }
    return switch (resolver.strip().toLowerCase(Locale.ROOT)) {
      case "separation" -> Resolver.SEPARATION;
      case "lease" -> Resolver.LEASE;
      default ->
          throw InvalidInputException.setting(
              "--resolver", resolver, "must be separation or lease");
    };
  }
}
