package org.planloop.deploy.report;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.planloop.campaign.ProgressRow;

/**
 * TensorBoard's event files: TFRecord frames around {@code tensorflow.Event} messages.
 *
 * <p>A frame is the length (little-endian, 8 bytes), its masked CRC32C (4), the message, its masked
 * CRC32C (4); the mask is ((crc >>> 15 | crc << 17) + 0xa282ead8). Of {@code Event} the fields
 * wall_time = 1 (double), step = 2 (int64), file_version = 3 (string) and summary = 5 are written,
 * of {@code Summary.Value} tag = 1 and simple_value = 2 (float).
 */
final class EventFile {
  private static final int MASK = 0xa282ead8;

  private EventFile() {}

  /**
   * What every file begins with.
   *
   * @param wallTime seconds since 1970
   */
  static byte[] header(double wallTime) {
    return frame(
        message(
            out -> {
              out.writeDouble(1, wallTime);
              out.writeString(3, "brain.Event:2");
            }));
  }

  /**
   * A row: every column as {@code progress/NAME} and every further figure under its own name, at
   * step {@code env_steps}.
   *
   * @param wallTime seconds since 1970
   */
  static byte[] row(ProgressRow row, double wallTime) {
    Map<String, Double> values = new TreeMap<>();
    for (Column column : Column.ALL) {
      OptionalDouble value = column.value().apply(row);
      value.ifPresent(number -> values.put("progress/" + column.name(), number));
    }
    row.metrics().forEach((name, value) -> values.put(name, value));
    byte[] summary =
        message(
            out -> {
              for (Map.Entry<String, Double> entry : values.entrySet()) {
                out.writeByteArray(
                    1,
                    message(
                        value -> {
                          value.writeString(1, entry.getKey());
                          value.writeFloat(2, entry.getValue().floatValue());
                        }));
              }
            });
    return frame(
        message(
            out -> {
              out.writeDouble(1, wallTime);
              out.writeInt64(2, row.envSteps());
              out.writeByteArray(5, summary);
            }));
  }

  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] frame(byte[] message) {
    ByteBuffer frame = ByteBuffer.allocate(message.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    frame.putLong(message.length);
    frame.putInt(maskedCrc(frame.array(), 0, 8));
    frame.put(message);
    frame.putInt(maskedCrc(message, 0, message.length));
    return frame.array();
  }

  static int maskedCrc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  /** A name that sorts by time, as TensorBoard expects. */
  static String name(long epochSecond) {
    return "events.out.tfevents." + epochSecond + ".planloop";
  }
}
