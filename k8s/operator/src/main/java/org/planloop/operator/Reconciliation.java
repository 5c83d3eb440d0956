package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.operator.CampaignStatus.Phase;
import org.planloop.operator.Problem.Kind;

/**
 * One look at one campaign: observes, decides by pure functions, does, and says so. Nothing is
 * remembered that a process could not do without: wherever it is cut off, the next look goes on.
 */
final class Reconciliation {
  /** How long a campaign that is deleted may take to store what it has. */
  static final Duration FAREWELL = Duration.ofMinutes(5);

  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration STEADY = Duration.ofSeconds(10);
  private static final Duration SELDOM = Duration.ofHours(6);
  private static final Duration LAST_WORDS = Duration.ofSeconds(30);

  private final Cluster cluster;
  private final PodWatch pods;
  private final Rendering rendering;
  private final InstantSource clock;
  private final String version;
  private final Credentials credentials;
  private final Applier applier;

  /**
   * @param again when it is to be looked at again
   * @param done of a campaign that is deleted: whether nothing is left to wait for
   */
  record Outcome(CampaignStatus status, Duration again, boolean done) {}

  Reconciliation(
      Cluster cluster, PodWatch pods, Rendering rendering, InstantSource clock, String version) {
    this.cluster = cluster;
    this.pods = pods;
    this.rendering = rendering;
    this.clock = clock;
    this.version = version;
    this.credentials = new Credentials(cluster);
    this.applier = new Applier(cluster);
  }

  /** Brings a campaign nearer to what it is to be. */
  Outcome reconcile(Campaign campaign, Owned owned) {
    Instant now = clock.instant();
    Observed observed = Observed.of(campaign, owned);
    Seen seen = pods.ask(campaign, observed);
    List<Problem> problems = new ArrayList<>(Diagnosis.of(observed, seen, now));
    List<Problem> strange = strange(campaign);
    problems.addAll(strange);
    if (strange.isEmpty()) {
      problems.addAll(credentials.ensure(campaign, now));
    }
    boolean blocked = problems.stream().anyMatch(problem -> problem.kind().blocking());
    // What runs already is still scaled and suspended while a Secret is missing.
    if (strange.isEmpty() && (!blocked || observed.trainer().isPresent())) {
      boolean over = standing(campaign, observed, seen, problems, now).phase().over();
      problems.addAll(make(campaign, observed, over, now));
    }
    CampaignStatus status = standing(campaign, observed, seen, problems, now).status();
    say(campaign, status, now);
    return new Outcome(status, again(campaign, status, seen, now), false);
  }

  private static Standing standing(
      Campaign campaign, Observed observed, Seen seen, List<Problem> problems, Instant now) {
    return new Standing(campaign, observed, seen, Problem.merged(problems), now);
  }

  private List<Problem> strange(Campaign campaign) {
    List<String> strange = campaign.wanted().strange();
    return strange.isEmpty()
        ? List.of()
        : List.of(
            new Problem(
                Kind.NOT_UNDERSTOOD,
                "OperatorTooOld",
                "this operator, of version "
                    + version
                    + ", does not know "
                    + String.join(", ", strange)
                    + ", and changes nothing before it does; upgrade the operator, or leave the field"
                    + " out"));
  }

  private List<Problem> make(Campaign campaign, Observed observed, boolean over, Instant now) {
    Optional<Problem> release = observed.trainer().isEmpty() ? release(campaign) : Optional.empty();
    if (release.isPresent()) {
      return List.of(release.get());
    }
    Scale scale = Scale.of(campaign, over, observed, now);
    if (scale.gone()) {
      workloads(observed).forEach(cluster::delete);
    }
    List<HasMetadata> wanted =
        rendering.of(campaign, scale).stream()
            .filter(object -> !(over && object instanceof Job))
            .filter(object -> !(scale.gone() && Labels.template(object).isPresent()))
            .toList();
    return applier.apply(campaign, wanted, observed, now);
  }

  /** A release of the plain manifests: its selectors would find this campaign's pods too. */
  private Optional<Problem> release(Campaign campaign) {
    return cluster
        .get(StatefulSet.class, campaign.namespace(), Names.TRAINER)
        .filter(
            set ->
                set.getMetadata().getLabels() != null
                    && "planloop"
                        .equals(set.getMetadata().getLabels().get("app.kubernetes.io/part-of")))
        .map(
            set ->
                new Problem(
                    Kind.NAME_CONFLICT,
                    "ReleaseInNamespace",
                    "the namespace "
                        + campaign.namespace()
                        + " has a release of k8s/base (StatefulSet trainer), whose service and budgets"
                        + " would take this campaign's pods for its own; put the campaign into another"
                        + " namespace"));
  }

