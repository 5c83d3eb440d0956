package org.planloop.operator;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.planloop.operator.CampaignStatus.Phase;
import org.planloop.operator.Seen.Progress;

/**
 * How a campaign stands: a pure function of what it is to be, how it stood, what is observed and
 * what its pods say.
 *
 * @param problems what is wrong, one of each kind
 */
record Standing(
    Campaign campaign, Observed observed, Seen seen, List<Problem> problems, Instant now) {
  private static final String FINISHED = "Finished";
  private static final String REFUSED = "ConfigurationRefused";
  private static final String JOB_FAILED = "ClientFailed";
  private static final String CAMPAIGN_FAILED = "CampaignFailed";

  Phase phase() {
    CampaignStatus before = campaign.stood();
    if (campaign.leaving()) {
      return Phase.DELETING;
    }
    if (before.is(Phase.FINISHED) || observed.job("Complete")) {
      return Phase.FINISHED;
    }
    if (failed(before)) {
      return Phase.FAILED;
    }
    if (problems.stream().anyMatch(problem -> problem.kind().blocking())
        && observed.trainer().isEmpty()) {
      return Phase.PENDING;
    }
    boolean submitted = observed.clientRuns() || seen.progress().isPresent();
    if (campaign.wanted().suspended()) {
      if (!observed.anyPod(now)) {
        return Phase.SUSPENDED;
      }
      return before.is(Phase.RUNNING) ? Phase.RUNNING : Phase.STARTING;
    }
    boolean under = before.is(Phase.RUNNING) || (coreReady() && submitted);
    return under ? Phase.RUNNING : Phase.STARTING;
  }

  private boolean failed(CampaignStatus before) {
    if (observed.job("Failed")) {
      return true;
    }
    if (seen.progress().isPresent()) {
      return List.of("FAILED", "CANCELLED").contains(seen.progress().get().phase());
    }
    // Not asked yet by this process, or there is nobody left to ask.
    return before.is(Phase.FAILED)
        && (before.reason(Conditions.COMPLETE).equals(CAMPAIGN_FAILED)
            || Scale.expired(campaign, now));
  }

  private boolean coreReady() {
    return observed.readyPods(Names.TRAINER) >= 1
        && observed.readyPods(Names.REPLAY) >= campaign.wanted().shards();
  }

  CampaignStatus status() {
    CampaignStatus before = campaign.stood();
    Phase phase = phase();
    Optional<Progress> progress = seen.progress();
    Optional<DeploymentStatus> workers = observed.worker().map(Deployment::getStatus);
    boolean begun = phase != Phase.PENDING;
    return new CampaignStatus(
        phase.word(),
        progress.map(Progress::iteration).orElse(before.iteration()),
        progress.map(Progress::iterations).orElse(before.iterations()),
        progress.map(Progress::steps).orElse(before.steps()),
        progress.map(Progress::best).orElse(before.bestReturn()),
        progress.map(Standing::interval).orElse(before.bestReturnInterval()),
        workers.map(status -> Objects.requireNonNullElse(status.getReplicas(), 0)).orElse(0),
        workers.map(status -> Objects.requireNonNullElse(status.getReadyReplicas(), 0)).orElse(0),
        Campaign.LABEL + "=" + campaign.name() + ",app.kubernetes.io/component=" + Names.WORKER,
        progress.map(Progress::flying).orElse(0),
        progress.map(Progress::waiting).orElse(0),
        progress.map(Progress::id).orElse(before.campaignId()),
        campaign.getMetadata().getGeneration(),
        begun ? Objects.requireNonNullElse(before.startTime(), Conditions.time(now)) : null,
        ended(phase, before),
        conditions(phase));
  }

  private @Nullable String ended(Phase phase, CampaignStatus before) {
    if (phase.over()) {
      return Objects.requireNonNullElse(before.completionTime(), Conditions.time(now));
    }
    return phase == Phase.DELETING ? before.completionTime() : null;
  }

  /** Such as {@code 178.2 [175, 181.4]}; null where nothing has returned yet. */
  static @Nullable String interval(Progress progress) {
    Double best = progress.best();
    Double half = progress.halfWidth();
    if (best == null) {
      return null;
    }
    return half == null
        ? number(best)
        : number(best) + " [" + number(best - half) + ", " + number(best + half) + "]";
  }

  private static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 1000 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 4;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private List<io.fabric8.kubernetes.api.model.Condition> conditions(Phase phase) {
    Conditions conditions =
        new Conditions(
            campaign.stood(),
            Objects.requireNonNullElse(campaign.getMetadata().getGeneration(), 0L),
            now);
    Optional<Problem> blocking =
        problems.stream().filter(problem -> problem.kind().blocking()).findFirst();
    conditions.add(
        Conditions.ACCEPTED,
        blocking.isEmpty(),
        blocking.map(problem -> problem.kind().type()).orElse("Applied"),
        blocking.map(Problem::message).orElse("everything that it needs is made"));
    ready(conditions, phase);
    complete(conditions, phase);
    problems.forEach(
        problem ->
            conditions.add(problem.kind().type(), true, problem.reason(), problem.message()));
    return conditions.list();
  }

  private void ready(Conditions conditions, Phase phase) {
    int trainers = observed.readyPods(Names.TRAINER);
    int shards = observed.readyPods(Names.REPLAY);
    int workers = observed.readyPods(Names.WORKER);
    int wanted =
        observed.worker().map(one -> one.getSpec().getReplicas()).stream()
            .mapToInt(count -> Objects.requireNonNullElse(count, 0))
            .sum();
    String counts =
        String.format(
            Locale.ROOT,
            "ready: trainer %d of 1, replay %d of %d, workers %d of %d",
            trainers,
            shards,
            campaign.wanted().shards(),
            workers,
            wanted);
    long left = observed.pods().stream().filter(pod -> observed.isLive(pod, now)).count();
    boolean ready = coreReady() && (workers > 0 || wanted == 0);
    if (phase == Phase.DELETING) {
      conditions.add(Conditions.READY, false, "Deleting", left + " pods are still to end");
    } else if (phase.over()) {
      conditions.add(
          Conditions.READY, false, "Over", "the campaign has ended; " + left + " pods are left");
    } else if (phase == Phase.SUSPENDED) {
      conditions.add(
          Conditions.READY,
          false,
          "Suspended",
          "no pod is left, volumes are kept; it goes on when spec.suspend is false");
    } else if (campaign.wanted().suspended()) {
      conditions.add(
          Conditions.READY, false, "Suspending", left + " pods are still to store what they have");
    } else {
      conditions.add(
          Conditions.READY,
          ready,
          ready ? "PodsReady" : problems.isEmpty() ? "PodsStarting" : problems.get(0).kind().type(),
          ready ? counts : counts + unwell());
    }
  }

  private String unwell() {
    List<String> lines = new ArrayList<>();
    seen.parts().forEach((pod, parts) -> parts.forEach(part -> lines.add(pod + " " + part)));
    problems.forEach(problem -> lines.add(problem.message()));
    return lines.isEmpty() ? "" : "; " + String.join("; ", lines);
  }

  private void complete(Conditions conditions, Phase phase) {
    if (phase == Phase.FINISHED) {
      conditions.add(
          Conditions.COMPLETE,
          true,
          FINISHED,
          "the best policy is on the trainer's volume, in runs/"
              + seen.progress()
                  .map(Progress::id)
                  .orElse(Objects.requireNonNullElse(campaign.stood().campaignId(), "ID"))
              + "/best");
    } else if (phase == Phase.FAILED) {
      failure(conditions);
    } else {
      conditions.add(
          Conditions.COMPLETE,
          false,
          phase.word(),
          seen.progress()
              .map(
                  progress ->
                      progress.phase()
                          + (progress.reason().isEmpty() ? "" : ": " + progress.reason()))
              .orElse(""));
    }
  }

  private void failure(Conditions conditions) {
    Optional<Progress> over =
        seen.progress()
            .filter(progress -> List.of("FAILED", "CANCELLED").contains(progress.phase()));
    Optional<String> job = observed.jobReason("Failed");
    String word = Diagnosis.clientWord(observed).orElse("its pod is gone");
    if (job.isPresent() && job.get().equals("PodFailurePolicy")) {
      conditions.add(
          Conditions.COMPLETE,
          false,
          REFUSED,
          "the configuration is refused: "
              + word
              + "; delete this campaign and make one with a mended experiment");
    } else if (over.isPresent()) {
      conditions.add(
          Conditions.COMPLETE,
          false,
          CAMPAIGN_FAILED,
          over.get().phase()
              + (over.get().reason().isEmpty() ? "" : ": " + over.get().reason())
              + "; mend that, then 'planloop campaign retry "
              + over.get().id()
              + "' from a pod of the campaign");
    } else if (job.isPresent()) {
      conditions.add(
          Conditions.COMPLETE,
          false,
          JOB_FAILED,
          "the campaign's client failed more often than spec.backoffLimit allows ("
              + job.get()
              + "): "
              + word
              + "; mend that and delete the job "
              + Names.of(campaign).of(Names.CLIENT)
              + ": a new one follows the same campaign");
    } else {
      campaign
          .stood()
          .condition(Conditions.COMPLETE)
          .ifPresent(
              before ->
                  conditions.add(
                      Conditions.COMPLETE, false, before.getReason(), before.getMessage()));
    }
  }
}
