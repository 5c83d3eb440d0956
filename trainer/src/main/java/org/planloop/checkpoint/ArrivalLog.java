package org.planloop.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.planloop.data.InvalidInputException;
import org.planloop.protocol.JobResult;
import org.planloop.storage.AtomicFile;

/**
 * The jobs that have come in since the last row, one JSON object a line: a campaign that is killed
 * between two rows goes on with them and does not fly them again.
 */
final class ArrivalLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  ArrivalLog(Path file) {
    this.file = file;
  }

  /** Appends; when this returns, the lines survive a power cut. */
  void append(List<JobResult> results) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (JobResult result : results) {
      lines.write(JSON.writeValueAsBytes(result));
      lines.write('\n');
    }
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer rest = ByteBuffer.wrap(lines.toByteArray());
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /**
   * What was appended since the last {@link #clear}. A last line that a crash has torn was never
   * promised to anybody: it is cut off.
   *
   * @throws InvalidInputException if another line cannot be read
   */
  List<JobResult> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    byte[] bytes = Files.readAllBytes(file);
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    if (whole < bytes.length) {
      AtomicFile.write(file, Arrays.copyOf(bytes, whole));
    }
    List<JobResult> results = new ArrayList<>();
    for (String line : new String(bytes, 0, whole, StandardCharsets.UTF_8).split("\n")) {
      if (!line.isEmpty()) {
        results.add(result(line, results.size() + 1));
      }
    }
    return results;
  }

  private JobResult result(String line, int number) {
    try {
      return JSON.readValue(line, JobResult.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInputException(
          file
              + " cannot be read: line "
              + number
              + " ("
              + e.getOriginalMessage()
              + "); delete it to fly again what came in since the last row",
          e);
    }
  }

  /** Forgets everything: it is in the state of a row. */
  void clear() throws IOException {
    Files.deleteIfExists(file);
  }
}
