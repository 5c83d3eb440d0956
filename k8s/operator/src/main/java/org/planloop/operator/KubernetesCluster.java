package org.planloop.operator;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster behind a Kubernetes API. */
final class KubernetesCluster implements Cluster {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesCluster.class);
  private static final String MANAGER = "planloop-operator";

  /** What the API server does not do however often it is asked. */
  private static final List<Integer> REFUSED =
      List.of(
          HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_FORBIDDEN,
          HttpURLConnection.HTTP_NOT_FOUND,
          422);

  private final KubernetesClient client;

  KubernetesCluster(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public <T extends HasMetadata> Optional<T> get(Class<T> type, String namespace, String name) {
    return Optional.ofNullable(client.resources(type).inNamespace(namespace).withName(name).get());
  }

  @Override
  public <T extends HasMetadata> T apply(T wanted) throws RefusedException {
    try {
      return client.resource(wanted).fieldManager(MANAGER).forceConflicts().serverSideApply();
    } catch (KubernetesClientException e) {
      if (REFUSED.contains(e.getCode())) {
        String message =
            e.getStatus() == null ? String.valueOf(e.getMessage()) : e.getStatus().getMessage();
        throw new RefusedException(message);
      }
      throw e;
    }
  }

  @Override
  public void delete(HasMetadata object) {
    client.resource(object).withPropagationPolicy(DeletionPropagation.BACKGROUND).delete();
  }

  @Override
  public void status(Campaign campaign, CampaignStatus status) {
    Campaign fresh = new Campaign();
    fresh.getMetadata().setName(campaign.name());
    fresh.getMetadata().setNamespace(campaign.namespace());
    fresh.setStatus(status);
    try {
      client
          .resource(fresh)
          .subresource("status")
          .patch(
              new PatchContext.Builder()
                  .withFieldManager(MANAGER)
                  .withForce(true)
                  .withPatchType(PatchType.SERVER_SIDE_APPLY)
                  .build());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
      // Deleted in the meantime: there is nobody left to tell.
    }
  }

  @Override
  public void tell(Event event) {
    LOG.info(
        "campaign={}/{} event={} {}",
        event.getMetadata().getNamespace(),
        event.getInvolvedObject().getName(),
        event.getReason(),
        event.getMessage());
    try {
      client.v1().events().inNamespace(event.getMetadata().getNamespace()).resource(event).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        // An event is news, no state: whatever it told stands in the status too.
        LOG.warn("an event cannot be written: {}", e.getMessage());
      }
    }
  }
}
