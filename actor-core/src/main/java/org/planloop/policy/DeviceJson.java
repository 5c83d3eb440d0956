package org.planloop.policy;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import java.io.IOException;
import java.util.Locale;
import org.planloop.data.InvalidInputException;
import org.planloop.torch.Device;

/**
 * A device as a JSON text, in capitals as every other choice in {@code policy.json}: {@code AUTO},
 * {@code CPU}, {@code GPU:1}. Read in any case; {@code GPU}, as older versions wrote it, is the
 * first one.
 */
final class DeviceJson {
  private DeviceJson() {}

  static Module module() {
    return new SimpleModule()
        .addSerializer(Device.class, new Writer())
        .addDeserializer(Device.class, new Reader());
  }

  private static final class Writer extends StdScalarSerializer<Device> {
    private static final long serialVersionUID = 1L;

    Writer() {
      super(Device.class);
    }

    @Override
    public void serialize(Device device, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(device.toString().toUpperCase(Locale.ROOT));
    }
  }

  private static final class Reader extends StdScalarDeserializer<Device> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(Device.class);
    }

    @Override
    public Device deserialize(JsonParser json, DeserializationContext context) throws IOException {
      String text = json.getValueAsString();
      try {
        return Device.parse(String.valueOf(text));
      } catch (IllegalArgumentException e) {
        throw InvalidInputException.setting("planner.device", text, Device.RULE);
      }
    }
  }
}
