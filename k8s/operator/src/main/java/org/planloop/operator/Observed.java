package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What there is of a campaign in the cluster. */
record Observed(
    Optional<StatefulSet> trainer,
    Optional<StatefulSet> replay,
    Optional<Deployment> worker,
    Optional<Job> job,
    List<Pod> pods,
    List<PersistentVolumeClaim> claims) {
  private static final String COMPONENT = "app.kubernetes.io/component";

  /** Beyond a pod's own grace period: then its node is lost, and nobody waits for it. */
  private static final Duration LOST = Duration.ofSeconds(90);

  static final Observed NOTHING =
      new Observed(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          List.of());

  Observed {
    pods = List.copyOf(pods);
    claims = List.copyOf(claims);
  }

  static Observed of(Campaign campaign, Owned owned) {
    Names names = Names.of(campaign);
    return new Observed(
        own(campaign, owned.of(StatefulSet.class), names.of(Names.TRAINER)),
        own(campaign, owned.of(StatefulSet.class), names.of(Names.REPLAY)),
        own(campaign, owned.of(Deployment.class), names.of(Names.WORKER)),
        own(campaign, owned.of(Job.class), names.of(Names.CLIENT)),
        owned.of(Pod.class),
        owned.of(PersistentVolumeClaim.class));
  }

  private static <T extends HasMetadata> Optional<T> own(
      Campaign campaign, List<T> all, String name) {
    return all.stream()
        .filter(one -> one.getMetadata().getName().equals(name) && belongs(one, campaign))
        .findFirst();
  }

  /** Whether an object was made for this very campaign. */
  static boolean belongs(HasMetadata object, Campaign campaign) {
    return object.getMetadata().getOwnerReferences() != null
        && object.getMetadata().getOwnerReferences().stream()
            .anyMatch(owner -> campaign.uid().equals(owner.getUid()));
  }

  static String component(HasMetadata object) {
    return object.getMetadata().getLabels() == null
        ? ""
        : object.getMetadata().getLabels().getOrDefault(COMPONENT, "");
  }

  /** What makes pods. */
  Stream<HasMetadata> workloads() {
    return Stream.of(worker, job, trainer, replay).flatMap(Optional::stream);
  }

  /** What there is of that kind and name, among what makes pods. */
  Optional<HasMetadata> workload(HasMetadata wanted) {
    return workloads()
        .filter(one -> one.getKind().equals(wanted.getKind()))
        .filter(one -> one.getMetadata().getName().equals(wanted.getMetadata().getName()))
        .findFirst();
  }

  List<Pod> pods(String component) {
    return pods.stream().filter(pod -> component(pod).equals(component)).toList();
  }

  /** Whether any such pod may still do something. */
  boolean anyPod(String component, Instant now) {
    return pods(component).stream().anyMatch(pod -> isLive(pod, now));
  }

  /** Whether any pod at all may still do something. */
  boolean anyPod(Instant now) {
    return pods.stream().anyMatch(pod -> isLive(pod, now));
  }

  /** Neither ended nor on a lost node. */
  boolean isLive(Pod pod, Instant now) {
    return !ended(pod) && !lost(pod, now);
  }

  private static boolean ended(Pod pod) {
    return pod.getStatus() != null
        && List.of("Succeeded", "Failed").contains(String.valueOf(pod.getStatus().getPhase()));
  }

  private static boolean lost(Pod pod, Instant now) {
    String until = pod.getMetadata().getDeletionTimestamp();
    // It is the time at which the grace period ends.
    return until != null && now.isAfter(Instant.parse(until).plus(LOST));
  }

  static boolean ready(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getConditions() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(one -> "Ready".equals(one.getType()) && "True".equals(one.getStatus()));
  }

  int readyPods(String component) {
    return (int) pods(component).stream().filter(Observed::ready).count();
  }

  /** Whether the client is at work: the campaign is submitted or about to be. */
  boolean clientRuns() {
    return pods(Names.CLIENT).stream().anyMatch(Observed::ready);
  }

  /** Whether the job ended like this: {@code Complete} or {@code Failed}. */
  boolean job(String condition) {
    return jobReason(condition).isPresent();
  }

  /** Why the job ended like this. */
  Optional<String> jobReason(String condition) {
    return job
        .filter(one -> one.getStatus() != null && one.getStatus().getConditions() != null)
        .stream()
        .flatMap(one -> one.getStatus().getConditions().stream())
        .filter(one -> condition.equals(one.getType()) && "True".equals(one.getStatus()))
        .map(one -> Objects.requireNonNullElse(one.getReason(), ""))
        .findFirst();
  }
}
