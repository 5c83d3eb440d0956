package org.planloop.cluster;

import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * Forwards messages to an actor of whichever node holds a role now. What comes while nobody does is
 * dropped: everybody who sends across nodes repeats what gets no answer.
 *
 * <p>The actor is named by its path and not by its incarnation, so one whose process was started
 * again is spoken to at once. It must live as long as its process: Pekko remembers at the far end
 * which actor a path named, and goes on handing messages to that one after another has its name.
 */
public final class Route {
  private Route() {}

  /**
   * @param role of the node
   * @param path of the actor on it, for example {@code /user/dispatcher}
   */
  public static Behavior<Object> to(
      ActorRef<RoleDirectory.Command> directory, String role, String path) {
    return Behaviors.setup(
        context -> {
          directory.tell(new RoleDirectory.Watch(role, context.getSelf().narrow()));
          return forwarding(context, path, null);
        });
  }

  private static Behavior<Object> forwarding(
      ActorContext<Object> context, String path, @Nullable ActorRef<Object> target) {
    return Behaviors.receive(Object.class)
        .onMessage(
            RoleDirectory.Located.class,
            located ->
                forwarding(
                    context,
                    path,
                    ActorRefResolver.get(context.getSystem())
                        .resolveActorRef(located.address() + path)))
        .onAnyMessage(
            message -> {
              if (target != null) {
                target.tell(message);
              }
              return Behaviors.same();
            })
        .build();
  }
}
