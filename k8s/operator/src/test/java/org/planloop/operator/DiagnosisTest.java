package org.planloop.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.planloop.operator.Problem.Kind;

class DiagnosisTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Pod pod(String name, String component, String status) {
    return Campaigns.object(
        "{apiVersion: v1, kind: Pod, metadata: {name: "
            + name
            + ", labels: {app.kubernetes.io/component: "
            + component
            + "}}, status: "
            + status
            + "}",
        Pod.class);
  }

  private static Observed observed(List<Pod> pods, List<PersistentVolumeClaim> claims) {
    return new Observed(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), pods, claims);
  }

  private static List<Problem> of(Pod... pods) {
    return Diagnosis.of(observed(List.of(pods), List.of()), Seen.NOTHING, NOW);
  }

  private static String waiting(String reason, String message) {
    return "{phase: Pending, containerStatuses: [{name: planloop, image: 'reg/p:7', state: {waiting:"
        + " {reason: "
        + reason
        + ", message: '"
        + message
        + "'}}}]}";
  }

  @Test
  void soundPodsHaveNoProblem() {
    assertThat(of(pod("a-trainer-0", "trainer", "{phase: Running}"))).isEmpty();
    assertThat(of(pod("a-trainer-0", "trainer", waiting("ContainerCreating", "")))).isEmpty();
  }

  @Test
  void anImageThatCannotBeHadIsNamedOnceForAllPods() {
    Pod[] pods =
        IntStream.range(0, 5)
            .mapToObj(i -> pod("a-worker-" + i, "worker", waiting("ErrImagePull", "not found")))
            .toArray(Pod[]::new);
    assertThat(of(pods))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.kind()).isEqualTo(Kind.IMAGE_UNAVAILABLE);
              assertThat(problem.reason()).isEqualTo("ImagePullFails");
              assertThat(problem.message())
                  .contains("pod a-worker-0: image reg/p:7 cannot be had (not found)", "spec.image")
                  .endsWith("; and 2 more");
            });
  }

  @Test
  void backingOffFromAnImageIsTheSameProblemAsFailingToPullIt() {
    String backOff = "Back-off pulling image \"reg/p:7\": ErrImagePull: not found";
    assertThat(of(pod("w", "worker", waiting("ImagePullBackOff", backOff))))
        .isEqualTo(of(pod("w", "worker", waiting("ErrImagePull", "not found"))));
  }

  @Test
  void aPodThatFitsNoNodeIsToldFromOneWithoutAVolume() {
    String unschedulable =
        "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable,"
            + " message: '%s'}]}";
    Pod early =
        pod(
            "a-worker-x",
            "worker",
            String.format(unschedulable, "x")
                .replace("reason", "lastTransitionTime: '" + NOW.minusSeconds(7) + "', reason"));
    assertThat(of(early)).isEmpty();
    Pod large = pod("a-worker-x", "worker", String.format(unschedulable, "2 Insufficient cpu"));
    assertThat(of(large))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.UNSCHEDULABLE))
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains(
                        "a-worker-x fits no node (2 Insufficient cpu)", "spec.workers.replicas"));
    Pod unbound =
        pod(
            "a-replay-0",
            "replay",
            String.format(unschedulable, "pod has unbound immediate PersistentVolumeClaims"));
    PersistentVolumeClaim claim =
        Campaigns.object(
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data-a-replay-0}, spec:"
                + " {storageClassName: fast}, status: {phase: Pending}}",
            PersistentVolumeClaim.class);
    assertThat(Diagnosis.of(observed(List.of(unbound), List.of(claim)), Seen.NOTHING, NOW))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.VOLUME_NOT_BOUND))
        .satisfies(
            problem -> assertThat(problem.message()).contains("data-a-replay-0", "class is fast"));
    claim.getStatus().setPhase("Bound");
    assertThat(Diagnosis.of(observed(List.of(unbound), List.of(claim)), Seen.NOTHING, NOW))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.UNSCHEDULABLE));
  }

  @Test
  void aCrashLoopSaysWhatTheProgramSaidLast() {
    String status =
        "{phase: Running, containerStatuses: [{name: planloop, restartCount: 4, state: {waiting:"
            + " {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: %d, reason: %s,"
            + " message: \"12:00 WARN x\\nplanloop: another node has this folder\\n\"}}}]}";
    assertThat(of(pod("a-replay-0", "replay", String.format(status, 2, "Error"))))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.CRASHING))
        .satisfies(
            problem ->
                assertThat(problem.message())
                    .contains(
                        "ended 4 times, last with exit code 2: another node has this folder"));
    assertThat(of(pod("a-replay-0", "replay", String.format(status, 137, "OOMKilled"))))
        .singleElement()
        .satisfies(problem -> assertThat(problem.reason()).isEqualTo("OutOfMemory"));
  }

  @Test
  void theTailIsTheProgramsLastWordOrTheEndOfWhatItSaid() {
    assertThat(Diagnosis.tail("a\nplanloop: first\nplanloop: last\n  at X\n")).isEqualTo("last");
    assertThat(Diagnosis.tail("one\ntwo\n")).isEqualTo("one | two");
    assertThat(Diagnosis.tail("x".repeat(5000))).hasSize(600);
    assertThat(Diagnosis.tail(" \n")).isEqualTo("it said nothing");
  }

  @Test
  void aClientThatIsTriedAgainIsAProblemAndOneThatEndedIsNot() {
    Pod failed =
        pod(
            "a-client-x",
            "client",
            "{phase: Failed, containerStatuses: [{name: planloop, state: {terminated: {exitCode: 1,"
                + " message: \"planloop: no node answers\"}}}]}");
    assertThat(of(failed))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.CLIENT_FAILING))
        .satisfies(problem -> assertThat(problem.message()).endsWith("no node answers"));
    failed.getMetadata().setDeletionTimestamp(NOW.toString());
    assertThat(of(failed)).isEmpty();
  }

  @Test
  void aQuotaThatRefusesWorkersIsQuoted() {
    Deployment worker =
        Campaigns.object(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a-worker}, status: {conditions:"
                + " [{type: ReplicaFailure, status: 'True', message: 'exceeded quota: small'}]}}",
            Deployment.class);
    Observed observed =
        new Observed(
            Optional.empty(),
            Optional.empty(),
            Optional.of(worker),
            Optional.empty(),
            List.of(),
            List.of());
    assertThat(Diagnosis.of(observed, Seen.NOTHING, NOW))
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.message()).contains("exceeded quota: small", "quota raised"));
  }

  private static Seen seen(
      List<String> others, Optional<String> trouble, Map<String, List<String>> parts, long skew) {
    return new Seen(
        Optional.empty(),
        others,
        trouble,
        trouble.map(why -> NOW),
        parts,
        Optional.of(Duration.ofMinutes(skew)));
  }

  private static List<Problem> heard(Seen seen, Instant now) {
    return Diagnosis.of(Observed.NOTHING, seen, now);
  }

  @Test
  void aFullVolumeIsToldOfThePodThatSaysSo() {
    Seen full =
        seen(
            List.of(),
            Optional.empty(),
            Map.of("a-replay-0", List.of("disk: /data takes no writes: No space left on device")),
            0);
    assertThat(heard(full, NOW))
        .singleElement()
        .satisfies(problem -> assertThat(problem.reason()).isEqualTo("NoSpaceLeft"))
        .satisfies(
            problem -> assertThat(problem.message()).contains("claim data-a-replay-0 larger"));
  }

  @Test
  void clocksMayDifferByAMinuteAndNoMore() {
    assertThat(heard(seen(List.of(), Optional.empty(), Map.of(), 1), NOW)).isEmpty();
    assertThat(heard(seen(List.of(), Optional.empty(), Map.of(), -3), NOW))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(Kind.CLOCK_SKEW))
        .satisfies(problem -> assertThat(problem.message()).contains("3 min behind"));
  }

  @Test
  void aTrainerThatDoesNotAnswerForAMinuteIsAProblem() {
    Seen silent = seen(List.of(), Optional.of("connect timed out"), Map.of(), 0);
    assertThat(heard(silent, NOW.plusSeconds(59))).isEmpty();
    assertThat(heard(silent, NOW.plusSeconds(60)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("connect timed out", "9464"));
  }

  @Test
  void anotherCampaignOnTheSameVolumeIsNamed() {
    assertThat(heard(seen(List.of("hover-1"), Optional.empty(), Map.of(), 0), NOW))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("hover-1", "campaign cancel"));
  }

  @Test
  void messagesAreBounded() {
    assertThat(new Problem(Kind.REFUSED, "R", "x".repeat(9999)).message()).hasSize(1500);
  }
}
