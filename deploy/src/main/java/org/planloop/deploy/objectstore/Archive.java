package org.planloop.deploy.objectstore;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.planloop.data.InvalidInputException;

/**
 * Checkpoints below one prefix of a store: {@code files/SHA256} for whatever they are made of, and
 * {@code checkpoints/NAME.json}, the manifest, which is stored last and deleted first. So a
 * manifest that is there names nothing that is not. One writer at a time; for one thread.
 */
final class Archive {
  private static final String CHECKPOINTS = "checkpoints/";
  private static final String FILES = "files/";
  private static final String JSON = ".json";

  private final ObjectStore store;
  private final String prefix;
  private final Map<CheckpointName, Manifest> read = new HashMap<>();
  private @Nullable Map<String, Long> present;
  private long bytesPut;

  /**
   * @param prefix of all keys, with a slash at its end
   */
  Archive(ObjectStore store, String prefix) {
    this.store = store;
    this.prefix = prefix;
  }

  /** Of a replay shard of the campaign whose archive this is. */
  Archive shard(int number) {
    return new Archive(store, prefix + "replay/" + number + "/");
  }

  String key(CheckpointName name) {
    return prefix + CHECKPOINTS + name + JSON;
  }

  String key(Blob blob) {
    return prefix + FILES + blob.sha256();
  }

  /** The checkpoints whose manifests are there. */
  NavigableSet<CheckpointName> names() throws IOException {
    return new TreeSet<>(sizes().keySet());
  }

  private Map<CheckpointName, Long> sizes() throws IOException {
    Map<CheckpointName, Long> sizes = new TreeMap<>();
    for (ObjectStore.Stored stored : store.list(prefix + CHECKPOINTS)) {
      String name = stored.key().substring((prefix + CHECKPOINTS).length());
      if (name.endsWith(JSON)) {
        CheckpointName.parse(name.substring(0, name.length() - JSON.length()))
            .ifPresent(known -> sizes.put(known, stored.size()));
      }
    }
    return sizes;
  }

  /**
   * Reads a manifest.
   *
   * @throws MissingObjectException if it is not there
   * @throws InvalidInputException if it is damaged or of a newer format
   */
  Manifest manifest(CheckpointName name) throws IOException {
    return Manifest.read(key(name), bytes(name));
  }

  private byte[] bytes(CheckpointName name) throws IOException {
    try (InputStream in = store.get(key(name))) {
      byte[] bytes = in.readNBytes(Manifest.MAX_BYTES + 1);
      InvalidInputException.check(
          bytes.length <= Manifest.MAX_BYTES,
          key(name) + ": size",
          "more than " + Manifest.MAX_BYTES,
          "no manifest is as long; restore another checkpoint with --checkpoint");
      return bytes;
    }
  }

  /**
   * Reads a manifest that another one names.
   *
   * @throws InvalidInputException if it is another one by now, too
   */
  Manifest manifest(CheckpointName name, Blob expected) throws IOException {
    byte[] bytes = bytes(name);
    Blob found = Blob.of(Content.of(bytes));
    InvalidInputException.check(
        found.equals(expected),
        key(name) + ": SHA-256",
        found.sha256(),
        "the checkpoint has "
            + expected.sha256()
            + "; restore another checkpoint with --checkpoint, or bring the object back from a"
            + " backup");
    return Manifest.read(key(name), bytes);
  }

  /**
   * Stores a checkpoint: what is not there yet of its files, then the manifest.
   *
   * @param contents of the files' parts, all of them
   * @return the manifest as a blob, for another one to name
   */
  Blob publish(CheckpointName name, Manifest manifest, Map<Blob, Content> contents)
      throws IOException {
    try {
      Map<String, Long> there = present();
      for (StoredFile file : manifest.files()) {
        for (Blob part : file.parts()) {
          if (there.getOrDefault(part.sha256(), -1L) != part.size()) {
            put(part, contents);
            there.put(part.sha256(), part.size());
          }
        }
      }
      byte[] bytes = manifest.toBytes();
      store.put(key(name), Content.of(bytes));
      bytesPut += bytes.length;
      read.put(name, manifest);
      return Blob.of(Content.of(bytes));
    } catch (IOException e) {
      present = null; // What is there is looked up anew.
      throw e;
    }
  }

  private void put(Blob part, Map<Blob, Content> contents) throws IOException {
    Content content = contents.get(part);
    if (content == null) {
      throw new IllegalArgumentException("the content of " + part + " is not given");
    }
    store.put(key(part), content);
    bytesPut += part.size();
  }

  private Map<String, Long> present() throws IOException {
    Map<String, Long> known = present;
    if (known == null) {
      known = new HashMap<>();
      for (ObjectStore.Stored stored : store.list(prefix + FILES)) {
        known.put(stored.key().substring((prefix + FILES).length()), stored.size());
      }
      present = known;
    }
    return known;
  }

  /** Bytes stored so far. */
  long bytesPut() {
    return bytesPut;
  }

  /**
   * Deletes all other checkpoints, and then what none of these needs. Where one of these cannot be
   * read, no file is deleted: it might be needed.
   *
   * @return what was not deleted for that reason; empty if all is well
   */
  String prune(Set<CheckpointName> keep) throws IOException {
    for (CheckpointName name : names()) {
      if (!keep.contains(name)) {
        store.delete(key(name));
        read.remove(name);
      }
    }
    Set<String> needed = new HashSet<>();
    for (CheckpointName name : names()) {
      try {
        needed.addAll(needs(name));
      } catch (InvalidInputException e) {
        return String.valueOf(e.getMessage());
      }
    }
    present = null;
    for (String sha256 : Set.copyOf(present().keySet())) {
      if (!needed.contains(sha256)) {
        store.delete(prefix + FILES + sha256);
        present().remove(sha256);
      }
    }
    return "";
  }

  private Set<String> needs(CheckpointName name) throws IOException {
    Manifest manifest = read.get(name);
    if (manifest == null) {
      manifest = manifest(name);
      read.put(name, manifest);
    }
    Set<String> needed = new HashSet<>();
    manifest.files().forEach(file -> file.parts().forEach(part -> needed.add(part.sha256())));
    return needed;
  }

  /**
   * The first part of a checkpoint that is not in the store, or not of its size; empty if all of it
   * is there. Contents are not read.
   */
  String lacks(Manifest manifest) throws IOException {
    Map<String, Long> there = present();
    for (StoredFile file : manifest.files()) {
      for (Blob part : file.parts()) {
        Long size = there.get(part.sha256());
        if (size == null) {
          return key(part) + ", a part of " + file.path() + ", is not there";
        }
        if (size != part.size()) {
          return key(part)
              + ", a part of "
              + file.path()
              + ", has "
              + size
              + " bytes and should have "
              + part.size();
        }
      }
    }
    return "";
  }

  /** Opens a part; its length in the store is known to be right. */
  InputStream open(Blob part) throws IOException {
    return part.size() == 0 ? new ByteArrayInputStream(new byte[0]) : store.get(key(part));
  }
}
