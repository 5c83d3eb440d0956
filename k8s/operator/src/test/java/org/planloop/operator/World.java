package org.planloop.operator;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rest of Kubernetes: controllers that make and end pods, volumes and what is owned by what is
 * gone; and the framework that looks at campaigns. One step of it is two seconds.
 */
final class World implements InstantSource, PodWatch {
  static final String IMAGE = "planloop:1";

  final FakeCluster cluster = new FakeCluster();
  final Map<String, Campaign> campaigns = new TreeMap<>();

  /** Names of campaigns whose client is to end like this at the next step. */
  final Map<String, String> ends = new HashMap<>();

  /** What campaigns' trainers say. */
  final Map<String, Seen> said = new HashMap<>();

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Reconciliation operator = started();
  private int incarnations;

  private Reconciliation started() {
    return new Reconciliation(cluster, this, new Rendering(IMAGE, "ops"), this, "1");
  }

  /** Another process takes over, which remembers nothing. */
  void restartOperator() {
    cluster.live();
    operator = started();
  }

  @Override
  public Instant instant() {
    return now;
  }

  void pass(long seconds) {
    now = now.plusSeconds(seconds);
  }

  @Override
  public Seen ask(Campaign campaign, Observed observed) {
    return observed.readyPods(Names.TRAINER) == 0
        ? Seen.NOTHING
        : said.getOrDefault(campaign.name(), Seen.NOTHING);
  }

  @Override
  public void forget(Campaign campaign) {
    said.remove(campaign.name());
  }

  /** As {@code kubectl create}. */
  Campaign create(String name, String spec) {
    Campaign campaign = Campaigns.of(name, spec);
    campaign.getMetadata().setUid("uid-" + name + "-" + ++incarnations);
    campaigns.put(name, campaign);
    return campaign;
  }

  /** As {@code kubectl apply} of another spec. */
  void change(String name, String spec) {
    Campaign before = campaigns.get(name);
    before.setSpec(Campaigns.of(name, spec).getSpec());
    before.getMetadata().setGeneration(before.getMetadata().getGeneration() + 1);
  }

  /** As {@code kubectl delete}. */
  void delete(String name) {
    Campaign campaign = campaigns.get(name);
    if (campaign.getFinalizers().isEmpty()) {
      campaigns.remove(name);
    } else if (!campaign.leaving()) {
      campaign.getMetadata().setDeletionTimestamp(Conditions.time(now));
    }
  }

  CampaignStatus status(String name) {
    return campaigns.get(name).stood();
  }

  String condition(String name, String type) {
    return status(name)
        .condition(type)
        .map(one -> one.getStatus() + " " + one.getReason() + ": " + one.getMessage())
        .orElse("");
  }

  /** Lets the world go on for as many steps, each campaign looked at once in each. */
  void steps(int count) {
    for (int i = 0; i < count; i++) {
      controllers();
      pass(2);
      for (String name : List.copyOf(campaigns.keySet())) {
        look(name);
      }
    }
  }

  /** What the framework does when it has news of a campaign. */
  void look(String name) {
    Campaign stored = campaigns.get(name);
    try {
      Campaign seen = Campaigns.copy(stored);
      if (stored.leaving()) {
        if (operator.cleanUp(seen, cluster.owned(seen)).done()) {
          campaigns.remove(name);
        }
      } else {
        stored.addFinalizer(Campaign.FINALIZER);
        operator.reconcile(seen, cluster.owned(seen));
      }
    } catch (FakeCluster.Killed e) {
      restartOperator();
    }
    if (cluster.statuses.containsKey(stored.uid())) {
      stored.setStatus(cluster.statuses.get(stored.uid()));
    }
  }

