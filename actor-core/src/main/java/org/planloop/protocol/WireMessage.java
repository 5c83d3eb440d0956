package org.planloop.protocol;

/**
 * Marks a message that may cross the wire: an immutable record with an entry in its module's wire
 * catalogue.
 */
public interface WireMessage {}
