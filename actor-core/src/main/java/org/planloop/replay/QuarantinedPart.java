package org.planloop.replay;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.planloop.data.Provenance;

/**
 * A part of a segment file that was set aside when its store was opened, as it lies in the
 * quarantine: {@code SEGMENT.OFFSET}. The reason is not kept with it; it is found again by looking
 * at the bytes.
 *
 * @param file where it lies now
 * @param segment the name of the file it was in
 * @param offset where in it, 0 for the whole file
 * @param bytes how many
 * @param reason what is wrong with the first of them, as far as they tell
 * @param wholeChunks chunks in it that are whole
 * @param wholeRows their rows
 */
public record QuarantinedPart(
    Path file,
    String segment,
    long offset,
    long bytes,
    String reason,
    int wholeChunks,
    long wholeRows) {
  /** The folder inside a store's. */
  static final String FOLDER = "quarantine";

  private static final String NAME = "(.+\\.segment)\\.([0-9]{1,10})";

  /**
   * What was set aside of a store, oldest segment first.
   *
   * @param store its folder
   * @throws IOException if a file cannot be read
   */
  public static List<QuarantinedPart> of(Path store) throws IOException {
    Path folder = store.resolve(FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> String.valueOf(file.getFileName()).matches(NAME)).sorted().toList();
    }
    Optional<StoreIdentity> identity = StoreState.read(store).map(StoreState::identity);
    List<QuarantinedPart> parts = new ArrayList<>();
    for (Path file : files) {
      parts.add(of(file, identity));
    }
    return parts;
  }

  private static QuarantinedPart of(Path file, Optional<StoreIdentity> identity)
      throws IOException {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    String segment = name.substring(0, dot);
    long offset = Long.parseLong(name.substring(dot + 1));
    Provenance side =
        segment.startsWith(new SegmentNames(Provenance.EXPERT).prefix())
            ? Provenance.EXPERT
            : Provenance.LEARNER;
    if (identity.isEmpty()) {
      return new QuarantinedPart(
          file, segment, offset, Files.size(file), "not known without store.json", 0, 0);
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      SegmentScan scan = new SegmentScan(file, channel, new SegmentHeader(identity.get(), side));
      int[] chunks = new int[1];
      long[] rows = new long[1];
      Optional<StoreFlaw> flaw =
          offset == 0
              ? scan.run(true, chunk -> count(chunk, chunks, rows))
              : scan.walk(0, true, chunk -> count(chunk, chunks, rows));
      String reason = flaw.map(StoreFlaw::reason).orElse("nothing is wrong with it any more");
      return new QuarantinedPart(
          file,
          segment,
          offset,
          scan.size(),
          reason,
          chunks[0] + flaw.map(StoreFlaw::wholeChunks).orElse(0),
          rows[0] + flaw.map(StoreFlaw::wholeRows).orElse(0L));
    }
  }

  private static void count(StoredChunk chunk, int[] chunks, long[] rows) {
    chunks[0]++;
    rows[0] += chunk.rows();
  }

  /** Deletes the file for good, and the quarantine with the last one in it. */
  public void delete() throws IOException {
    Files.deleteIfExists(file);
    Path folder = file.getParent();
    if (folder != null) {
      try (Stream<Path> rest = Files.list(folder)) {
        if (rest.findAny().isPresent()) {
          return;
        }
      }
      Files.deleteIfExists(folder);
    }
  }
}
