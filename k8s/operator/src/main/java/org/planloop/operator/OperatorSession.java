package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.deploy.cli.Signals;
import org.planloop.deploy.cli.Version;
import org.planloop.deploy.cluster.HostPort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An operator from its start to its end. */
final class OperatorSession {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorSession.class);
  private static final String LEASE = "planloop-operator";
  private static final int AT_A_TIME = 8;
  private static final Duration LAST_LOOKS = Duration.ofSeconds(10);
  private static final int EXIT_BASE = 128;

  private final String namespace;
  private final @Nullable String image;
  private final @Nullable String pod;
  private final @Nullable HostPort http;
  private final Signals signals;
  private final InstantSource clock;

  /**
   * @param image what campaigns run; null: what {@code pod} runs
   * @param http where health is shown; null for nowhere
   */
  OperatorSession(
      String namespace,
      @Nullable String image,
      @Nullable String pod,
      @Nullable HostPort http,
      Signals signals,
      InstantSource clock) {
    this.namespace = namespace;
    this.image = image;
    this.pod = pod;
    this.http = http;
    this.signals = signals;
    this.clock = clock;
  }

  /** Returns the process's exit code once it is told to stop. */
  int run() {
    CountDownLatch stop = new CountDownLatch(1);
    AtomicInteger signal = new AtomicInteger();
    signals.listen(
        number -> {
          signal.set(number);
          stop.countDown();
        });
    try (KubernetesClient client = client()) {
      String campaigns = image != null ? image : imageOf(client);
      Operator operator = operator(client, campaigns);
      try (OperatorHealth health = OperatorHealth.show(http, operator.getRuntimeInfo())) {
        operator.start();
        LOG.info("operator of namespace {} has started; campaigns run {}", namespace, campaigns);
        stop.await();
        LOG.info("stopping; campaigns go on by themselves");
      } finally {
        operator.stop();
        release(client);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
    return EXIT_BASE + signal.get();
  }

  /** Else the next one waits until the time in it is over, which this node's clock has written. */
  private void release(KubernetesClient client) {
    try {
      Lease lease = client.leases().inNamespace(namespace).withName(LEASE).get();
      if (lease != null && identity().equals(lease.getSpec().getHolderIdentity())) {
        lease.getSpec().setHolderIdentity("");
        client.resource(lease).update();
      }
    } catch (KubernetesClientException e) {
      LOG.warn("the lease {} is not given back, and ends by itself: {}", LEASE, e.getMessage());
    }
  }

  private String identity() {
    return pod == null ? "outside-" + ProcessHandle.current().pid() : pod;
  }

  private static KubernetesClient client() {
    return new KubernetesClientBuilder()
        .withConfig(
            new ConfigBuilder()
                .withConnectionTimeout(5000)
                .withRequestTimeout(15_000)
                .withRequestRetryBackoffLimit(3)
                .build())
        .build();
  }

  private String imageOf(KubernetesClient client) {
    Pod own = client.pods().inNamespace(namespace).withName(pod).get();
    if (own == null) {
      throw new InvalidInputException(
          "POD_NAME " + pod + ": there is no such pod in " + namespace + "; name --image");
    }
    return own.getSpec().getContainers().get(0).getImage();
  }

  private Operator operator(KubernetesClient client, String campaigns) {
    SimpleInboundEventSource<Campaign> heard = new SimpleInboundEventSource<>("pods-say");
    Cluster cluster = new KubernetesCluster(client);
    PodWatch pods =
        new HttpPodWatch(
            new Credentials(cluster),
            clock,
            campaign -> heard.propagateEvent(new ResourceID(campaign.name(), campaign.namespace())),
            HttpPodWatch.PORT);
    Reconciliation reconciliation =
        new Reconciliation(
            cluster, pods, new Rendering(campaigns, namespace), clock, Version.current());
    LeaderElectionConfiguration lease =
        LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(LEASE)
            .withLeaseNamespace(namespace)
            .withIdentity(identity())
            .build();
    Operator operator =
        new Operator(
            overrider ->
                overrider
                    .withKubernetesClient(client)
                    .withCloseClientOnStop(false)
                    .withConcurrentReconciliationThreads(AT_A_TIME)
                    .withReconciliationTerminationTimeout(LAST_LOOKS)
                    .withLeaderElectionConfiguration(lease));
    operator.register(new CampaignReconciler(reconciliation, heard));
    return operator;
  }
}
