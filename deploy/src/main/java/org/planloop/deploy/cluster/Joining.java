package org.planloop.deploy.cluster;

import static org.planloop.data.InvalidInputException.check;

import java.util.List;

/** How a node finds its cluster, and with that what becomes of the sides of a separation. */
public sealed interface Joining {
  /** What becomes of the sides of a separation. Nodes of one cluster have the same. */
  enum Resolver {
    /** Each side goes on; when they meet again, the one without the trainer starts anew. */
    SEPARATION,
    /** The side goes on that gets a lease of the Kubernetes API; the others start anew. */
    LEASE
  }

  /** Decides which side of a separation goes on. */
  Resolver resolver();

  /**
   * By name.
   *
   * @param seeds nodes to join; the first of them begins a cluster where there is none
   */
  record Seeds(List<HostPort> seeds, Resolver resolver) implements Joining {
    public Seeds {
      seeds = List.copyOf(seeds);
    }

    @Override
    public String toString() {
      return String.join(",", seeds.stream().map(HostPort::toString).toList());
    }
  }

  /**
   * By the Kubernetes API. Trainer and replay nodes, the core, begin a cluster where they find
   * none; workers never do. Always with {@link Resolver#LEASE}: who knows no names could not find
   * the other side of a separation again, so one of them has to end.
   *
   * @param pods selects the pods of the core by their labels, in the node's own namespace
   * @param coreNodes how many trainer and replay nodes the cluster has; a majority of them must
   *     have found one another before one begins a cluster
   * @param port where nodes of the core tell others which cluster they are in; pods name it {@link
   *     #PORT_NAME}
   */
  record Kubernetes(String pods, int coreNodes, int port) implements Joining {
    /** The labels of {@code k8s/base}. */
    public static final String PODS =
        "app.kubernetes.io/part-of=planloop,app.kubernetes.io/component in (trainer,replay)";

    /** A trainer and one shard. */
    public static final int CORE_NODES = 2;

    /** Where nodes tell their cluster, if no other port is given. */
    public static final int PORT = 25521;

    /** What a pod calls that port. */
    public static final String PORT_NAME = "join";

    /** What a pod calls the container that the node runs in. */
    public static final String CONTAINER = "planloop";

    public Kubernetes {
      check(
          pods.matches("[A-Za-z0-9._/=!,() -]{1,500}"),
          "--join-pods",
          pods,
          "must select pods by their labels, as kubectl get pods --selector does");
      check(
          coreNodes >= 1 && coreNodes <= 1025, "--core-nodes", coreNodes, "must be from 1 to 1025");
      check(port >= 1 && port <= 65_535, "--join-port", port, "must be from 1 to 65535");
    }

    /** How many nodes of the core must have found one another before one begins a cluster. */
    public int majority() {
      return coreNodes / 2 + 1;
    }

    @Override
    public Resolver resolver() {
      return Resolver.LEASE;
    }

    @Override
    public String toString() {
      return "the pods of '" + pods + "' that the Kubernetes API names";
    }
  }
}
