package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;

/**
 * Hangs {@link Reconciliation} into the Java Operator SDK, which watches, keeps one look at a
 * campaign at a time, tries again what broke, and leads one of several operators.
 */
@ControllerConfiguration(name = "campaign", finalizerName = Campaign.FINALIZER)
final class CampaignReconciler implements Reconciler<Campaign>, Cleaner<Campaign> {
  private final Reconciliation reconciliation;
  private final SimpleInboundEventSource<Campaign> heard;

  /**
   * @param heard brings news of a campaign's pods
   */
  CampaignReconciler(Reconciliation reconciliation, SimpleInboundEventSource<Campaign> heard) {
    this.reconciliation = reconciliation;
    this.heard = heard;
  }

  @Override
  public List<EventSource<?, Campaign>> prepareEventSources(EventSourceContext<Campaign> context) {
    return List.of(
        source(StatefulSet.class, context),
        source(Deployment.class, context),
        source(Job.class, context),
        source(Pod.class, context),
        source(PersistentVolumeClaim.class, context),
        heard);
  }

  private static <T extends HasMetadata> EventSource<?, Campaign> source(
      Class<T> type, EventSourceContext<Campaign> context) {
    return new InformerEventSource<T, Campaign>(
        InformerEventSourceConfiguration.from(type, Campaign.class)
            .withLabelSelector(Campaign.LABEL)
            .withSecondaryToPrimaryMapper(
                object ->
                    Set.of(
                        new ResourceID(
                            object.getMetadata().getLabels().get(Campaign.LABEL),
                            object.getMetadata().getNamespace())))
            .withWatchAllNamespaces()
            .build(),
        context);
  }

  private static Owned owned(Context<Campaign> context) {
    return new Owned() {
      @Override
      public <T extends HasMetadata> List<T> of(Class<T> type) {
        return List.copyOf(context.getSecondaryResources(type));
      }
    };
  }

  @Override
  public UpdateControl<Campaign> reconcile(Campaign campaign, Context<Campaign> context) {
    Reconciliation.Outcome outcome = reconciliation.reconcile(campaign, owned(context));
    return UpdateControl.<Campaign>noUpdate().rescheduleAfter(outcome.again());
  }

  @Override
  public DeleteControl cleanup(Campaign campaign, Context<Campaign> context) {
    Reconciliation.Outcome outcome = reconciliation.cleanUp(campaign, owned(context));
    return outcome.done()
        ? DeleteControl.defaultDelete()
        : DeleteControl.noFinalizerRemoval().rescheduleAfter(outcome.again().toMillis());
  }
}
