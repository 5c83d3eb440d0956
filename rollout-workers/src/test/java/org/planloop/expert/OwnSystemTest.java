package org.planloop.expert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.planloop.environment.Environment;
import org.planloop.environments.Environments;
import org.planloop.environments.Episodes;
import org.planloop.policy.Policy;
import org.planloop.policy.PolicyDefinition;

/** The example of a user's own system, compiled against our classes and flown from its jar. */
class OwnSystemTest {
  private static final Path EXAMPLE = Path.of("..", "docs", "examples", "own-system");

  @TempDir Path folder;

  @Test
  void aJarWithAnEnvironmentAndAnExpertIsFoundAndFlown() throws IOException {
    Path classes = folder.resolve("classes");
    compile(EXAMPLE.resolve("example").resolve("Puck.java"), classes);
    Path jar = folder.resolve("puck.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      add(out, classes, classes);
      add(out, EXAMPLE, EXAMPLE.resolve("META-INF"));
    }
    URL[] classPath = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classPath, getClass().getClassLoader())) {
      Environment puck = Environments.on(loader).create("puck", Map.of("friction", 0.05));
      Policy expert =
          Experts.on(loader).open(new PolicyDefinition.Expert("puck-pusher", 0, Map.of()), puck);
      double[] returns = Episodes.returns(puck, expert, 20);
      double[] noisy =
          Episodes.returns(
              puck,
              Experts.on(loader)
                  .open(new PolicyDefinition.Expert("puck-pusher", 0.1, Map.of()), puck),
              20);
      // Left alone, a puck that starts uniformly in +-1 m costs 100 / 3 on average.
      assertThat(Episodes.mean(returns)).isBetween(-8.0, -1.0);
      assertThat(Episodes.mean(noisy)).isBetween(-10.0, Episodes.mean(returns));
    }
  }

  private static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "--release",
              "17",
              "-Xlint:all,-processing,-classfile",
              "-Werror",
              "-d",
              classes.toString(),
              "-cp",
              System.getProperty("java.class.path"));
      boolean compiled =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(compiled).as(messages.toString()).isTrue();
    }
  }

  private static void add(JarOutputStream out, Path root, Path from) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        out.putNextEntry(new JarEntry(root.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
  }
}
