package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.planloop.campaign.ProgressRow;
import org.planloop.checkpoint.RunStore;
import org.planloop.data.InvalidInputException;

/**
 * Copies the newest checkpoint of a run: its replay shards first, then its own files, the manifest
 * last, and only then what is no longer kept goes. For one thread.
 */
public final class RunCopy implements BackgroundCopier.Task {
  /**
   * What is copied.
   *
   * @param run the run folder
   * @param campaign its id, which the replay files bear
   * @param keep how many of the newest checkpoints stay, besides the best
   */
  public record Source(Path run, String campaign, String experiment, int keep) {}

  /** In the folder of a finished run whose last copy is whole: nothing is left to be done. */
  public static final String COPIED = ".copied";

  private record Known(@Nullable Object file, FileTime time, Blob blob) {}

  private final Source source;
  private final String folder;
  private final Archive archive;
  private final ReplayCopies replay;
  private final Map<String, Known> known = new HashMap<>();
  private boolean formerShards = true; // Until the store has been looked through.

  /**
   * @param folder of the campaign in the store, its key prefix with a slash at its end
   */
  public RunCopy(ObjectStore store, String folder, Source source, ReplayCopies replay) {
    this.source = source;
    this.folder = folder;
    this.archive = new Archive(store, folder);
    this.replay = replay;
  }

  @Override
  public Optional<CheckpointName> copyNewest() throws IOException, InterruptedException {
    Optional<RunSnapshot> taken = RunSnapshot.take(source.run());
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    try {
      copy(taken.get());
      return Optional.of(taken.get().name());
    } finally {
      RunSnapshot.release(source.run());
    }
  }

  @Override
  public long bytesPut() {
    return archive.bytesPut();
  }

  private void copy(RunSnapshot snapshot) throws IOException, InterruptedException {
    CheckpointName name = snapshot.name();
    NavigableSet<CheckpointName> there = archive.names();
    if (!there.isEmpty() && there.last().compareTo(name) > 0) {
      throw another(name, "has " + there.last());
    }
    Map<Blob, Content> contents = new HashMap<>();
    List<StoredFile> files = new ArrayList<>();
    for (Map.Entry<String, Path> file : snapshot.files().entrySet()) {
      Blob blob = blob(file.getKey(), file.getValue());
      contents.put(blob, Content.of(file.getValue(), 0, blob.size()));
      files.add(new StoredFile(file.getKey(), List.of(blob)));
    }
    known.keySet().retainAll(snapshot.files().keySet());
    int best = best();
    int shards;
    if (!there.contains(name)) {
      List<Blob> replayed = replay.copy(folder, name, there);
      archive.publish(
          name,
          new Manifest(
              Manifest.FORMAT, source.campaign(), source.experiment(), best, files, replayed),
          contents);
      there.add(name);
      shards = replayed.size();
    } else {
      Manifest copied = archive.manifest(name);
      if (!state(copied.files()).equals(state(files))) {
        throw another(name, "has another " + name);
      }
      shards = copied.shards().size();
    }
    Set<CheckpointName> kept = kept(there, best);
    prune(archive, kept);
    pruneFormerShards(shards, kept);
    if (name.finished()) {
      Files.writeString(source.run().resolve(COPIED), folder);
    }
  }

  /** Of a campaign that has fewer shards by now nobody else deletes what the others had. */
  private void pruneFormerShards(int shards, Set<CheckpointName> kept) throws IOException {
    if (!formerShards) {
      return;
    }
    Archive former = archive.shard(shards);
    formerShards = !former.names().isEmpty();
    for (int i = shards; !former.names().isEmpty(); former = archive.shard(++i)) {
      prune(former, kept);
    }
  }

  private static void prune(Archive archive, Set<CheckpointName> kept) throws IOException {
    String trouble = archive.prune(kept);
    if (!trouble.isEmpty()) {
      throw new IOException("old checkpoints are not deleted: " + trouble);
    }
  }

  private InvalidInputException another(CheckpointName name, String what) {
    return new InvalidInputException(
        "copies end here: the store "
            + what
            + " in "
            + folder
            + ", and this run is at "
            + name
            + ", so another run writes there, or this one was restored from an earlier checkpoint;"
            + " stop the other, or copy to another prefix");
  }

  /** What tells two runs of one campaign apart: the times in their states differ. */
  private static List<StoredFile> state(List<StoredFile> files) {
    return files.stream().filter(file -> file.path().contains("/state/")).toList();
  }

  private Set<CheckpointName> kept(NavigableSet<CheckpointName> there, int best) {
    Set<CheckpointName> kept = new TreeSet<>();
    for (CheckpointName name : there.descendingSet()) {
      if (kept.size() < source.keep() || name.iteration() == best) {
        kept.add(name);
      }
    }
    return kept;
  }

  private Blob blob(String name, Path link) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(link, BasicFileAttributes.class);
    Known before = known.get(name);
    if (before != null
        && before.file() != null
        && before.file().equals(attributes.fileKey())
        && before.time().equals(attributes.lastModifiedTime())
        && before.blob().size() == attributes.size()) {
      return before.blob();
    }
    Blob blob = Blob.of(Content.of(link, 0, attributes.size()));
    known.put(name, new Known(attributes.fileKey(), attributes.lastModifiedTime(), blob));
    return blob;
  }

  /** The iteration whose policy has returned most so far, 0 while none has. */
  private int best() throws IOException {
    Optional<RunStore.Restored> held =
        new RunStore(source.run().resolve(RunSnapshot.HOLD).resolve("iterations")).latest();
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (ProgressRow row : held.map(state -> state.state().rows()).orElse(List.of())) {
      OptionalDouble mean =
          row.evalReturnMean().isPresent() ? row.evalReturnMean() : row.returnMean();
      if (mean.isPresent() && mean.getAsDouble() > most) {
        most = mean.getAsDouble();
        best = row.iteration();
      }
    }
    return best;
  }
}