  private static List<HasMetadata> workloads(Observed observed) {
    return observed
        .workloads()
        .filter(object -> object.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  /**
   * The campaign is to go: its pods store what they have and end, in their order, within bounds.
   */
  Outcome cleanUp(Campaign campaign, Owned owned) {
    Instant now = clock.instant();
    Observed observed = Observed.of(campaign, owned);
    CampaignStatus status = standing(campaign, observed, Seen.NOTHING, List.of(), now).status();
    Instant deadline = Instant.parse(campaign.getMetadata().getDeletionTimestamp()).plus(FAREWELL);
    boolean late = !now.isBefore(deadline);
    boolean done = late || (!observed.anyPod(now) && !scaledUp(observed));
    if (late && observed.anyPod(now)) {
      String message =
          "pods have not ended within "
              + FAREWELL.toMinutes()
              + " min and are left to the garbage collector; what was stored by then is on the"
              + " volumes";
      cluster.tell(Events.event(campaign, true, "DeletionLate", message, now));
    }
    if (done) {
      cluster.tell(
          Events.event(
              campaign,
              false,
              "Deleted",
              CampaignSpec.DELETE.equals(campaign.wanted().volumes())
                  ? "no pod is left; volumes go too"
                  : "no pod is left; volumes stay",
              now));
      pods.forget(campaign);
      applier.forget(campaign);
      return new Outcome(status, SOON, true);
    }
    say(campaign, status, now);
    observed
        .job()
        .filter(job -> job.getMetadata().getDeletionTimestamp() == null)
        .ifPresent(cluster::delete);
    List<HasMetadata> there =
        rendering.of(campaign, Scale.leaving(observed, now)).stream()
            .filter(object -> !(object instanceof Job) && observed.workload(object).isPresent())
            .toList();
    applier
        .apply(campaign, there, observed, now)
        .forEach(
            problem ->
                cluster.tell(
                    Events.event(campaign, true, problem.reason(), problem.message(), now)));
    return new Outcome(status, SOON, false);
  }

  /** Whether pods may still be made that are not seen yet. */
  private static boolean scaledUp(Observed observed) {
    boolean job =
        observed.job().isPresent() && !observed.job("Complete") && !observed.job("Failed");
    boolean sets =
        Stream.of(observed.trainer(), observed.replay())
            .flatMap(Optional::stream)
            .anyMatch(
                set -> set.getSpec().getReplicas() == null || set.getSpec().getReplicas() > 0);
    boolean workers =
        observed.worker().stream()
            .anyMatch(
                one -> one.getSpec().getReplicas() == null || one.getSpec().getReplicas() > 0);
    return job || sets || workers;
  }

  private void say(Campaign campaign, CampaignStatus status, Instant now) {
    if (!status.equals(campaign.stood())) {
      // First: told twice is one event, and a change that is written is not seen again.
      Events.between(campaign, status, now).forEach(cluster::tell);
      cluster.status(campaign, status);
    }
  }

  private static Duration again(Campaign campaign, CampaignStatus status, Seen seen, Instant now) {
    String ended = status.completionTime();
    if (ended != null) {
      boolean heard = seen.progress().map(Seen.Progress::over).orElse(false);
      if (!heard && now.isBefore(Instant.parse(ended).plus(LAST_WORDS))) {
        return SOON;
      }
      Long kept = campaign.wanted().ttlSecondsAfterFinished();
      if (kept == null || Scale.expired(campaign, now)) {
        return SELDOM;
      }
      Duration left = Duration.between(now, Instant.parse(ended).plusSeconds(kept));
      return left.compareTo(SOON) < 0 ? SOON : left.compareTo(SELDOM) > 0 ? SELDOM : left;
    }
    if (status.is(Phase.SUSPENDED)) {
      return SELDOM;
    }
    boolean steady = status.is(Phase.RUNNING) && !campaign.wanted().suspended();
    return steady || status.is(Phase.PENDING) ? STEADY : SOON;
  }
}
