package org.planloop.deploy.cluster;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.pekko.cluster.typed.Cluster;
import org.planloop.metrics.Meters;

/** Gauges of a node, of the cluster as it sees it, and of the folders that it writes to. */
final class NodeMeters {
  private NodeMeters() {}

  /**
   * @param disks by what the folder holds; asked without waiting
   */
  static void bind(
      MeterRegistry registry,
      Set<String> roles,
      String version,
      Cluster cluster,
      Map<String, DiskProbe> disks) {
    Meters.gauge(
        registry,
        "planloop.node.info",
        "always 1; what the node is",
        Tags.of(
            "roles", roles.stream().sorted().collect(Collectors.joining(",")), "version", version),
        () -> 1);
    Meters.gauge(
        registry,
        "planloop.cluster.members",
        "nodes in the cluster, as this one sees it",
        Tags.empty(),
        () -> cluster.state().members().size());
    Meters.gauge(
        registry,
        "planloop.cluster.unreachable",
        "nodes among them that this one does not hear",
        Tags.empty(),
        () -> cluster.state().getUnreachable().size());
    disks.forEach(
        (what, probe) -> {
          Tags folder = Tags.of("folder", what);
          disk(
              registry,
              "free.bytes",
              "what can still be written there, some seconds ago; NaN before the first look",
              folder,
              probe,
              DiskProbe.Look::freeBytes);
          disk(
              registry,
              "size.bytes",
              "size of the file system; NaN before the first look",
              folder,
              probe,
              DiskProbe.Look::sizeBytes);
          disk(
              registry,
              "writable",
              "1 if a file of 64 KiB could be written there; NaN before the first look",
              folder,
              probe,
              look -> look.trouble().isEmpty() ? 1 : 0);
        });
  }

  private static void disk(
      MeterRegistry registry,
      String name,
      String help,
      Tags folder,
      DiskProbe probe,
      ToDoubleFunction<DiskProbe.Look> value) {
    Meters.gauge(
        registry,
        "planloop.disk." + name,
        help,
        folder,
        () -> probe.last().map(value::applyAsDouble).orElse(Double.NaN));
  }
}
