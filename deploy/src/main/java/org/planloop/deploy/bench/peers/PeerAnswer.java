package org.planloop.deploy.bench.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import org.planloop.deploy.report.Json;

/** What a peer answers to a request for samples. */
public sealed interface PeerAnswer {
  /**
   * Samples.
   *
   * @param seconds that one unit of the figure's work took, one a sample
   */
  record Samples(List<Double> seconds) implements PeerAnswer {
    public Samples {
      seconds = List.copyOf(seconds);
    }
  }

  /**
   * It cannot do this work here.
   *
   * @param reason in one line
   */
  record Lacking(String reason) implements PeerAnswer {}

  /**
   * Reads one line of an answer, see {@code protocol.py}.
   *
   * @return one sample, or why there is none
   * @throws IOException if the line is no such answer, quoting it
   */
  static PeerAnswer read(String line) throws IOException {
    JsonNode node = parse(line);
    if (node.path("error").isTextual()) {
      return new Lacking(node.path("error").asText().replaceAll("\\s+", " ").strip());
    }
    double seconds = node.path("seconds").asDouble(Double.NaN);
    double count = node.path("count").asDouble(Double.NaN);
    if (!(seconds > 0 && count > 0 && Double.isFinite(seconds) && Double.isFinite(count))) {
      throw strange(line, "must have positive seconds and count, or an error");
    }
    return new Samples(List.of(seconds / count));
  }

  /**
   * Reads the first line that a peer says.
   *
   * @return what it is, in words
   * @throws IOException if the line is no such greeting, quoting it
   */
  static String readGreeting(String line) throws IOException {
    JsonNode ready = parse(line).path("ready");
    if (!ready.isTextual()) {
      throw strange(line, "must have the text ready");
    }
    return ready.asText();
  }

  private static JsonNode parse(String line) throws IOException {
    try {
      return Json.read(line);
    } catch (JsonProcessingException e) {
      throw strange(line, "is no JSON");
    }
  }

  private static IOException strange(String line, String rule) {
    String shown = line.length() > 200 ? line.substring(0, 200) + "..." : line;
    return new IOException("the peer said: " + shown + "; it " + rule);
  }
}
