package org.planloop.join;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.http.javadsl.Http;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.ManagementRouteProviderSettings;
import org.apache.pekko.management.javadsl.PekkoManagement;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cluster.Joining;
import org.planloop.deploy.cluster.KubernetesJoining;
import org.planloop.deploy.cluster.NodeSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins by Pekko's cluster bootstrap. The Kubernetes API names the pods of the core; a node asks
 * each of them which cluster it is in, and joins that. Where none is in any, the one with the
 * lowest address begins a cluster, if it belongs to the core, if every pod that runs has answered,
 * and if a majority of the core has: two majorities share a node, so two clusters cannot begin.
 *
 * <p>Pekko asks over HTTP. Here both ends of that show the certificates that nodes show one another
 * anyway ({@link MutualTls}), so nobody else learns or tells anything, and there is one page.
 */
public final class ApiJoining implements KubernetesJoining {
  private static final Logger LOG = LoggerFactory.getLogger(ApiJoining.class);

  private static final Duration BOUND_WITHIN = Duration.ofSeconds(20);
  private static final String WITHIN = "planloop.cluster.join-within";

  private static final String PEKKO =
      """
      pekko.cluster.seed-nodes = []
      # Nodes that were found may be gone before they answer: then the process starts again and looks anew.
      pekko.cluster.shutdown-after-unsuccessful-join-seed-nodes = 30 s
      pekko.management.http.routes.health-checks = ""
      pekko.management.cluster.bootstrap.contact-point-discovery {
        discovery-method = kubernetes-api
        contact-with-all-contact-points = true
        stable-margin = ${planloop.cluster.join-stable}
      }
      pekko.discovery.kubernetes-api.use-raw-ip = true
      pekko.cluster.split-brain-resolver.lease-majority {
        lease-implementation = "pekko.coordination.lease.kubernetes"
        acquire-lease-delay-for-minority = 5 s
        release-after = ${planloop.cluster.lease-release-after}
      }
      pekko.coordination.lease.kubernetes {
        lease-class = "org.planloop.join.PatientLease"
        # A holder that is dead is found out within 20 s.
        heartbeat-interval = 5 s
        heartbeat-timeout = 30 s
        lease-operation-timeout = 5 s
      }
      """;

  /** Made by ServiceLoader. */
  public ApiJoining() {}

  @Override
  public Config config(NodeSettings settings, Joining.Kubernetes how) {
    String address = address(settings);
    String http = "pekko.management.http.";
    String bootstrap = "pekko.management.cluster.bootstrap.";
    String found = bootstrap + "contact-point-discovery.";
    String discovery = "pekko.discovery.kubernetes-api.";
    Map<String, Object> values = new HashMap<>();
    values.put(http + "hostname", address);
    values.put(http + "bind-hostname", address);
    values.put(http + "port", how.port());
    values.put(bootstrap + "new-cluster-enabled", settings.core());
    values.put(found + "effective-name", settings.cluster());
    values.put(found + "port-name", Joining.Kubernetes.PORT_NAME);
    values.put(found + "required-contact-point-nr", how.majority());
    values.put(discovery + "pod-label-selector", how.pods());
    values.put(discovery + "container-name", Joining.Kubernetes.CONTAINER);
    values.put("pekko.cluster.split-brain-resolver.lease-majority.lease-name", settings.cluster());
    return ConfigFactory.parseMap(values, "--join kubernetes")
        .withFallback(ConfigFactory.parseString(PEKKO));
  }

  /** The one by which the API knows the pod. */
  private static String address(NodeSettings settings) {
    String host = settings.listening().here().orElse(settings.bind().host());
    try {
      InetAddress address = InetAddress.getByName(host);
      InvalidInputException.check(
          !address.isAnyLocalAddress(),
          "--listen",
          host,
          "with --join kubernetes a node listens to its pod's address alone, by which the others"
              + " find it; give that one ($(POD_IP))");
      return address.getHostAddress();
    } catch (UnknownHostException e) {
      throw InvalidInputException.setting(
          "--bind", host, "does not resolve here; give the pod's address with --listen");
    }
  }

  @Override
  public void begin(ActorSystem<?> system, NodeSettings settings, Joining.Kubernetes how) {
    PekkoManagement management = PekkoManagement.get(system);
    Function<ManagementRouteProviderSettings, ManagementRouteProviderSettings> secured =
        Function.identity();
    if (settings.tls().isPresent()) {
      MutualTls tls = new MutualTls(system.classicSystem(), settings.bind().host());
      Http.get(system.classicSystem()).setDefaultClientHttpsContext(tls.client());
      secured = routes -> routes.withHttpsConnectionContext(tls.server());
    }
    if (settings.core()) {
      listen(management, secured, settings, how);
    } else {
      // Nobody asks a worker. The bootstrap wants to know all the same what it would be asked by.
      management.getRoutes(secured);
    }
    LOG.info(
        "joins {}; a new cluster begins where {} of {} trainer and replay nodes find one another",
        how,
        how.majority(),
        how.coreNodes());
    ClusterBootstrap.get(system.classicSystem()).start();
    Duration within = system.settings().config().getDuration(WITHIN);
    system
        .scheduler()
        .scheduleOnce(within, () -> startAnewUnlessIn(system, within), system.executionContext());
  }

  private static void listen(
      PekkoManagement management,
      Function<ManagementRouteProviderSettings, ManagementRouteProviderSettings> secured,
      NodeSettings settings,
      Joining.Kubernetes how) {
    try {
      management
          .start(secured)
          .toCompletableFuture()
          .orTimeout(BOUND_WITHIN.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw new InvalidInputException(
          "--join-port = "
              + how.port()
              + ": cannot listen to "
              + address(settings)
              + " there ("
              + e.getCause()
              + "); is another node running on this port?",
          e);
    }
  }

  private static void startAnewUnlessIn(ActorSystem<?> system, Duration within) {
    Member self = Cluster.get(system).selfMember();
    if (self.status().equals(MemberStatus.removed())) {
      LOG.warn(
          "in no cluster after {} s: this node starts anew; its first warnings say whom it has"
              + " asked, and operations.md what may be wrong",
          within.toSeconds());
      var unused =
          CoordinatedShutdown.get(system)
              .runAll(CoordinatedShutdown.clusterJoinUnsuccessfulReason());
    }
  }
}
