package org.planloop.deploy.bench.peers;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The peers of a benchmark as processes: one a script and number of threads, started when it is
 * first asked and ready until the end. A peer that fails once is not asked again.
 */
public final class PeerProcesses implements PeerSource, AutoCloseable {
  /** A first request warms up, which for a compiler takes its time. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** What the scripts import of one another. */
  static final List<String> SHARED = List.of("protocol.py", "torch_ensemble.py", "mbrl_models.py");

  private final Path python;
  private final Path folder;
  private final int cores;
  private final Map<String, PeerProcess> running = new LinkedHashMap<>();
  private final Map<String, String> broken = new LinkedHashMap<>();

  /**
   * @param python of the environment that the peers are installed in
   * @param folder an empty folder for scripts and logs
   */
  public PeerProcesses(Path python, Path folder, int cores) {
    this.python = python;
    this.folder = folder;
    this.cores = cores;
  }

  @Override
  public PeerAnswer ask(Peer peer, int samples) {
    int threads = peer.threads().count(cores);
    String key = peer.script() + " " + threads;
    String reason = broken.get(key);
    if (reason != null) {
      return new PeerAnswer.Lacking(reason);
    }
    try {
      PeerProcess process = running.get(key);
      if (process == null) {
        process = start(peer.script(), threads);
        running.put(key, process);
      }
      return process.ask(peer.work(), samples);
    } catch (IOException e) {
      PeerProcess process = running.remove(key);
      if (process != null) {
        process.close();
      }
      String why = String.valueOf(e.getMessage());
      broken.put(key, why);
      return new PeerAnswer.Lacking(why);
    }
  }

  /** What the peers that run are, in words. */
  public Set<String> versions() {
    Set<String> versions = new LinkedHashSet<>();
    running.values().forEach(process -> versions.add(process.versions()));
    return versions;
  }

  private PeerProcess start(String script, int threads) throws IOException {
    for (String shared : SHARED) {
      extract(shared);
    }
    extract(script);
    Path log = folder.resolve(script + "-" + threads + ".log");
    return new PeerProcess(python, folder.resolve(script), threads, log, PATIENCE);
  }

  private void extract(String resource) throws IOException {
    Path target = folder.resolve(resource);
    if (Files.exists(target)) {
      return;
    }
    try (InputStream in = PeerProcesses.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new FileNotFoundException("there is no script " + resource);
      }
      Files.copy(in, target);
    }
  }

  @Override
  public void close() {
    running.values().forEach(PeerProcess::close);
    running.clear();
  }
}
