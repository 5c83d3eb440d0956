package org.planloop.operator;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How many pods of each kind there are to be now. Whoever goes, goes in an order: workers, which
 * hand their jobs back; then the trainer, which stores what is final; then the shards.
 *
 * @param workers empty for as many as the base has
 * @param gone whether the objects that make pods are to go altogether
 */
record Scale(
    Optional<Integer> workers, int trainer, int replay, boolean jobSuspended, boolean gone) {

  /** All pods. */
  static Scale full(CampaignSpec spec) {
    Optional<Integer> workers =
        spec.workers() == null ? Optional.empty() : Optional.ofNullable(spec.workers().replicas());
    return new Scale(workers, 1, spec.shards(), false, false);
  }

  /**
   * @param over whether the campaign has ended: nobody flies any more, trainer and shards stay
   */
  static Scale of(Campaign campaign, boolean over, Observed observed, Instant now) {
    CampaignSpec spec = campaign.wanted();
    Scale full = full(spec);
    if (over) {
      return new Scale(Optional.of(0), 1, full.replay, false, expired(campaign, now));
    }
    return spec.suspended() ? leaving(observed, now) : full;
  }

  /** One step towards no pods. */
  static Scale leaving(Observed observed, Instant now) {
    boolean flying = observed.anyPod(Names.WORKER, now) || observed.anyPod(Names.CLIENT, now);
    int trainer = flying ? Math.min(1, replicas(observed.trainer())) : 0;
    boolean training = trainer > 0 || observed.anyPod(Names.TRAINER, now);
    int replay = training ? replicas(observed.replay()) : 0;
    return new Scale(Optional.of(0), trainer, replay, true, false);
  }

  private static int replicas(Optional<StatefulSet> set) {
    return set.map(one -> Objects.requireNonNullElse(one.getSpec().getReplicas(), 1)).orElse(0);
  }

  /** Whether a campaign has been over for longer than it is to be kept. */
  static boolean expired(Campaign campaign, Instant now) {
    Long kept = campaign.wanted().ttlSecondsAfterFinished();
    String ended = campaign.stood().completionTime();
    return kept != null && ended != null && !now.isBefore(Instant.parse(ended).plusSeconds(kept));
  }
}
