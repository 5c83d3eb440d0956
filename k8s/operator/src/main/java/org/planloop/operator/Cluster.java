package org.planloop.operator;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;

/** What the operator does in a cluster. */
interface Cluster {
  /** The object of that name. */
  <T extends HasMetadata> Optional<T> get(Class<T> type, String namespace, String name);

  /**
   * Makes an object be as it is said (server-side apply): made if there is none, changed where it
   * differs.
   *
   * @return as it is now
   * @throws RefusedException if the API server will not have it
   */
  <T extends HasMetadata> T apply(T wanted) throws RefusedException;

  /** Deletes an object, and what it owns; nothing if it is gone already. */
  void delete(HasMetadata object);

  /** Writes a campaign's status. */
  void status(Campaign campaign, CampaignStatus status);

  /** Tells of something; once, however often an event of that name is told. */
  void tell(Event event);

  /** The API server understood and will not: asked again it says the same. */
  final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }
}
