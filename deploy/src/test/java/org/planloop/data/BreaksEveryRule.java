package org.planloop.data;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorRef;
import org.planloop.deploy.cli.Version;
import org.planloop.environment.Objective;
import org.slf4j.Logger;

/** Breaks every architecture rule at once; stands in a test, in a package of another module. */
public final class BreaksEveryRule {
  static int counter;

  private BreaksEveryRule() {}

  static double all(
      Objective above, ActorRef<String> actor, NDArray tensor, Logger log, ObjectOutputStream out)
      throws IOException {
    counter++;
    log.info(actor.path().name());
    out.writeObject(Files.readString(Path.of(Version.current())));
    System.out.println(above);
    return Math.random() + System.nanoTime() + tensor.size();
  }
}
