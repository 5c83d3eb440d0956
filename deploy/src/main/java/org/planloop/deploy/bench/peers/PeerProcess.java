package org.planloop.deploy.bench.peers;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.planloop.deploy.bench.process.ChildProcess;

/** A script that stays ready between samples, so that ours and its can be taken in turn. */
final class PeerProcess implements AutoCloseable {
  /** Ours alone: Intel's library would compute more slowly for a peer that has no use for it. */
  private static final Set<String> NOT_FOR_PEERS = Set.of("MKL_CBWR");

  private final ChildProcess child;
  private final Duration patience;
  private final String versions;

  /**
   * Starts the script and waits until it is ready.
   *
   * @param patience for each line that it says
   * @throws IOException if it cannot be started or does not get ready, with its last words
   */
  PeerProcess(Path python, Path script, int threads, Path log, Duration patience)
      throws IOException {
    this.patience = patience;
    String count = Integer.toString(threads);
    child =
        ChildProcess.startTalking(
            List.of(python.toString(), "-u", script.toString(), count),
            log,
            NOT_FOR_PEERS,
            Map.of("OMP_NUM_THREADS", count, "MKL_NUM_THREADS", count));
    try {
      versions = PeerAnswer.readGreeting(child.line(patience));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** What it is, in words. */
  String versions() {
    return versions;
  }

  /**
   * Asks for samples.
   *
   * @throws IOException if it ends, says something else, or says nothing for too long
   */
  PeerAnswer ask(String work, int samples) throws IOException {
    child.say(work + " " + samples);
    List<Double> seconds = new ArrayList<>();
    while (seconds.size() < samples) {
      PeerAnswer answer = PeerAnswer.read(child.line(patience));
      if (!(answer instanceof PeerAnswer.Samples one)) {
        return answer;
      }
      seconds.addAll(one.seconds());
    }
    return new PeerAnswer.Samples(seconds);
  }

  @Override
  public void close() {
    child.close();
  }
}
