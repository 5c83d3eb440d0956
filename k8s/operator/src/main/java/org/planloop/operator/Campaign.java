package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A campaign with pods of its own: what it is to be, and how it stands. */
@Group(Campaign.GROUP)
@Version("v1alpha1")
@Plural("campaigns")
public final class Campaign extends CustomResource<CampaignSpec, CampaignStatus>
    implements Namespaced {
  static final String GROUP = "planloop.org";

  /** On everything that is made for a campaign, its name. */
  static final String LABEL = GROUP + "/campaign";

  static final String FINALIZER = GROUP + "/campaign";

  private static final long serialVersionUID = 1;

  @Override
  protected @Nullable CampaignSpec initSpec() {
    return null;
  }

  @Override
  protected @Nullable CampaignStatus initStatus() {
    return null;
  }

  /** What it is to be; never null. */
  CampaignSpec wanted() {
    CampaignSpec spec = getSpec();
    return spec == null ? CampaignSpec.EMPTY : spec;
  }

  String name() {
    return getMetadata().getName();
  }

  String namespace() {
    return getMetadata().getNamespace();
  }

  String uid() {
    return getMetadata().getUid();
  }

  /** How it stood when it was last looked at. */
  CampaignStatus stood() {
    CampaignStatus status = getStatus();
    return status == null ? CampaignStatus.NONE : status;
  }

  boolean leaving() {
    return getMetadata().getDeletionTimestamp() != null;
  }
}
