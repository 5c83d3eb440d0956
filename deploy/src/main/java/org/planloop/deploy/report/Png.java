package org.planloop.deploy.report;

import com.github.weisj.jsvg.SVGDocument;
import com.github.weisj.jsvg.parser.LoaderContext;
import com.github.weisj.jsvg.parser.SVGLoader;
import com.github.weisj.jsvg.renderer.NullPlatformSupport;
import com.github.weisj.jsvg.view.FloatSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageIO;
import org.planloop.data.InvalidInputException;

/** An SVG as a picture of points, where nothing moves. */
public final class Png {
  /** Points a pixel of the SVG, so that text stays sharp in print. */
  private static final int SCALE = 2;

  private Png() {}

  /**
   * Draws an SVG on white, at twice its size.
   *
   * @param svg one of ours: a width and a height in pixels
   * @throws InvalidInputException if this Java has no fonts to draw text with
   */
  public static byte[] of(String svg) {
    SVGDocument document =
        new SVGLoader()
            .load(
                new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)),
                null,
                LoaderContext.createDefault());
    if (document == null) {
      throw new IllegalArgumentException("no SVG: " + svg.substring(0, Math.min(80, svg.length())));
    }
    FloatSize size = document.size();
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(SCALE * size.width),
            (int) Math.ceil(SCALE * size.height),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    try {
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
      graphics.scale(SCALE, SCALE);
      document.renderWithPlatform(NullPlatformSupport.INSTANCE, graphics, null);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InternalError | LinkageError e) {
      // What a Java without fontconfig or freetype throws at the first letter.
      throw new InvalidInputException(
          "--png: this Java cannot draw text ("
              + e
              + "); install the system's fontconfig and a font, or take the SVG",
          e);
    } finally {
      graphics.dispose();
    }
  }
}
