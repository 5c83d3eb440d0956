package org.planloop.deploy.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  @Test
  void drawsOnWhiteAtTwiceTheSize() throws IOException {
    String svg =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\" width=\"20\""
            + " height=\"10\"><rect x=\"0\" y=\"0\" width=\"10\" height=\"10\""
            + " fill=\"#ff0000\"/></svg>";

    BufferedImage image = ImageIO.read(new ByteArrayInputStream(Png.of(svg)));

    assertThat(image.getWidth()).isEqualTo(40);
    assertThat(image.getHeight()).isEqualTo(20);
    assertThat(image.getRGB(10, 10) & 0xffffff).isEqualTo(0xff0000);
    assertThat(image.getRGB(30, 10) & 0xffffff).isEqualTo(0xffffff);
  }
}
