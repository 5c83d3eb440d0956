package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.planloop.campaign.CampaignState;
import org.planloop.campaign.ProgressRow;
import org.planloop.campaign.Safety;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.Provenance;
import org.planloop.data.TransitionBatch;
import org.planloop.policy.PolicyDefinition;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.RolloutJob;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.ReplayStore;
import org.planloop.replay.StoreExtents;
import org.planloop.replay.StoreIdentity;

/** A run folder as a campaign with two shards makes it, without the campaign. */
final class ImaginedRun implements AutoCloseable {
  static final String CAMPAIGN = "imagined";
  static final String FOLDER = "prefix/imagined/";
  static final int SHARDS = 2;

  /** Small enough that every second chunk begins a new file. */
  private static final int SEGMENT = 1024;

  final Path path;
  private final RunStore iterations;
  private final List<ReplayStore> replay = new ArrayList<>();
  private final List<Double> returns;

  /**
   * @param returns of the iterations, in their order
   */
  ImaginedRun(Path path, Double... returns) throws IOException {
    this.path = path;
    this.returns = List.of(returns);
    Files.createDirectories(path);
    Files.writeString(path.resolve("config.conf"), "seed = 1\n");
    this.iterations = new RunStore(path.resolve("iterations"));
    for (int i = 0; i < SHARDS; i++) {
      replay.add(
          ReplayStore.open(
              path.resolve("replay/shard-" + i), new StoreIdentity(CAMPAIGN, 3, 1), SEGMENT));
    }
    policy(1);
  }

  private void policy(int version) throws IOException {
    iterations.writePolicy(
        new PolicySnapshot(
            version, new PolicyDefinition.LinearFeedback(2, 1, new double[] {version, 0.5})));
  }

  /** Rows of iteration i on every shard, then its checkpoint. */
  void row(int iteration) throws IOException {
    for (int i = 0; i < SHARDS; i++) {
      append(new JobKey(Provenance.LEARNER, iteration, i, 0));
    }
    for (ReplayStore shard : replay) {
      shard.commit();
    }
    policy(iteration + 1);
    iterations.writeState(state(iteration), Optional.empty());
  }

  /** Rows that are not committed: they must not be in any copy. */
  void halfWritten(int iteration) throws IOException {
    append(new JobKey(Provenance.LEARNER, iteration, 8 + iteration % 2, 0)); // Of shard 0.
  }

  private void append(JobKey job) throws IOException {
    TransitionBatch rows = TransitionBatch.allocate(3, 3, 1);
    rows.states()[0] = job.iteration();
    ReplayStore shard = replay.get(RolloutJob.shardOf(job, SHARDS));
    shard.append(new ChunkKey(job, 0), job.iteration(), 0, rows);
  }

  private CampaignState state(int iteration) {
    List<ProgressRow> rows = new ArrayList<>();
    for (int i = 1; i <= iteration; i++) {
      OptionalDouble none = OptionalDouble.empty();
      rows.add(
          new ProgressRow(
              i,
              i,
              0,
              0,
              i,
              OptionalDouble.of(returns.get(i - 1)),
              none,
              none,
              none,
              none,
              none,
              none,
              none,
              i,
              0,
              0,
              1,
              0,
              false,
              0,
              0,
              0,
              Map.of(),
              Optional.empty()));
    }
    return new CampaignState(
        rows,
        List.of(),
        List.of(),
        iteration,
        0,
        0,
        iteration,
        0,
        0,
        0,
        List.of(),
        Safety.NONE,
        Optional.empty());
  }

  void finish() throws IOException {
    Files.createDirectories(path.resolve("best"));
    Files.writeString(path.resolve("best/selection.json"), "{}");
    Files.writeString(path.resolve("report.html"), "<html>");
    Files.writeString(path.resolve("summary.json"), "{}");
  }

  StoreExtents extents(int shard) throws IOException {
    return replay.get(shard).extents();
  }

  /** Copies this run as it goes on. */
  RunCopy copy(ObjectStore store, int keep) {
    return copy(store, keep, SHARDS);
  }

  /** The same of the first shards alone, as if there were no others any more. */
  RunCopy copy(ObjectStore store, int keep, int count) {
    List<SegmentCopy> shards = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shards.add(new SegmentCopy(store, FOLDER, i));
    }
    return new RunCopy(
        store,
        FOLDER,
        new RunCopy.Source(path, CAMPAIGN, "imagined", keep),
        (folder, name, names) -> {
          List<Blob> copied = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            copied.add(shards.get(i).copy(extents(i), name, names));
          }
          return copied;
        });
  }

  /** What a restored folder must hold now: files by their paths. */
  Map<String, String> expected() throws IOException {
    Map<String, String> files = new TreeMap<>();
    RunSnapshot snapshot = RunSnapshot.take(path).orElseThrow();
    for (Map.Entry<String, Path> file : snapshot.files().entrySet()) {
      files.put(file.getKey(), read(file.getValue()));
    }
    RunSnapshot.release(path);
    files.put("iterations/id", CAMPAIGN);
    for (int i = 0; i < SHARDS; i++) {
      StoreExtents extents = extents(i);
      String folder = "replay/shard-" + i + "/";
      files.put(folder + "store.json", latin(extents.description()));
      for (Map.Entry<String, Long> segment : extents.lengths().entrySet()) {
        String bytes = read(extents.folder().resolve(segment.getKey()));
        files.put(
            folder + segment.getKey(), bytes.substring(0, Math.toIntExact(segment.getValue())));
      }
    }
    return files;
  }

  /** All files below a folder. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (var all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString(), read(file));
      }
    }
    return files;
  }

  private static String read(Path file) throws IOException {
    return latin(Files.readAllBytes(file));
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static Map<String, String> restored(ObjectStore store, CheckpointName name, Path target)
      throws IOException {
    CampaignCopies copies = new CampaignCopies(store, FOLDER);
    RunRestoration.run(
        copies,
        copies.choose(Optional.of(name)),
        target,
        folder -> new ReplaySettings("", 0, SHARDS, 1 << 16));
    return files(target);
  }

  static Set<CheckpointName> whole(ObjectStore store) throws IOException {
    Set<CheckpointName> whole = new java.util.TreeSet<>();
    for (CampaignCopies.Listed listed : new CampaignCopies(store, FOLDER).list()) {
      if (listed.flaw().isEmpty()) {
        whole.add(listed.name());
      }
    }
    return whole;
  }

  @Override
  public void close() throws IOException {
    for (ReplayStore store : replay) {
      store.close();
    }
  }
}
