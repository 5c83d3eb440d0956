package org.planloop.deploy.cluster;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.planloop.protocol.WireMessage;

/** Are you there? What the standing actors of a node answer, from anywhere, by {@link Pong}. */
public record Ping(ActorRef<Pong> replyTo) implements WireMessage {

  /** The answer to {@link Ping}: whoever sends it takes messages from its mailbox. */
  public record Pong() implements WireMessage {}

  /** Answers; the actor goes on as before. */
  <T> Behavior<T> answer() {
    replyTo.tell(new Pong());
    return Behaviors.same();
  }
}
