package org.planloop.replay;

import java.nio.charset.StandardCharsets;

/**
 * Whose transitions a store holds; every file of it says so.
 *
 * @param campaign the campaign's id, at most 128 bytes
 * @param stateSize width S of a state
 * @param actionSize width A of an action
 */
public record StoreIdentity(String campaign, int stateSize, int actionSize) {
  private static final int MAX_CAMPAIGN = 128;

  public StoreIdentity {
    int length = campaign.getBytes(StandardCharsets.UTF_8).length;
    if (length < 1 || length > MAX_CAMPAIGN) {
      throw new IllegalArgumentException(
          "a campaign's id must have 1 to " + MAX_CAMPAIGN + " bytes: '" + campaign + "'");
    }
    new RowLayout(stateSize, actionSize);
  }

  RowLayout layout() {
    return new RowLayout(stateSize, actionSize);
  }
}
