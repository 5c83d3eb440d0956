/**
 * Campaigns as resources of Kubernetes. What is to be there and how a campaign stands are pure
 * functions of what is observed; {@link org.planloop.operator.Reconciliation} carries them out, and
 * {@link org.planloop.operator.CampaignReconciler} hangs it into the Java Operator SDK.
 */
@NullMarked
package org.planloop.operator;

import org.jspecify.annotations.NullMarked;
