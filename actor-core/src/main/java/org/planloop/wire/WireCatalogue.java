package org.planloop.wire;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.planloop.protocol.WireMessage;

/**
 * The messages of one module and what they are made of, each with an id and a version that never
 * change their meaning. Found by {@link java.util.ServiceLoader}.
 *
 * <p>A record whose components change gets a new version; a node that meets a version it does not
 * know drops the message and says so. So readers are deployed before writers.
 */
public interface WireCatalogue {
  /**
   * The most bytes a message may have: what is left of Artery's frame of 256 KiB after the
   * envelope. A larger message would be dropped on its way.
   */
  int MAX_BYTES = 240 * 1024;

  /** The module, for messages. */
  String module();

  /** The first id of the module's range; no two modules share an id. */
  int firstId();

  /** The last id of the module's range. */
  int lastId();

  /** Messages and parts, in any order. */
  List<Entry> entries();

  /**
   * A message that may be sent.
   *
   * @param name its name on the wire, without the prefix {@code planloop.}
   * @param version from 1
   * @param maxBytes bound on its size, at most {@link #MAX_BYTES}
   */
  static <T extends Record & WireMessage> Entry message(
      int id, String name, int version, int maxBytes, Class<T> type) {
    return new Entry(id, name, version, maxBytes, type, null);
  }

  /** A record that messages are made of. */
  static <T extends Record> Entry part(int id, Class<T> type) {
    return new Entry(id, "", 0, 0, type, null);
  }

  /** A part with a codec of its own, which must check what it reads. */
  static <T extends Record> Entry part(
      int id, Class<T> type, Function<T, byte[]> encode, Function<byte[], T> decode) {
    return new Entry(id, "", 0, 0, type, new Coding<>(type, encode, decode));
  }

  /**
   * One line of a catalogue; made by {@link #message} and {@link #part}.
   *
   * @param id within the module's range
   * @param name on the wire, empty for a part
   * @param version of the message, 0 for a part
   * @param maxBytes of the message, 0 for a part
   * @param type the record
   * @param coding a codec of its own, where the record's components do not do
   */
  record Entry(
      int id,
      String name,
      int version,
      int maxBytes,
      Class<? extends Record> type,
      @Nullable Coding<?> coding) {

    boolean isMessage() {
      return version > 0;
    }

    /** The manifest: what the message is and how it is to be read. */
    String manifest() {
      return "planloop." + name + ":" + version;
    }
  }

  /** A part's own codec. */
  record Coding<T extends Record>(
      Class<T> type, Function<T, byte[]> encode, Function<byte[], T> decode) {}
}
