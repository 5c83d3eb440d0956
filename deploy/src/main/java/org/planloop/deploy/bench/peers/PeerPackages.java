package org.planloop.deploy.bench.peers;

import java.util.List;

/**
 * Packages of Python's index that are installed together, all versions pinned.
 *
 * @param library what they are for
 * @param required whether there is no point in going on without them
 * @param installs what pip is told, call by call
 */
record PeerPackages(String library, boolean required, List<List<String>> installs) {
  /** In the order of installation. */
  static final List<PeerPackages> ALL =
      List.of(
          new PeerPackages(
              "PyTorch, numpy, scipy, Gymnasium",
              true,
              List.of(
                  List.of("torch==2.7.1", "numpy==2.4.6", "scipy==1.17.1", "gymnasium==1.4.0"))),
          // Without what it names as its dependencies: notebooks, and versions that newer pips
          // refuse.
          new PeerPackages(
              "mbrl-lib",
              false,
              List.of(
                  List.of("--no-deps", "mbrl==0.2.0"),
                  List.of(
                      "hydra-core==1.3.2",
                      "omegaconf==2.3.0",
                      "termcolor==2.5.0",
                      "tqdm==4.67.1"))),
          new PeerPackages(
              "TorchRL", false, List.of(List.of("torchrl==0.9.2", "tensordict==0.9.1"))),
          new PeerPackages("EnvPool", false, List.of(List.of("envpool==1.2.5"))));

  /** What all of them take on disk: PyTorch for Linux on x86_64 comes with CUDA's libraries. */
  static long bytes() {
    boolean cuda =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64");
    return cuda ? 7_000_000_000L : 2_000_000_000L;
  }

  /** Changes when any pin does. */
  static String stamp(List<PeerPackages> all) {
    StringBuilder text = new StringBuilder();
    for (PeerPackages packages : all) {
      packages
          .installs()
          .forEach(arguments -> text.append(String.join(" ", arguments)).append('\n'));
    }
    return text.toString();
  }
}
