package org.planloop.deploy.cluster;

import com.typesafe.config.Config;
import java.util.ServiceLoader;
import org.apache.pekko.actor.typed.ActorSystem;
import org.planloop.data.InvalidInputException;

/**
 * Joins by the Kubernetes API. Another module brings it, found by {@link ServiceLoader}: whoever
 * does not ask for it needs none of its libraries.
 */
public interface KubernetesJoining {
  /** Pekko's settings of a node that joins so; they win over the defaults. */
  Config config(NodeSettings settings, Joining.Kubernetes how);

  /**
   * Begins to join; returns before the node is a member.
   *
   * @param system with {@link #config}
   * @throws InvalidInputException if the node cannot listen on its port
   */
  void begin(ActorSystem<?> system, NodeSettings settings, Joining.Kubernetes how);

  /**
   * The one that is installed.
   *
   * @throws InvalidInputException if none is
   */
  static KubernetesJoining installed() {
    return ServiceLoader.load(KubernetesJoining.class, KubernetesJoining.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                InvalidInputException.setting(
                    "--join",
                    "kubernetes",
                    "the part that speaks to the Kubernetes API is in the container image alone"
                        + " (docs/kubernetes.md); run that, or name nodes with --seeds"));
  }
}
