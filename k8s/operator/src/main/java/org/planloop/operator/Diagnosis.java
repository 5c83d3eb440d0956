package org.planloop.operator;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.operator.Problem.Kind;

/** What is wrong with a campaign's pods and volumes: a pure function of what is observed. */
final class Diagnosis {
  private static final List<String> NO_IMAGE =
      List.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "ErrImageNeverPull",
          "InvalidImageName",
          "RegistryUnavailable");
  private static final String BACK_OFF = "^Back-off pulling image \"[^\"]*\": (ErrImagePull: )?";
  private static final Duration SKEW = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration SETTLED = Duration.ofSeconds(8);
  private static final int LONGEST_TAIL = 600;

  private Diagnosis() {}

  static List<Problem> of(Observed observed, Seen seen, Instant now) {
    List<Problem> all = new ArrayList<>();
    for (Pod pod : observed.pods()) {
      if (pod.getStatus() != null && pod.getMetadata().getDeletionTimestamp() == null) {
        unscheduled(pod, observed, now).ifPresent(all::add);
        statuses(pod).forEach(status -> waiting(pod, status).ifPresent(all::add));
      }
    }
    refused(observed).ifPresent(all::add);
    client(observed).ifPresent(all::add);
    heard(seen, now).forEach(all::add);
    return Problem.merged(all);
  }

  private static Stream<ContainerStatus> statuses(Pod pod) {
    List<ContainerStatus> all = pod.getStatus().getContainerStatuses();
    return all == null ? Stream.empty() : all.stream();
  }

  private static Optional<Problem> unscheduled(Pod pod, Observed observed, Instant now) {
    List<PodCondition> conditions = pod.getStatus().getConditions();
    return (conditions == null ? List.<PodCondition>of() : conditions)
        .stream()
            .filter(
                one ->
                    "PodScheduled".equals(one.getType())
                        && "False".equals(one.getStatus())
                        && "Unschedulable".equals(one.getReason()))
            .filter(one -> settled(one, now))
            .map(one -> unscheduled(pod, String.valueOf(one.getMessage()), observed))
            .findFirst();
  }

  /** While its volume claims are still being made, no pod fits. */
  private static boolean settled(PodCondition condition, Instant now) {
    String since = condition.getLastTransitionTime();
    return since == null || !now.isBefore(Instant.parse(since).plus(SETTLED));
  }

  private static Problem unscheduled(Pod pod, String message, Observed observed) {
    String name = pod.getMetadata().getName();
    Optional<PersistentVolumeClaim> claim =
        observed.claims().stream()
            .filter(one -> one.getMetadata().getName().equals("data-" + name))
            .filter(one -> one.getStatus() == null || !"Bound".equals(one.getStatus().getPhase()))
            .findFirst();
    if (claim.isPresent() && message.toLowerCase(Locale.ROOT).contains("volume")) {
      String storageClass = claim.get().getSpec().getStorageClassName();
      return new Problem(
          Kind.VOLUME_NOT_BOUND,
          "ClaimPending",
          "volume claim "
              + claim.get().getMetadata().getName()
              + " of pod "
              + name
              + " gets no volume ("
              + message
              + "); its storage class is "
              + (storageClass == null || storageClass.isEmpty()
                  ? "none, as the cluster has no default one"
                  : storageClass)
              + ": make a new campaign with a storageClassName that 'kubectl get storageclass' shows,"
              + " or provide volumes of the size");
    }
    String role = Observed.component(pod);
    return new Problem(
        Kind.UNSCHEDULABLE,
        "NoNodeFits",
        "pod "
            + name
            + " fits no node ("
            + message
            + "); ask for less in "
            + (role.equals(Names.WORKER)
                ? "spec.workers.resources, for fewer spec.workers.replicas"
                : "spec." + role + ".resources")
            + ", or add nodes");
  }

  private static Optional<Problem> waiting(Pod pod, ContainerStatus status) {
    ContainerState state = status.getState();
    ContainerStateWaiting waiting = state == null ? null : state.getWaiting();
    if (waiting == null || waiting.getReason() == null) {
      return Optional.empty();
    }
    String name = pod.getMetadata().getName();
    String reason = waiting.getReason();
    if (NO_IMAGE.contains(reason)) {
      // Kubernetes says the same in two ways, in turn; here it is one.
      boolean pulled = List.of("ErrImagePull", "ImagePullBackOff").contains(reason);
      String why = String.valueOf(waiting.getMessage()).replaceFirst(BACK_OFF, "");
      return Optional.of(
          new Problem(
              Kind.IMAGE_UNAVAILABLE,
              pulled ? "ImagePullFails" : reason,
              "pod "
                  + name
                  + ": image "
                  + status.getImage()
                  + " cannot be had ("
                  + (why.length() <= LONGEST_TAIL ? why : why.substring(0, LONGEST_TAIL))
                  + "); correct spec.image or spec.imagePullPolicy, or bring the image to the"
                  + " nodes"));
    }
    if (reason.equals("CreateContainerConfigError")) {
      return Optional.of(
          new Problem(
              Kind.CRASHING,
              reason,
              "pod "
                  + name
                  + " cannot be made: "
                  + waiting.getMessage()
                  + "; provide what is missing"));
    }
    ContainerState last = status.getLastState();
    if (reason.equals("CrashLoopBackOff") && last != null && last.getTerminated() != null) {
      return Optional.of(crashing(pod, status, last.getTerminated()));
    }
    return Optional.empty();
  }

  private static Problem crashing(Pod pod, ContainerStatus status, ContainerStateTerminated last) {
    boolean memory = "OOMKilled".equals(last.getReason());
    return new Problem(
        Kind.CRASHING,
        memory ? "OutOfMemory" : "CrashLoop",
        "pod "
            + pod.getMetadata().getName()
            + " has ended "
            + (status.getRestartCount() == 1 ? "once" : status.getRestartCount() + " times")
            + ", last with exit code "
            + last.getExitCode()
            + (memory
                ? ": out of memory; raise the memory limit in its resources"
                : ": " + tail(last.getMessage()) + "; kubectl logs --previous says more"));
  }

  /** What a program said last: its own last word, if it can be told from the rest. */
  static String tail(String message) {
    if (message == null || message.isBlank()) {
      return "it said nothing";
    }
    String[] lines = message.strip().split("\\R");
    for (int i = lines.length - 1; i >= 0; i--) {
      if (lines[i].startsWith("planloop: ")) {
        return lines[i].substring("planloop: ".length());
      }
    }
    String all = String.join(" | ", lines);
    return all.length() <= LONGEST_TAIL ? all : all.substring(all.length() - LONGEST_TAIL);
  }

  private static Optional<Problem> refused(Observed observed) {
    return observed.worker().stream()
        .filter(one -> one.getStatus() != null && one.getStatus().getConditions() != null)
        .flatMap(one -> one.getStatus().getConditions().stream())
        .filter(one -> "ReplicaFailure".equals(one.getType()) && "True".equals(one.getStatus()))
        .map(
            one ->
                new Problem(
                    Kind.UNSCHEDULABLE,
                    "PodsRefused",
                    "worker pods are refused ("
                        + one.getMessage()
                        + "); ask for fewer or smaller ones in spec.workers, or have the namespace's"
                        + " quota raised"))
        .findFirst();
  }

  /** The last client that failed, while it is tried again. */
  private static Optional<Problem> client(Observed observed) {
    if (observed.job("Complete") || observed.job("Failed")) {
      return Optional.empty();
    }
    return clientWord(observed)
        .map(
            word ->
                new Problem(
                    Kind.CLIENT_FAILING,
                    "TriedAgain",
                    "the campaign's client has failed and is tried again: " + word));
  }

  /** What the newest client that failed said. */
  static Optional<String> clientWord(Observed observed) {
    return observed.pods(Names.CLIENT).stream()
        .filter(pod -> pod.getStatus() != null && "Failed".equals(pod.getStatus().getPhase()))
        // Who is told to go, as when the campaign is suspended, has not failed.
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .max(Comparator.comparing(pod -> String.valueOf(pod.getMetadata().getCreationTimestamp())))
        .flatMap(
            pod ->
                statuses(pod)
                    .map(ContainerStatus::getState)
                    .filter(state -> state != null && state.getTerminated() != null)
                    .map(state -> tail(state.getTerminated().getMessage()))
                    .findFirst());
  }

  private static List<Problem> heard(Seen seen, Instant now) {
    List<Problem> all = new ArrayList<>();
    for (Map.Entry<String, List<String>> pod : seen.parts().entrySet()) {
      for (String line : pod.getValue()) {
        if (line.startsWith("disk: ")) {
          boolean full = line.contains("No space left");
          all.add(
              new Problem(
                  Kind.VOLUME_FULL,
                  full ? "NoSpaceLeft" : "NoWrites",
                  "pod "
                      + pod.getKey()
                      + ": "
                      + line.substring("disk: ".length())
                      + "; the campaign waits, nothing is lost: make the volume claim data-"
                      + pod.getKey()
                      + " larger, or remove what is not needed"));
        }
      }
    }
    seen.trouble()
        .filter(
            why ->
                seen.troubleSince().stream().anyMatch(since -> !now.isBefore(since.plus(PATIENCE))))
        .ifPresent(
            why ->
                all.add(
                    new Problem(
                        Kind.STATUS_UNREADABLE,
                        "TrainerDoesNotAnswer",
                        "the operator cannot read the trainer's status ("
                            + why
                            + "), so iteration, steps and return are as they last were; the campaign"
                            + " itself does not need it. A network policy must let it reach port 9464")));
    if (!seen.others().isEmpty()) {
      all.add(
          new Problem(
              Kind.OTHER_CAMPAIGN,
              "VolumeHadACampaign",
              "the trainer's volume holds another campaign that is not over and takes its share of"
                  + " the workers: "
                  + String.join(", ", seen.others())
                  + "; call it off with 'planloop campaign cancel', or use another name for this"
                  + " one"));
    }
    seen.skew()
        .filter(skew -> skew.abs().compareTo(SKEW) >= 0)
        .ifPresent(
            skew ->
                all.add(
                    new Problem(
                        Kind.CLOCK_SKEW,
                        "ClocksDiffer",
                        "the clock of the trainer's node is "
                            + skew.abs().toMinutes()
                            + " min "
                            + (skew.isNegative() ? "behind" : "before")
                            + " the operator's: certificates that seem not yet valid, or expired, are"
                            + " refused; set the nodes' clocks by NTP")));
    return all;
  }
}
