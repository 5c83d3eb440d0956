package org.planloop.deploy.cli;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.planloop.data.ArrayLength;
import org.planloop.data.InvalidInputException;
import org.planloop.data.JobKey;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.StoreIdentity;
import org.planloop.replay.StoredChunk;
import org.planloop.replay.StoredRows;

/** Turns stored rows into what a file holds. */
final class ReplayExport {
  /** Bytes of heap a value may take on its way: the batch, a job's part of it, HDF5's rows. */
  private static final long BYTES_A_VALUE = 16;

  private ReplayExport() {}

  /** Writes one line a row, a chunk at a time, to a temporary name that is then renamed. */
  static void csv(
      Path file, StoreIdentity identity, ReplayColumns columns, List<ReplayFilter.Chosen> chosen)
      throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new IOException(file + " names no file");
    }
    Path temporary = Files.createTempFile(folder, "." + target.getFileName(), ".tmp");
    try {
      try (StoredRows reader = new StoredRows(identity);
          BufferedWriter writer = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        writer.write("side,iteration,job,attempt,chunk,policy_version,epoch,");
        writer.write(String.join(",", columns.names()) + "\n");
        for (ReplayFilter.Chosen job : chosen) {
          for (StoredChunk chunk : job.chunks()) {
            write(writer, chunk, columns, reader.read(chunk));
          }
        }
      }
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(temporary, target); // Fails where another has made the file meanwhile.
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void write(
      BufferedWriter writer, StoredChunk chunk, ReplayColumns columns, TransitionBatch rows)
      throws IOException {
    JobKey job = chunk.key().job();
    String origin =
        String.join(
            ",",
            ReplayFilter.name(job.provenance()),
            String.valueOf(job.iteration()),
            String.valueOf(job.job()),
            String.valueOf(job.attempt()),
            String.valueOf(chunk.key().chunk()),
            String.valueOf(chunk.policyVersion()),
            String.valueOf(chunk.epoch()));
    for (int row = 0; row < rows.size(); row++) {
      writer.write(origin + "," + String.join(",", columns.cells(rows, row)) + "\n");
    }
  }

  /**
   * All chosen rows, those of an episode together and in the order of time, episodes numbered from
   * 0 over all jobs.
   *
   * @throws InvalidInputException if they do not fit into memory
   */
  static TransitionBatch episodes(StoreIdentity identity, List<ReplayFilter.Chosen> chosen)
      throws IOException {
    long rows = chosen.stream().mapToLong(ReplayFilter.Chosen::rows).sum();
    requireRoom(identity, rows);
    TransitionBatch all =
        TransitionBatch.allocate(
            ArrayLength.of("rows of the file", rows), identity.stateSize(), identity.actionSize());
    int to = 0;
    int episode = -1;
    try (StoredRows reader = new StoredRows(identity)) {
      for (ReplayFilter.Chosen job : chosen) {
        TransitionBatch of = rows(reader, identity, job);
        int before = Integer.MIN_VALUE;
        for (int row : byEpisode(of)) {
          episode += of.episodes()[row] != before ? 1 : 0;
          before = of.episodes()[row];
          all.copyRows(of, row, to, 1);
          all.episodes()[to++] = episode;
        }
      }
    }
    return all;
  }

  private static void requireRoom(StoreIdentity identity, long rows) {
    long values = rows * (2L * identity.stateSize() + identity.actionSize() + 4);
    long heap = Runtime.getRuntime().maxMemory();
    if (values > heap / BYTES_A_VALUE) {
      throw new InvalidInputException(
          rows
              + " rows take up to "
              + values / (1 << 20) * BYTES_A_VALUE
              + " MiB of memory, the heap has "
              + heap / (1 << 20)
              + " MiB; choose fewer with filters, raise it with PLANLOOP_JAVA_OPTS=-Xmx..., or"
              + " write FILE.csv");
    }
  }

  private static TransitionBatch rows(
      StoredRows reader, StoreIdentity identity, ReplayFilter.Chosen job) throws IOException {
    TransitionBatch rows =
        TransitionBatch.allocate(
            ArrayLength.of("rows of a job", job.rows()),
            identity.stateSize(),
            identity.actionSize());
    int to = 0;
    for (StoredChunk chunk : job.chunks()) {
      TransitionBatch part = reader.read(chunk);
      rows.copyRows(part, 0, to, part.size());
      to += part.size();
    }
    return rows;
  }

  /** The rows' numbers by episode and step. */
  private static List<Integer> byEpisode(TransitionBatch rows) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
    order.sort(
        Comparator.<Integer>comparingInt(row -> rows.episodes()[row])
            .thenComparingInt(row -> rows.steps()[row]));
    return order;
  }
}
