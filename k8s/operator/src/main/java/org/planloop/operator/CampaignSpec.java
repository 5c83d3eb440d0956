package org.planloop.operator;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign is to be. Null is what was not said; the API server checks the rest by the schema
 * in {@code k8s/overlays/operator/crd.yaml}.
 *
 * @param experiment HOCON; either this or the next
 * @param experimentConfigMap a ConfigMap of the namespace with a key {@code experiment.conf}
 * @param volumes {@code Retain} or {@code Delete}: what becomes of the volumes with the campaign
 * @param tlsSecret a Secret with {@code tls.key}, {@code tls.crt} and {@code ca.crt}; null: the
 *     operator makes one
 * @param httpSecret a Secret with {@code token}; null: the operator makes one
 * @param unknown fields of a newer version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CampaignSpec(
    @Nullable String experiment,
    @Nullable String experimentConfigMap,
    @Nullable Workers workers,
    @Nullable Trainer trainer,
    @Nullable Replay replay,
    @Nullable String storageClassName,
    @Nullable String image,
    @Nullable String imagePullPolicy,
    @Nullable Boolean suspend,
    @Nullable Long ttlSecondsAfterFinished,
    @Nullable Integer backoffLimit,
    @Nullable String volumes,
    @Nullable String tlsSecret,
    @Nullable String httpSecret,
    @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown) {
  static final String DELETE = "Delete";
  static final CampaignSpec EMPTY =
      new CampaignSpec(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          Map.of());

  private static final int SHARDS = 1;

  public CampaignSpec {
    unknown = known(unknown);
  }

  /** The pods that fly. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Workers(
      @Nullable Integer replicas,
      @Nullable ResourceRequirements resources,
      @Nullable Map<String, String> nodeSelector,
      @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown) {
    public Workers {
      unknown = known(unknown);
    }
  }

  /** The pod that fits. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Trainer(
      @Nullable ResourceRequirements resources,
      @Nullable String storage,
      @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown) {
    public Trainer {
      unknown = known(unknown);
    }
  }

  /** The pods that keep transitions. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Replay(
      @Nullable Integer shards,
      @Nullable ResourceRequirements resources,
      @Nullable String storage,
      @JsonAnySetter @JsonAnyGetter Map<String, Object> unknown) {
    public Replay {
      unknown = known(unknown);
    }
  }

  private static Map<String, Object> known(@Nullable Map<String, Object> unknown) {
    return unknown == null ? Map.of() : new TreeMap<>(unknown);
  }

  /** How many replay shards there are. */
  int shards() {
    return replay == null ? SHARDS : Objects.requireNonNullElse(replay.shards(), SHARDS);
  }

  @JsonIgnore
  boolean suspended() {
    return Boolean.TRUE.equals(suspend);
  }

  /** What this version does not know: paths below {@code spec}. */
  List<String> strange() {
    List<String> paths = new ArrayList<>();
    unknown.keySet().forEach(key -> paths.add("spec." + key));
    if (workers != null) {
      workers.unknown().keySet().forEach(key -> paths.add("spec.workers." + key));
    }
    if (trainer != null) {
      trainer.unknown().keySet().forEach(key -> paths.add("spec.trainer." + key));
    }
    if (replay != null) {
      replay.unknown().keySet().forEach(key -> paths.add("spec.replay." + key));
    }
    if (volumes != null && !List.of("Retain", DELETE).contains(volumes)) {
      paths.add("spec.volumes: " + volumes);
    }
    return paths;
  }
}
