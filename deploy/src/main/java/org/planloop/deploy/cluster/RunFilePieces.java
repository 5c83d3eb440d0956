package org.planloop.deploy.cluster;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The files of a run folder that a follower may have, in pieces that fit a message. */
final class RunFilePieces {
  /** There is no such file, or it is not for followers. */
  static final Campaigning.Piece NONE = new Campaigning.Piece(-1, new byte[0]);

  private static final int PIECE_BYTES = 192 * 1024;

  /** Configuration, best policy and the text files; nothing that leads out of the folder. */
  private static final Pattern OPEN =
      Pattern.compile("[a-z]+\\.(conf|csv|jsonl|json|html)|best/[a-z]+\\.(json|safetensors)");

  private RunFilePieces() {}

  static Campaigning.Piece read(Path folder, String file, long from) {
    if (from < 0 || !OPEN.matcher(file).matches()) {
      return NONE;
    }
    try (SeekableByteChannel channel = Files.newByteChannel(folder.resolve(file))) {
      int length = (int) Math.max(0, Math.min(PIECE_BYTES, channel.size() - from));
      ByteBuffer bytes = ByteBuffer.allocate(length);
      channel.position(from);
      int read = 0;
      while (bytes.hasRemaining() && read >= 0) {
        read = channel.read(bytes);
      }
      return new Campaigning.Piece(channel.size(), Arrays.copyOf(bytes.array(), bytes.position()));
    } catch (IOException e) {
      // Not there yet, or no longer: the follower asks again or goes on without it.
      return NONE;
    }
  }
}
