package org.planloop.checkpoint;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.planloop.campaign.AsynchronousState;
import org.planloop.campaign.CampaignState;
import org.planloop.data.Checksum;
import org.planloop.data.InvalidInputException;
import org.planloop.storage.AtomicFile;

/**
 * Writes a campaign's states so that each costs the same, however long the campaign: what fifty
 * rows brought goes to a file that never changes, {@code history/0050.json}, and the states after
 * it name that file instead of repeating what is in it.
 */
final class History {
  /** In one file. */
  static final int ROWS = 50;

  private static final int FORMAT = 3;

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new Jdk8Module())
          .addMixIn(CampaignState.class, OfEitherMode.class)
          .enable(SerializationFeature.INDENT_OUTPUT);

  /** A synchronous campaign's state says nothing of what only the other mode has. */
  interface OfEitherMode {
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    Optional<AsynchronousState> asynchronous();
  }

  /**
   * A file of the history.
   *
   * @param row the last that is in it
   * @param checksum of the file's bytes
   */
  private record Part(int row, String checksum) {}

  /**
   * What a file holds.
   *
   * @param past where the rest is, in its order; empty in a file of the history
   * @param campaign what came since
   */
  private record Stored(int format, List<Part> past, CampaignState campaign) {}

  private final Path folder;
  private List<Part> parts = List.of();
  private CampaignState past = CampaignState.EMPTY;

  /**
   * @param folder of the history's files, made with the first
   */
  History(Path folder) {
    this.folder = folder;
  }

  /**
   * The bytes of a state's file. The history's files that they name are on disk when this returns.
   *
   * @param state goes on from the one that was written or read last
   */
  byte[] write(CampaignState state) throws IOException {
    CampaignState since = state.since(past);
    if (since.iteration() >= ROWS) {
      byte[] bytes = JSON.writeValueAsBytes(new Stored(FORMAT, List.of(), since));
      Files.createDirectories(folder);
      AtomicFile.write(file(state.iteration()), bytes);
      List<Part> more = new ArrayList<>(parts);
      more.add(new Part(state.iteration(), Checksum.of(bytes)));
      parts = List.copyOf(more);
      past = state;
      since = state.since(past);
    }
    return JSON.writeValueAsBytes(new Stored(FORMAT, parts, since));
  }

  /**
   * Reads a state's file and what it names. What is written next goes on from it.
   *
   * @throws InvalidInputException if a file is missing, damaged or of another format, with the way
   *     out
   */
  CampaignState read(Path file) {
    String older = "; delete its folder " + file.getParent() + " to resume one iteration earlier";
    Stored newest = parse(file, bytes(file, older), older);
    CampaignState before = CampaignState.EMPTY;
    for (Part part : newest.past()) {
      Path its = file(part.row());
      String wayOut =
          String.format(
              Locale.ROOT,
              "; it has rows %d to %d: bring it back from a copy, or delete it and the folders from"
                  + " %04d on to resume before them",
              before.iteration() + 1,
              part.row(),
              part.row());
      byte[] bytes = bytes(its, wayOut);
      if (!Checksum.of(bytes).equals(part.checksum())) {
        throw new InvalidInputException(
            its + " is not what it was: its checksum is not that in " + file + wayOut);
      }
      before = parse(its, bytes, wayOut).campaign().following(before);
    }
    past = before;
    parts = List.copyOf(newest.past());
    return newest.campaign().following(past);
  }

  private static byte[] bytes(Path file, String wayOut) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InvalidInputException(file + " cannot be read (" + e + ")" + wayOut, e);
    }
  }

  private static Stored parse(Path file, byte[] bytes, String wayOut) {
    int format;
    try {
      format = JSON.readTree(bytes).path("format").asInt();
      if (format == FORMAT) {
        return JSON.readValue(bytes, Stored.class);
      }
    } catch (IOException e) {
      throw new InvalidInputException(
          file + " cannot be read (" + e.getMessage() + ")" + wayOut, e);
    }
    throw new InvalidInputException(
        file + ": format = " + format + ": this version reads format " + FORMAT);
  }

  private Path file(int row) {
    return folder.resolve(String.format(Locale.ROOT, "%04d.json", row));
  }
}
