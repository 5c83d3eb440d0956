package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.planloop.data.InvalidInputException;
import org.planloop.replay.ReplaySettings;
import org.planloop.replay.Resharding;
import org.planloop.replay.StoreFlaw;
import org.planloop.storage.AtomicFolder;

/** The copies of one campaign that a store has. */
public final class CampaignCopies {
  private static final String MARK = "/checkpoints/";

  private final Archive archive;
  private final String folder;

  /**
   * A checkpoint in the store.
   *
   * @param bytes of all that would be restored
   * @param flaw why it cannot be; empty if it can
   */
  public record Listed(String folder, CheckpointName name, long bytes, String flaw) {}

  /**
   * A checkpoint that is whole, as far as can be seen without reading it.
   *
   * @param manifest of the run, which names the shards'
   */
  public record Whole(CheckpointName name, Manifest manifest) {}

  /**
   * @param folder of the campaign, its key prefix with a slash at its end
   */
  public CampaignCopies(ObjectStore store, String folder) {
    this.archive = new Archive(store, folder);
    this.folder = folder;
  }

  /** The folders of all campaigns below a place. */
  public static List<String> folders(ObjectStore store, StoreLocation location) throws IOException {
    TreeSet<String> folders = new TreeSet<>();
    String prefix = location.prefix().isEmpty() ? "" : location.prefix() + "/";
    for (ObjectStore.Stored stored : store.list(prefix)) {
      int at = stored.key().indexOf(MARK);
      if (at >= 0 && !stored.key().substring(0, at).matches(".*/replay/[0-9]+")) {
        folders.add(stored.key().substring(0, at + 1));
      }
    }
    return List.copyOf(folders);
  }

  /** All checkpoints, the newest last. */
  public List<Listed> list() throws IOException {
    List<Listed> all = new ArrayList<>();
    for (CheckpointName name : archive.names()) {
      try {
        Manifest manifest = archive.manifest(name);
        all.add(new Listed(folder, name, bytes(name, manifest), flaw(name, manifest)));
      } catch (InvalidInputException | MissingObjectException e) {
        all.add(new Listed(folder, name, 0, String.valueOf(e.getMessage())));
      }
    }
    return all;
  }

  private long bytes(CheckpointName name, Manifest manifest) throws IOException {
    long bytes = manifest.bytes();
    for (int i = 0; i < manifest.shards().size(); i++) {
      bytes += archive.shard(i).manifest(name, manifest.shards().get(i)).bytes();
    }
    return bytes;
  }

  private String flaw(CheckpointName name, Manifest manifest) throws IOException {
    String lacks = archive.lacks(manifest);
    for (int i = 0; i < manifest.shards().size() && lacks.isEmpty(); i++) {
      Archive shard = archive.shard(i);
      lacks = shard.lacks(shard.manifest(name, manifest.shards().get(i)));
    }
    return lacks;
  }

  /**
   * A checkpoint to restore.
   *
   * @param wanted empty for the newest that is whole
   * @throws InvalidInputException if there is none, naming what is missing
   */
  public Whole choose(Optional<CheckpointName> wanted) throws IOException {
    NavigableSet<CheckpointName> names = archive.names();
    InvalidInputException.check(
        !names.isEmpty(),
        "campaign",
        folder,
        "the store has no checkpoint of it; planloop restore s3://BUCKET/PREFIX --list shows"
            + " what there is");
    if (wanted.isPresent()) {
      InvalidInputException.check(
          names.contains(wanted.get()), "--checkpoint", wanted.get(), "there are " + names);
      return whole(wanted.get());
    }
    InvalidInputException first = null;
    for (CheckpointName name : names.descendingSet()) {
      try {
        return whole(name);
      } catch (InvalidInputException e) {
        first = first == null ? e : first;
      }
    }
    throw first == null ? new InvalidInputException(folder) : first;
  }

