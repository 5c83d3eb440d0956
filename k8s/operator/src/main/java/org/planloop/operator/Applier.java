package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.planloop.operator.Problem.Kind;

/**
 * Makes a campaign's objects be what they are to be. It never touches what belongs to somebody
 * else. What it has applied it remembers, to spare the API server: workloads are applied again when
 * anybody has changed them, all others every ten minutes, and all by a process that starts.
 */
final class Applier {
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final Cluster cluster;
  private final Map<String, Map<String, Applied>> campaigns = new ConcurrentHashMap<>();

  private record Applied(String json, @Nullable Long generation, Instant at) {}

  Applier(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Returns what stands in the way; the rest is done, or nothing if names are taken. */
  List<Problem> apply(Campaign campaign, List<HasMetadata> wanted, Observed observed, Instant now) {
    Map<String, Applied> applied =
        campaigns.computeIfAbsent(campaign.uid(), uid -> new ConcurrentHashMap<>());
    Map<HasMetadata, Optional<? extends HasMetadata>> due = new LinkedHashMap<>();
    List<Problem> conflicts = new ArrayList<>();
    for (HasMetadata object : wanted) {
      if (!remembered(applied.get(key(object)), object, observed, now)) {
        Optional<? extends HasMetadata> there =
            cluster.get(object.getClass(), campaign.namespace(), object.getMetadata().getName());
        there
            .filter(one -> !Observed.belongs(one, campaign))
            .ifPresent(one -> conflicts.add(conflict(object.getKind(), one)));
        due.put(object, there);
      }
    }
    if (!conflicts.isEmpty()) {
      return conflicts;
    }
    List<Problem> refused = new ArrayList<>();
    due.forEach(
        (object, there) -> {
          try {
            if (there.isEmpty() || changeable(object, there.get())) {
              HasMetadata result = cluster.apply(object);
              applied.put(
                  key(object),
                  new Applied(
                      Serialization.asJson(object), result.getMetadata().getGeneration(), now));
            }
          } catch (Cluster.RefusedException e) {
            refused.add(
                new Problem(
                    Kind.REFUSED,
                    "ApiServerRefuses",
                    object.getKind()
                        + " "
                        + object.getMetadata().getName()
                        + ": "
                        + e.getMessage()));
          }
        });
    return refused;
  }

  /** The campaign is gone. */
  void forget(Campaign campaign) {
    campaigns.remove(campaign.uid());
  }

  /** A job with other pods is deleted first; what is being deleted is waited for. */
  private boolean changeable(HasMetadata wanted, HasMetadata there) {
    if (there.getMetadata().getDeletionTimestamp() != null) {
      return false;
    }
    if (wanted instanceof Job && !template(wanted).equals(template(there))) {
      cluster.delete(there);
      return false;
    }
    return true;
  }

  private static String template(HasMetadata job) {
    Map<String, String> annotations = job.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(Rendering.TEMPLATE, "");
  }

  private static boolean remembered(
      @Nullable Applied applied, HasMetadata wanted, Observed observed, Instant now) {
    if (applied == null || !applied.json().equals(Serialization.asJson(wanted))) {
      return false;
    }
    boolean workload =
        wanted instanceof StatefulSet || wanted instanceof Deployment || wanted instanceof Job;
    if (!workload) {
      return now.isBefore(applied.at().plus(AGAIN));
    }
    return observed
        .workload(wanted)
        .map(HasMetadata::getMetadata)
        .filter(there -> there.getDeletionTimestamp() == null && there.getGeneration() != null)
        .filter(there -> there.getGeneration().equals(applied.generation()))
        .isPresent();
  }

  static Problem conflict(String kind, HasMetadata there) {
    List<OwnerReference> owners = there.getMetadata().getOwnerReferences();
    boolean earlier =
        owners != null && owners.stream().anyMatch(owner -> owner.getKind().equals("Campaign"));
    String owner =
        owners == null || owners.isEmpty()
            ? "nobody that the operator knows"
            : owners.get(0).getKind()
                + " "
                + owners.get(0).getName()
                + " ("
                + owners.get(0).getUid()
                + ")";
    return new Problem(
        Kind.NAME_CONFLICT,
        earlier ? "BelongsToAnotherCampaign" : "BelongsToOthers",
        kind
            + " "
            + there.getMetadata().getName()
            + " is there already and belongs to "
            + owner
            + ", so it is left alone; "
            + (earlier
                ? "it goes with that campaign: wait, or give this one another name"
                : "give this campaign another name, or put it into another namespace"));
  }

  private static String key(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }
}
