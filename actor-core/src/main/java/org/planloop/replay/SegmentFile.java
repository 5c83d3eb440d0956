package org.planloop.replay;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * One append-only file. Written by its channel, so that a full disk is an exception and no fault of
 * the process; read by a mapping of what is committed, which never changes any more.
 */
final class SegmentFile implements Closeable {
  /** Opens channels; tests put a disk that fails here. */
  @FunctionalInterface
  interface Disk {
    FileChannel open(Path path, OpenOption... options) throws IOException;
  }

  private final Path path;
  private final FileChannel channel;
  private long end;
  private long committed;
  private @Nullable Mapping mapping;

  /** The committed part in memory. */
  record Mapping(ByteBuffer bytes, FloatBuffer floats, IntBuffer ints) {}

  private SegmentFile(Path path, FileChannel channel, long end) {
    this.path = path;
    this.channel = channel;
    this.end = end;
    this.committed = end;
  }

  /** Begins a new file; it holds a header on disk when this returns, or is not there. */
  static SegmentFile create(Path path, SegmentHeader header, Disk disk) throws IOException {
    FileChannel channel =
        disk.open(
            path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    SegmentFile segment = new SegmentFile(path, channel, 0);
    try {
      segment.write(header.toBytes());
      channel.force(true);
      segment.committed = segment.end;
      return segment;
    } catch (IOException e) {
      try (channel) {
        Files.deleteIfExists(path);
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  /** Opens a file as it lies there. */
  static SegmentFile open(Path path, Disk disk) throws IOException {
    FileChannel channel = disk.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    return new SegmentFile(path, channel, channel.size());
  }

  Path path() {
    return path;
  }

  /** Bytes, committed or not. */
  long size() {
    return end;
  }

  /** Bytes that are on disk for good. */
  long committed() {
    return committed;
  }

  /** Appends; not committed until {@link #commit}. */
  void write(ByteBuffer bytes) throws IOException {
    long position = end;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
    end = position;
  }

  /** Forces everything written to disk. */
  void commit() throws IOException {
    if (committed != end) {
      channel.force(false);
      committed = end;
    }
  }

  /** Takes back what is not committed. */
  void rollBack() throws IOException {
    truncate(committed);
  }

  /** Cuts the file. */
  void truncate(long size) throws IOException {
    channel.truncate(size);
    channel.force(true);
    end = size;
    committed = size;
    mapping = null;
  }

  /** The committed part; the mapping is made anew where the file has grown since the last. */
  Mapping mapped() throws IOException {
    Mapping current = mapping;
    if (current == null || current.bytes().limit() < committed) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, committed);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      current = new Mapping(bytes, bytes.asFloatBuffer(), bytes.asIntBuffer());
      mapping = current;
    }
    return current;
  }

  /** Closes and removes the file; mappings stay readable. */
  void delete() throws IOException {
    close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
