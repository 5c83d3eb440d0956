package org.planloop.deploy.report;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that grows by whole records: a record that could not be written (the disk is full) is
 * taken back, so the file never ends in half of one.
 */
final class AppendedFile implements Closeable {
  private final Path path;
  private final FileChannel channel;
  private long length;

  /** Opens a file, what it held is replaced. */
  AppendedFile(Path path) throws IOException {
    this.path = path;
    this.channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
  }

  /**
   * Appends one record.
   *
   * @throws IOException naming the file; it is then as it was before
   */
  void append(byte[] record) throws IOException {
    try {
      ByteBuffer rest = ByteBuffer.wrap(record);
      long at = length;
      while (rest.hasRemaining()) {
        at += channel.write(rest, at);
      }
      length = at;
    } catch (IOException e) {
      channel.truncate(length);
      throw new IOException(path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
