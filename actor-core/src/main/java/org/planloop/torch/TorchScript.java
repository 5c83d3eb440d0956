package org.planloop.torch;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A TorchScript: functions on tensors that run as one native call. It holds no tensor of its own,
 * so one script serves any number of sessions and threads for the life of the process.
 *
 * <p>The source is the body of a module without parameters, in the restricted Python that {@code
 * torch.jit.load} reads; the archive around it (four stored zip entries) is written here, in
 * memory. Every function is a method {@code def name(self, ...)}, its arguments are tensors, lists
 * of tensors, numbers, truth values and lists of whole numbers, and it returns a list of tensors or
 * a number.
 */
public final class TorchScript {
  private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

  private final String name;
  private final String methods;
  private @Nullable PtSymbolBlock module;

  /**
   * A script, compiled when it is first opened: naming it loads nothing.
   *
   * @param name what messages call it
   * @param methods its methods, indented by two spaces
   */
  public TorchScript(String name, String methods) {
    this.name = name;
    this.methods = methods;
  }

  /** The script in the UTF-8 resource {@code name} that lies beside {@code owner}. */
  public static TorchScript resource(Class<?> owner, String name) {
    return new TorchScript(name, text(owner, name));
  }

  /** The same, with the two methods for large matrix products that it calls. */
  public static TorchScript resource(Class<?> owner, String name, Products products) {
    return new TorchScript(name, text(owner, name) + products.methods());
  }

  static String text(Class<?> owner, String name) {
    try (InputStream in = owner.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name + " beside " + owner.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Tensors and calls of one user.
   *
   * @param threads threads inside one call, at least 1
   * @throws TorchException if PyTorch cannot be loaded or the source does not compile
   */
  public TorchSession open(Device device, int threads) {
    return new TorchSession(compiled(), Torch.indexOf(device), threads);
  }

  private synchronized PtSymbolBlock compiled() {
    if (module == null) {
      PtNDManager manager = Torch.newManager();
      try {
        InputStream archive = new ByteArrayInputStream(archive(methods));
        module = JniUtils.loadModule(manager, archive, false, false);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (EngineException e) {
        throw new TorchException("script " + name + " does not compile: " + e.getMessage(), e);
      }
    }
    return module;
  }

  private static byte[] archive(String methods) throws IOException {
    String source =
        "class Script(Module):\n"
            + "  __parameters__ = []\n"
            + "  __buffers__ = []\n"
            + "  training : bool\n"
            + methods;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "data.pkl", emptyModule());
      store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "constants.pkl", NO_CONSTANTS);
      store(zip, "version", "10\n".getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  /** The pickle of an instance of {@code Script} with {@code training = False}. */
  private static byte[] emptyModule() {
    return "\u0080\2c__torch__\nScript\nq\0)\u0081}(X\b\0\0\0trainingq\1\u0089ubq\2."
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("script/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(315_532_800_000L);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
