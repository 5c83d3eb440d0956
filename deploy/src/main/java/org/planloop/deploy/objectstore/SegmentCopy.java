package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.replay.StoreExtents;

/**
 * Copies the files of one replay shard. What is committed of a segment never changes, so only what
 * has been added since the last checkpoint is stored, as a further part. A part that is no longer
 * than twice the new one becomes one with it: a segment of n bytes has about log n parts, and a
 * byte is stored about log n times at most.
 */
public final class SegmentCopy {
  /** Parts are not made longer than this, so that a request that is sent again is no large loss. */
  static final long LARGEST_PART = 64L << 20;

  private final Archive archive;
  private final int shard;
  private final Map<String, List<Blob>> parts = new HashMap<>();
  private boolean looked;

  /**
   * @param folder of the campaign in the store, its key prefix
   */
  public SegmentCopy(ObjectStore store, String folder, int shard) {
    this.archive = new Archive(store, folder).shard(shard);
    this.shard = shard;
  }

  /**
   * Stores what the shard has committed.
   *
   * @param keep checkpoints whose manifests stay; this one does in any case
   * @return the shard's manifest
   */
  public Blob copy(StoreExtents extents, CheckpointName name, Set<CheckpointName> keep)
      throws IOException {
    if (!looked) {
      goOnFromLast(extents);
      looked = true;
    }
    Map<Blob, Content> contents = new HashMap<>();
    List<StoredFile> files = new ArrayList<>();
    Content description = Content.of(extents.description());
    Blob described = Blob.of(description);
    contents.put(described, description);
    files.add(new StoredFile(StoreExtents.DESCRIPTION, List.of(described)));
    for (Map.Entry<String, Long> segment : extents.lengths().entrySet()) {
      files.add(
          new StoredFile(
              segment.getKey(), extend(extents, segment.getKey(), segment.getValue(), contents)));
    }
    parts.keySet().retainAll(extents.lengths().keySet());
    Manifest manifest =
        new Manifest(Manifest.FORMAT, extents.campaign(), "shard-" + shard, 0, files, List.of());
    Blob published = archive.publish(name, manifest, contents);
    Set<CheckpointName> kept = new TreeSet<>(keep);
    kept.add(name);
    archive.prune(kept);
    return published;
  }

  /** Bytes stored so far. */
  public long bytesPut() {
    return archive.bytesPut();
  }

  private List<Blob> extend(
      StoreExtents extents, String segment, long length, Map<Blob, Content> contents)
      throws IOException {
    List<Blob> known = new ArrayList<>(parts.getOrDefault(segment, List.of()));
    long end = known.stream().mapToLong(Blob::size).sum();
    if (length < end) {
      known.clear(); // It was cut when it was opened again: its end had not been confirmed.
      end = 0;
    }
    if (length > end) {
      long start = end;
      while (!known.isEmpty()) {
        long last = known.get(known.size() - 1).size();
        if (last > 2 * (length - start) || length - start + last > LARGEST_PART) {
          break;
        }
        known.remove(known.size() - 1);
        start -= last;
      }
      for (long from = start; from < length; from += LARGEST_PART) {
        Content content = content(extents, segment, from, Math.min(LARGEST_PART, length - from));
        known.add(Blob.of(content));
      }
    }
    long offset = 0;
    for (Blob part : known) {
      contents.put(part, content(extents, segment, offset, part.size()));
      offset += part.size();
    }
    parts.put(segment, List.copyOf(known));
    return known;
  }

  private static Content content(StoreExtents extents, String segment, long offset, long length) {
    return Content.of(extents.folder().resolve(segment), offset, length);
  }

  /**
   * Takes up the parts of the newest checkpoint, as far as the files here begin with them: the
   * store may be that of a run that went another way.
   */
  private void goOnFromLast(StoreExtents extents) throws IOException {
    Manifest last = newest();
    if (last == null) {
      return;
    }
    for (StoredFile file : last.files()) {
      long length = extents.lengths().getOrDefault(file.path(), 0L);
      List<Blob> same = new ArrayList<>();
      long offset = 0;
      for (Blob part : file.parts()) {
        if (offset + part.size() > length
            || !Blob.of(content(extents, file.path(), offset, part.size())).equals(part)) {
          break;
        }
        same.add(part);
        offset += part.size();
      }
      if (!same.isEmpty()) {
        parts.put(file.path(), same);
      }
    }
  }

  private @Nullable Manifest newest() throws IOException {
    NavigableSet<CheckpointName> names = archive.names();
    try {
      return names.isEmpty() ? null : archive.manifest(names.last());
    } catch (InvalidInputException e) {
      return null; // Nothing of it is used: all is stored anew.
    }
  }
}
