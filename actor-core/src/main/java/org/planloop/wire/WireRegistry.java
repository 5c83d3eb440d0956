package org.planloop.wire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.planloop.protocol.WireMessage;
import org.planloop.wire.WireCatalogue.Entry;

/** All catalogues together, checked: no id, type or manifest is named twice. Immutable. */
public final class WireRegistry {
  /** Kryo's own types end below. */
  private static final int LOWEST_ID = 100;

  private final List<Entry> entries;
  private final Map<Class<?>, Entry> byType = new HashMap<>();
  private final Map<String, Entry> byManifest = new HashMap<>();

  /**
   * @throws IllegalStateException if an id, type or manifest is named twice, an id lies outside its
   *     module's range, or a message is listed as a part, naming the catalogues
   */
  WireRegistry(Collection<WireCatalogue> catalogues) {
    List<Entry> all = new ArrayList<>();
    Map<Object, String> owners = new HashMap<>();
    for (WireCatalogue catalogue : catalogues) {
      for (Entry entry : catalogue.entries()) {
        check(catalogue, entry);
        claim(owners, entry.id(), catalogue);
        claim(owners, entry.type(), catalogue);
        byType.put(entry.type(), entry);
        if (entry.isMessage()) {
          claim(owners, entry.manifest(), catalogue);
          byManifest.put(entry.manifest(), entry);
        }
        all.add(entry);
      }
    }
    entries = List.copyOf(all);
  }

  /** The catalogues of the class path. */
  public static WireRegistry load() {
    List<WireCatalogue> catalogues = new ArrayList<>();
    ServiceLoader.load(WireCatalogue.class, WireRegistry.class.getClassLoader())
        .forEach(catalogues::add);
    return new WireRegistry(catalogues);
  }

  private static void check(WireCatalogue catalogue, Entry entry) {
    if (entry.id() < LOWEST_ID
        || entry.id() < catalogue.firstId()
        || entry.id() > catalogue.lastId()) {
      throw wrong(catalogue, entry, "its id is outside the module's range");
    }
    if (entry.isMessage() != WireMessage.class.isAssignableFrom(entry.type())) {
      throw wrong(catalogue, entry, "list it as a message if and only if it is a WireMessage");
    }
    if (entry.isMessage() && (entry.maxBytes() < 1 || entry.maxBytes() > WireCatalogue.MAX_BYTES)) {
      throw wrong(
          catalogue, entry, "its bound must be from 1 to " + WireCatalogue.MAX_BYTES + " bytes");
    }
  }

  private static IllegalStateException wrong(WireCatalogue catalogue, Entry entry, String what) {
    return new IllegalStateException(
        "wire catalogue of "
            + catalogue.module()
            + ", "
            + entry.type().getName()
            + " (id "
            + entry.id()
            + "): "
            + what);
  }

  private static void claim(Map<Object, String> owners, Object key, WireCatalogue catalogue) {
    String owner = owners.putIfAbsent(key, catalogue.module());
    if (owner != null) {
      throw new IllegalStateException(
          "wire catalogues of " + owner + " and " + catalogue.module() + " both name " + key);
    }
  }

  /** Every message and part. */
  List<Entry> entries() {
    return entries;
  }

  /** The entry of a record, or null where no catalogue lists it. */
  @Nullable Entry find(Class<?> type) {
    return byType.get(type);
  }

  /** Whether a catalogue lists the record. */
  public boolean lists(Class<?> type) {
    return byType.containsKey(type);
  }

  /** The message of a manifest, or null where this version knows none. */
  @Nullable Entry find(String manifest) {
    return byManifest.get(manifest);
  }
}
