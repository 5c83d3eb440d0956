package org.planloop.operator;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a campaign's objects of the base: other names, labels, and what the campaign says; nothing
 * else. A pure function.
 *
 * @param image what pods run where the campaign names none
 * @param operatorNamespace where the operator runs
 */
record Rendering(String image, String operatorNamespace) {
  /** What a job's pods are made of, in short. */
  static final String TEMPLATE = Campaign.GROUP + "/template";

  private static final String SUBMISSION = "--submission=$(JOB_UID)";

  /** What it is made of: as it stood in the base. */
  private record Part(HasMetadata object, String component) {}

  /** All objects, in the order in which they are to be made. */
  List<HasMetadata> of(Campaign campaign, Scale scale) {
    List<HasMetadata> objects = new ArrayList<>();
    for (HasMetadata object : BaseManifests.all()) {
      Part part = new Part(object, Observed.component(object));
      settle(part, campaign);
      fill(part, campaign, scale);
      if (!(object instanceof ConfigMap && campaign.wanted().experiment() == null)) {
        objects.add(object);
      }
    }
    return objects;
  }

  /** Its name, namespace, labels and owner. */
  private static void settle(Part part, Campaign campaign) {
    HasMetadata object = part.object;
    Names names = Names.of(campaign);
    object.getMetadata().setName(names.of(object.getKind(), object.getMetadata().getName()));
    object.getMetadata().setNamespace(campaign.namespace());
    object.getMetadata().setOwnerReferences(List.of(owner(campaign)));
    Labels.add(object, Map.of(Campaign.LABEL, campaign.name()));
    Labels.select(object, Campaign.LABEL, campaign.name());
    Labels.template(object).ifPresent(template -> rename(template.getSpec(), campaign));
  }

  static OwnerReference owner(Campaign campaign) {
    return new OwnerReferenceBuilder()
        .withApiVersion(campaign.getApiVersion())
        .withKind(campaign.getKind())
        .withName(campaign.name())
        .withUid(campaign.uid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }

  private static void rename(PodSpec pod, Campaign campaign) {
    CampaignSpec spec = campaign.wanted();
    Names names = Names.of(campaign);
    pod.setServiceAccountName(names.of("ServiceAccount", pod.getServiceAccountName()));
    for (Container container : pod.getContainers()) {
      container.setArgs(
          container.getArgs().stream()
              .map(names::inArgument)
              .collect(Collectors.toCollection(ArrayList::new)));
    }
    for (Volume volume : pod.getVolumes()) {
      if (volume.getSecret() != null) {
        boolean tls = volume.getSecret().getSecretName().endsWith("-tls");
        String own = tls ? spec.tlsSecret() : spec.httpSecret();
        volume
            .getSecret()
            .setSecretName(
                own != null ? own : names.of("Secret", volume.getSecret().getSecretName()));
      } else if (volume.getConfigMap() != null) {
        String own = spec.experimentConfigMap();
        volume
            .getConfigMap()
            .setName(own != null ? own : names.of("ConfigMap", volume.getConfigMap().getName()));
      }
    }
  }

  /** What the campaign says. */
  private void fill(Part part, Campaign campaign, Scale scale) {
    CampaignSpec spec = campaign.wanted();
    Labels.template(part.object)
        .ifPresent(
            template -> {
              Container container = template.getSpec().getContainers().get(0);
              container.setImage(Objects.requireNonNullElse(spec.image(), image));
              if (spec.imagePullPolicy() != null) {
                container.setImagePullPolicy(spec.imagePullPolicy());
              }
            });
    if (part.object instanceof StatefulSet set) {
      boolean trainer = part.component.equals(Names.TRAINER);
      set.getSpec().setServiceName(campaign.name());
      set.getSpec().setReplicas(trainer ? scale.trainer() : scale.replay());
      resources(set, trainer ? trainerResources(spec) : replayResources(spec));
      volumes(set, spec, trainer ? trainerStorage(spec) : replayStorage(spec));
    } else if (part.object instanceof Deployment deployment) {
      scale.workers().ifPresent(deployment.getSpec()::setReplicas);
      if (spec.workers() != null) {
        resources(deployment, spec.workers().resources());
        if (spec.workers().nodeSelector() != null) {
          deployment
              .getSpec()
              .getTemplate()
              .getSpec()
              .setNodeSelector(spec.workers().nodeSelector());
        }
      }
    } else if (part.object instanceof Job job) {
      client(job, campaign, scale);
    } else if (part.object instanceof ConfigMap map) {
      map.setData(Map.of("experiment.conf", Objects.requireNonNullElse(spec.experiment(), "")));
    } else if (part.object instanceof NetworkPolicy policy) {
      policy.getSpec().getIngress().stream()
          .flatMap(rule -> rule.getFrom().stream())
          .filter(peer -> peer.getNamespaceSelector() != null)
          .forEach(
              peer ->
                  peer.getNamespaceSelector()
                      .setMatchLabels(Map.of("kubernetes.io/metadata.name", operatorNamespace)));
    }
  }

  private static void client(Job job, Campaign campaign, Scale scale) {
    CampaignSpec spec = campaign.wanted();
    if (spec.backoffLimit() != null) {
      job.getSpec().setBackoffLimit(spec.backoffLimit());
    }
    if (scale.jobSuspended()) {
      job.getSpec().setSuspend(true);
    }
    Container container = job.getSpec().getTemplate().getSpec().getContainers().get(0);
    List<String> args = new ArrayList<>(container.getArgs());
    // Not the job's own identity: the campaign outlives its job.
    args.replaceAll(
        arg ->
            arg.equals(SUBMISSION) ? "--submission=" + Names.of(campaign).submission(spec) : arg);
    args.add("--set=replay.shards=" + spec.shards());
    container.setArgs(args);
    List<EnvVar> env = new ArrayList<>(container.getEnv());
    env.removeIf(variable -> variable.getName().equals("JOB_UID"));
    container.setEnv(env);
    // A job's pods cannot be changed: from another template another job is to be made.
    String template = Serialization.asJson(job.getSpec().getTemplate());
    job.getMetadata().setAnnotations(Map.of(TEMPLATE, Names.sha256(template)));
  }

  private static @Nullable ResourceRequirements trainerResources(CampaignSpec spec) {
    return spec.trainer() == null ? null : spec.trainer().resources();
  }

  private static @Nullable ResourceRequirements replayResources(CampaignSpec spec) {
    return spec.replay() == null ? null : spec.replay().resources();
  }

  private static @Nullable String trainerStorage(CampaignSpec spec) {
    return spec.trainer() == null ? null : spec.trainer().storage();
  }

  private static @Nullable String replayStorage(CampaignSpec spec) {
    return spec.replay() == null ? null : spec.replay().storage();
  }

  private static void resources(HasMetadata object, @Nullable ResourceRequirements wanted) {
    if (wanted != null) {
      Labels.template(object)
          .ifPresent(template -> template.getSpec().getContainers().get(0).setResources(wanted));
    }
  }

  private static void volumes(StatefulSet set, CampaignSpec spec, @Nullable String storage) {
    var claim = set.getSpec().getVolumeClaimTemplates().get(0).getSpec();
    Optional.ofNullable(storage)
        .ifPresent(size -> claim.getResources().setRequests(Map.of("storage", new Quantity(size))));
    Optional.ofNullable(spec.storageClassName()).ifPresent(claim::setStorageClassName);
    if (CampaignSpec.DELETE.equals(spec.volumes())) {
      set.getSpec().getPersistentVolumeClaimRetentionPolicy().setWhenDeleted(CampaignSpec.DELETE);
    }
  }
}
