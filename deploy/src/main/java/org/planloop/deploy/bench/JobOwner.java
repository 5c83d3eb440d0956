package org.planloop.deploy.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.RolloutJob;

/** Has jobs flown, in a campaign's place, and tells when the last of them is. */
final class JobOwner {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Jobs to be flown; completed when the last one is. */
  private record Fly(List<RolloutJob> jobs, CompletableFuture<Boolean> flown)
      implements NoSerializationVerificationNeeded {}

  private JobOwner() {}

  static Behavior<Object> create(ActorRef<Dispatching> dispatcher, CampaignEpoch campaign) {
    return Behaviors.setup(context -> idle(context, dispatcher, campaign));
  }

  /** Has jobs flown, and returns when every row of them is confirmed. */
  static void fly(ActorRef<Object> owner, List<RolloutJob> jobs) {
    CompletableFuture<Boolean> flown = new CompletableFuture<>();
    owner.tell(new Fly(jobs, flown));
    NodeActors.await(flown, PATIENCE, "the workers did not fly their jobs");
  }

  private static Behavior<Object> idle(
      ActorContext<Object> context, ActorRef<Dispatching> dispatcher, CampaignEpoch campaign) {
    return Behaviors.receive(Object.class)
        .onMessage(
            Fly.class,
            fly -> {
              dispatcher.tell(
                  new Dispatching.Submit(campaign, fly.jobs(), true, context.getSelf().narrow()));
              return flying(context, dispatcher, campaign, fly.flown(), fly.jobs().size());
            })
        .build();
  }

  private static Behavior<Object> flying(
      ActorContext<Object> context,
      ActorRef<Dispatching> dispatcher,
      CampaignEpoch campaign,
      CompletableFuture<Boolean> flown,
      int left) {
    return Behaviors.receive(Object.class)
        .onMessage(
            JobOutcome.Finished.class,
            finished -> {
              if (left > 1) {
                return flying(context, dispatcher, campaign, flown, left - 1);
              }
              flown.complete(true);
              return idle(context, dispatcher, campaign);
            })
        .onMessage(
            JobOutcome.Abandoned.class,
            abandoned -> {
              flown.completeExceptionally(new IllegalStateException(abandoned.reason()));
              return Behaviors.stopped();
            })
        .build();
  }
}