  private void controllers() {
    collectGarbage();
    List<Pod> leaving =
        cluster.all(Pod.class).stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() != null)
            .toList();
    leaving.forEach(pod -> cluster.objects.remove(FakeCluster.key(pod)));
    cluster.all(Pod.class).forEach(World::becomeReady);
    cluster.all(StatefulSet.class).stream()
        .filter(set -> set.getSpec().getTemplate() != null)
        .forEach(this::statefulSet);
    cluster.all(Deployment.class).stream()
        .filter(deployment -> deployment.getSpec().getTemplate() != null)
        .forEach(this::deployment);
    cluster.all(Job.class).forEach(this::job);
  }

  private void collectGarbage() {
    Set<String> alive = new HashSet<>();
    campaigns.values().forEach(campaign -> alive.add(campaign.uid()));
    boolean changed = true;
    while (changed) {
      Set<String> uids = new HashSet<>(alive);
      cluster.objects.values().forEach(object -> uids.add(object.getMetadata().getUid()));
      changed =
          cluster
              .objects
              .values()
              .removeIf(object -> !(object instanceof Pod) && orphan(object, uids));
      cluster.all(Pod.class).stream()
          .filter(pod -> orphan(pod, uids) && pod.getMetadata().getDeletionTimestamp() == null)
          .forEach(this::end);
    }
  }

  private static boolean orphan(HasMetadata object, Set<String> uids) {
    List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
    return owners != null
        && !owners.isEmpty()
        && owners.stream().noneMatch(owner -> uids.contains(owner.getUid()));
  }

  private void end(Pod pod) {
    pod.getMetadata().setDeletionTimestamp(Conditions.time(now.plusSeconds(45)));
  }

  private static void becomeReady(Pod pod) {
    if (pod.getStatus().getPhase().equals("Pending")) {
      pod.getStatus().setPhase("Running");
      pod.getStatus()
          .setConditions(
              List.of(new PodConditionBuilder().withType("Ready").withStatus("True").build()));
    }
  }

  private Pod pod(String name, HasMetadata owner, PodTemplateSpec template) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(owner.getMetadata().getNamespace())
            .withLabels(new HashMap<>(template.getMetadata().getLabels()))
            .withOwnerReferences(reference(owner))
            .withCreationTimestamp(Conditions.time(now))
            .endMetadata()
            .withSpec(template.getSpec())
            .withNewStatus()
            .withPhase("Pending")
            .endStatus()
            .build();
    cluster.put(pod);
    return pod;
  }

  private static OwnerReference reference(HasMetadata owner) {
    OwnerReference reference = new OwnerReference();
    reference.setKind(owner.getKind());
    reference.setName(owner.getMetadata().getName());
    reference.setUid(owner.getMetadata().getUid());
    return reference;
  }

  private List<Pod> podsOf(HasMetadata owner) {
    return cluster.all(Pod.class).stream()
        .filter(
            pod ->
                pod.getMetadata()
                    .getOwnerReferences()
                    .get(0)
                    .getUid()
                    .equals(owner.getMetadata().getUid()))
        .toList();
  }

  private static String image(PodTemplateSpec template) {
    return template.getSpec().getContainers().get(0).getImage();
  }

  private void statefulSet(StatefulSet set) {
    String name = set.getMetadata().getName();
    for (int i = 0; i < set.getSpec().getReplicas(); i++) {
      String pod = name + "-" + i;
      String claim = "data-" + pod;
      String at = FakeCluster.key("PersistentVolumeClaim", set.getMetadata().getNamespace(), claim);
      if (!cluster.objects.containsKey(at)) {
        boolean goes =
            set.getSpec()
                .getPersistentVolumeClaimRetentionPolicy()
                .getWhenDeleted()
                .equals("Delete");
        PersistentVolumeClaim made =
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(claim)
                .withNamespace(set.getMetadata().getNamespace())
                .withLabels(new HashMap<>(set.getSpec().getSelector().getMatchLabels()))
                .withOwnerReferences(goes ? List.of(reference(set)) : List.of())
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .withPhase("Bound")
                .endStatus()
                .build();
        cluster.put(made);
      }
      if (!cluster.objects.containsKey(
          FakeCluster.key("Pod", set.getMetadata().getNamespace(), pod))) {
        pod(pod, set, set.getSpec().getTemplate());
      }
    }
    for (Pod pod : podsOf(set)) {
      int number = Integer.parseInt(pod.getMetadata().getName().substring(name.length() + 1));
      boolean old =
          !pod.getSpec()
              .getContainers()
              .get(0)
              .getImage()
              .equals(image(set.getSpec().getTemplate()));
      if (number >= set.getSpec().getReplicas() || old) {
        end(pod);
      }
    }
  }

  private void deployment(Deployment deployment) {
    String name = deployment.getMetadata().getName();
    List<Pod> pods = new ArrayList<>(podsOf(deployment));
    int wanted = deployment.getSpec().getReplicas();
    for (int i = 0; i < pods.size(); i++) {
      boolean old =
          !pods.get(i)
              .getSpec()
              .getContainers()
              .get(0)
              .getImage()
              .equals(image(deployment.getSpec().getTemplate()));
      if (i >= wanted || old) {
        end(pods.get(i));
      }
    }
    for (int i = 0; podsOf(deployment).size() < wanted; i++) {
      if (!cluster.objects.containsKey(
          FakeCluster.key("Pod", deployment.getMetadata().getNamespace(), name + "-" + i))) {
        pod(name + "-" + i, deployment, deployment.getSpec().getTemplate());
      }
    }
    List<Pod> live =
        podsOf(deployment).stream()
            .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
            .toList();
    deployment.setStatus(
        new DeploymentStatusBuilder()
            .withReplicas(live.size())
            .withReadyReplicas((int) live.stream().filter(Observed::ready).count())
            .build());
  }

  private void job(Job job) {
    if (job.getStatus() == null) {
      job.setStatus(new JobStatus());
    }
    boolean over = !job.getStatus().getConditions().isEmpty();
    boolean suspended = Boolean.TRUE.equals(job.getSpec().getSuspend());
    List<Pod> pods = podsOf(job);
    if (suspended || over) {
      pods.stream()
          .filter(pod -> suspended || pod.getStatus().getPhase().equals("Running"))
          .forEach(this::end);
    } else if (pods.isEmpty()) {
      pod(
          job.getMetadata().getName() + "-" + job.getMetadata().getUid(),
          job,
          job.getSpec().getTemplate());
    } else {
      String campaign = job.getMetadata().getLabels().get(Campaign.LABEL);
      String end = ends.get(campaign);
      if (end != null && Observed.ready(pods.get(0))) {
        ends.remove(campaign);
        finish(job, pods.get(0), end);
      }
    }
  }

  /** {@code Complete}, or what the program said before it was refused. */
  private static void finish(Job job, Pod pod, String end) {
    boolean complete = end.equals("Complete");
    job.getStatus()
        .setConditions(
            List.of(
                new JobConditionBuilder()
                    .withType(complete ? "Complete" : "Failed")
                    .withStatus("True")
                    .withReason(complete ? "" : "PodFailurePolicy")
                    .build()));
    pod.getStatus().setConditions(List.of());
    pod.getStatus().setPhase(complete ? "Succeeded" : "Failed");
    pod.getStatus()
        .setContainerStatuses(
            List.of(
                new ContainerStatusBuilder()
                    .withName("planloop")
                    .withState(
                        new ContainerStateBuilder()
                            .withNewTerminated()
                            .withExitCode(complete ? 0 : 2)
                            .withMessage(end)
                            .endTerminated()
                            .build())
                    .build()));
  }
}
