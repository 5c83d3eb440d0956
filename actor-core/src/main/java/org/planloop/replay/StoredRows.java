package org.planloop.replay;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;
import org.planloop.data.TransitionBatch;
import org.planloop.replay.ChunkHeader.Found;

/**
 * Reads the rows of chunks that a {@link StoreScan} found, one chunk at a time, without a lock.
 * Keeps the last file open. For one thread.
 */
public final class StoredRows implements Closeable {
  private final RowLayout layout;
  private @Nullable Path path;
  private @Nullable FileChannel channel;

  public StoredRows(StoreIdentity identity) {
    layout = identity.layout();
  }

  /**
   * The rows of a chunk.
   *
   * @throws InvalidInputException if its checksum is wrong or another chunk is there by now, naming
   *     file and byte
   */
  public TransitionBatch read(StoredChunk chunk) throws IOException {
    ByteBuffer bytes = bytes(chunk).position(ChunkHeader.BYTES);
    return rows(bytes.slice().order(ByteOrder.LITTLE_ENDIAN), chunk);
  }

  /** The same as it lies in the file, its header first. */
  ByteBuffer bytes(StoredChunk chunk) throws IOException {
    FileChannel file = open(chunk.segment());
    ByteBuffer bytes =
        ByteBuffer.allocate(ChunkHeader.BYTES + chunk.rows() * layout.bytes())
            .order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, chunk.offset() + bytes.position()) < 0) {
        throw new EOFException(chunk.segment() + ": was cut while it was read");
      }
    }
    Found found = ChunkHeader.read(bytes.flip(), 0, chunk.key().job().provenance(), layout.bytes());
    if (found.header() == null || !found.header().key().equals(chunk.key())) {
      throw new InvalidInputException(
          chunk.segment()
              + ": "
              + (found.header() == null ? found.problem() : "another chunk is there")
              + " at byte "
              + chunk.offset()
              + " (iteration "
              + chunk.key().job().iteration()
              + ", job "
              + chunk.key().job().job()
              + "); leave it out by other filters, or see planloop replay quarantine --verify");
    }
    return bytes;
  }

  private TransitionBatch rows(ByteBuffer bytes, StoredChunk chunk) {
    TransitionBatch rows =
        TransitionBatch.allocate(chunk.rows(), layout.stateSize(), layout.actionSize());
    for (int row = 0; row < rows.size(); row++) {
      layout.readFloats(bytes.asFloatBuffer(), row * layout.words(), rows, row);
      layout.readTail(bytes.asIntBuffer(), row * layout.words(), rows, row);
    }
    return rows;
  }

  private FileChannel open(Path segment) throws IOException {
    FileChannel open = channel;
    if (open != null && segment.equals(path)) {
      return open;
    }
    close();
    open = FileChannel.open(segment, StandardOpenOption.READ);
    channel = open;
    path = segment;
    return open;
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
      channel = null;
    }
  }
}
