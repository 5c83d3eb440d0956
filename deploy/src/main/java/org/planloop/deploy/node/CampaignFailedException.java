package org.planloop.deploy.node;

/** A campaign that cannot go on; the message is one line for the user. */
public final class CampaignFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CampaignFailedException(String message) {
    super(message);
  }

  public CampaignFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