  private Whole whole(CheckpointName name) throws IOException {
    try {
      Manifest manifest = archive.manifest(name);
      ReplaySettings.checkShards(archive.key(name) + ": shards", manifest.shards().size());
      String flaw = flaw(name, manifest);
      if (!flaw.isEmpty()) {
        throw new InvalidInputException(
            "checkpoint "
                + name
                + " is not whole: "
                + flaw
                + "; choose another with --checkpoint (--list shows them), or bring the object"
                + " back from a backup of the store");
      }
      return new Whole(name, manifest);
    } catch (MissingObjectException e) {
      throw new InvalidInputException(
          "checkpoint " + name + " is not whole: " + e.getMessage() + "; choose another", e);
    }
  }

  /** Restores the files of the run folder; the folder is new. */
  public void restoreRun(Whole whole, Path target) throws IOException {
    Download.run(archive, whole.manifest(), target);
  }

  /**
   * The replay files of a checkpoint.
   *
   * @param campaign whose they are
   * @param shards the manifests of the shards, by their numbers
   */
  public record Replay(String campaign, CheckpointName name, List<Blob> shards) {
    /** Those of a checkpoint that was chosen. */
    static Replay of(Whole whole) {
      return new Replay(whole.manifest().campaign(), whole.name(), whole.manifest().shards());
    }

    public Replay {
      shards = List.copyOf(shards);
    }
  }

  /**
   * Restores replay shards. As many as were copied come back as they were; for another number their
   * rows are laid out anew ({@link Resharding}), one old shard at a time, which is downloaded
   * beside the first target.
   *
   * @param shards how many the campaign has from now on
   * @param targets new folders of those of them that are wanted here, by their numbers
   * @param segmentBytes size at which a new segment file is begun
   * @throws InvalidInputException if an object is missing or damaged
   */
  public void restoreShards(
      Replay copied, int shards, SortedMap<Integer, Path> targets, long segmentBytes)
      throws IOException {
    int before = copied.shards().size();
    if (shards == before) {
      for (Map.Entry<Integer, Path> target : targets.entrySet()) {
        restoreShard(copied, target.getKey(), target.getValue());
      }
      return;
    }
    Path first = Objects.requireNonNull(targets.get(targets.firstKey()));
    Path source = first.resolveSibling("." + first.getFileName() + ".source");
    try (Resharding resharding = new Resharding(shards, targets, segmentBytes)) {
      for (int old = 0; old < before; old++) {
        if (resharding.needs(old, before)) {
          AtomicFolder.delete(source);
          restoreShard(copied, old, source);
          take(resharding, source, old, copied);
        }
      }
      resharding.finish();
    } finally {
      AtomicFolder.delete(source);
    }
  }

  /** What was copied had been confirmed, so that not even the end of a file may be torn. */
  private static void take(Resharding resharding, Path source, int old, Replay copied)
      throws IOException {
    String flaw;
    try {
      flaw =
          resharding.take(source, old, copied.shards().size()).stream()
              .map(StoreFlaw::toString)
              .collect(Collectors.joining("; "));
    } catch (InvalidInputException e) {
      flaw = String.valueOf(e.getMessage());
    }
    if (!flaw.isEmpty()) {
      throw new InvalidInputException(
          "replay shard "
              + old
              + " of checkpoint "
              + copied.name()
              + " was damaged when it was copied ("
              + flaw
              + "); choose another checkpoint with --checkpoint");
    }
  }

  private void restoreShard(Replay copied, int number, Path target) throws IOException {
    Archive shard = archive.shard(number);
    try {
      Manifest manifest = shard.manifest(copied.name(), copied.shards().get(number));
      InvalidInputException.check(
          manifest.campaign().equals(copied.campaign()),
          shard.key(copied.name()) + ": campaign",
          manifest.campaign(),
          "its run is " + copied.campaign() + "; choose another checkpoint with --checkpoint");
      Download.run(shard, manifest, target);
    } catch (MissingObjectException e) {
      throw new InvalidInputException(e.getMessage() + "; choose another checkpoint", e);
    }
  }
}
