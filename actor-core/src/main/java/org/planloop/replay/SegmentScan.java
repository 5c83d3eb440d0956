package org.planloop.replay;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.planloop.replay.ChunkHeader.Found;

/**
 * Walks through a segment file without a lock, a mapping or a change, in memory of a fixed size: a
 * running store may append to the file or cut it meanwhile.
 */
final class SegmentScan {
  private static final int WINDOW = 64 * 1024;

  private final Path path;
  private final FileChannel channel;
  private final SegmentHeader header;
  private final int rowBytes;
  private final long size;
  private final ByteBuffer chunkHeader = buffer(ChunkHeader.BYTES);
  private final ByteBuffer window = buffer(WINDOW);

  /** Is told of each chunk, in the order of the file. */
  @FunctionalInterface
  interface Visitor {
    void found(StoredChunk chunk) throws IOException;
  }

  /**
   * @param channel of the file; stays open
   * @param header what the file should begin with
   */
  SegmentScan(Path path, FileChannel channel, SegmentHeader header) throws IOException {
    this.path = path;
    this.channel = channel;
    this.header = header;
    this.rowBytes = header.identity().layout().bytes();
    this.size = channel.size();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Bytes of the file when the scan began. */
  long size() {
    return size;
  }

  /**
   * Goes from chunk to chunk.
   *
   * @param checksums whether every row is read and its chunk's checksum is verified
   * @param chunks what is there, up to the first flaw
   * @return the flaw, if there is one
   */
  Optional<StoreFlaw> run(boolean checksums, Visitor chunks) throws IOException {
    if (size > Integer.MAX_VALUE) {
      return Optional.of(flaw(0, "the file is longer than any segment"));
    }
    ByteBuffer first = buffer(SegmentHeader.BYTES);
    read(first, 0);
    String problem = header.problemOf(first.flip());
    if (!problem.isEmpty()) {
      return Optional.of(flaw(0, problem));
    }
    return walk(SegmentHeader.BYTES, checksums, chunks);
  }

  /** The same of bytes that begin with a chunk, if with anything. */
  Optional<StoreFlaw> walk(long from, boolean checksums, Visitor chunks) throws IOException {
    long offset = from;
    while (offset < size) {
      Found found = chunkAt(offset, checksums);
      ChunkHeader chunk = found.header();
      if (chunk == null) {
        return Optional.of(flaw(offset, found.problem()));
      }
      chunks.found(
          new StoredChunk(
              path, offset, chunk.key(), chunk.policyVersion(), chunk.epoch(), chunk.count()));
      offset += length(chunk);
    }
    return Optional.empty();
  }

  private long length(ChunkHeader chunk) {
    return ChunkHeader.BYTES + (long) chunk.count() * rowBytes;
  }

  private Found chunkAt(long offset, boolean checksum) throws IOException {
    if (!read(chunkHeader.clear(), offset)) {
      return new Found(null, ChunkHeader.CUT_SHORT);
    }
    String problem = ChunkHeader.problemOf(chunkHeader, size - offset, rowBytes);
    if (!problem.isEmpty()) {
      return new Found(null, problem);
    }
    Found found = ChunkHeader.parse(chunkHeader, header.side());
    ChunkHeader chunk = found.header();
    if (chunk == null || !checksum || checks(offset, chunk)) {
      return found;
    }
    return new Found(null, ChunkHeader.WRONG_CHECKSUM);
  }

  private boolean checks(long offset, ChunkHeader chunk) throws IOException {
    CRC32C crc = ChunkHeader.checksumOf(chunkHeader);
    long end = offset + length(chunk);
    for (long at = offset + ChunkHeader.BYTES; at < end; at += window.limit()) {
      window.clear().limit((int) Math.min(WINDOW, end - at));
      if (!read(window, at)) {
        return false;
      }
      crc.update(window.flip());
    }
    return (int) crc.getValue() == ChunkHeader.statedChecksum(chunkHeader);
  }

  /** Fills a buffer; false where the file ends before. */
  private boolean read(ByteBuffer target, long offset) throws IOException {
    long at = offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        return false;
      }
      at += count;
    }
    return true;
  }

  /** Looks for what is whole behind a flaw: chunks begin at multiples of four. */
  private StoreFlaw flaw(long offset, String reason) throws IOException {
    int chunks = 0;
    long rows = 0;
    long at = nextMagic(offset == 0 ? SegmentHeader.BYTES : offset + Integer.BYTES);
    while (at < size) {
      ChunkHeader chunk = chunkAt(at, true).header();
      if (chunk == null) {
        at = nextMagic(at + Integer.BYTES);
      } else {
        chunks++;
        rows += chunk.count();
        at = nextMagic(at + length(chunk));
      }
    }
    return new StoreFlaw(path, offset, size - offset, reason, chunks, rows);
  }

  private long nextMagic(long from) throws IOException {
    for (long at = from; at < size; at += WINDOW) {
      window.clear();
      read(window, at);
      window.flip();
      for (int i = 0; i + Integer.BYTES <= window.limit(); i += Integer.BYTES) {
        if (window.getInt(i) == ChunkHeader.MAGIC) {
          return at + i;
        }
      }
    }
    return size;
  }
}
