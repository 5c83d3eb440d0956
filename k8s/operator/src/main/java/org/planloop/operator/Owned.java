package org.planloop.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** What carries a campaign's label: as of now, or a moment ago. */
interface Owned {
  <T extends HasMetadata> List<T> of(Class<T> type);
}
