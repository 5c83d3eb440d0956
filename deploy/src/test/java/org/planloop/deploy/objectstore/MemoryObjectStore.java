package org.planloop.deploy.objectstore;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** A store in memory that remembers what was done to it, and can be out of reach. */
public final class MemoryObjectStore implements ObjectStore {
  /** A change: {@code bytes} is null where an object was deleted. */
  public record Change(String key, byte[] bytes) {}

  private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();
  private final List<Change> changes = new ArrayList<>();
  private volatile String outage = "";

  /** From now on nothing answers; empty for an end of it. */
  public void outage(String reason) {
    outage = reason;
  }

  /** The objects, which a test may change. */
  public ConcurrentSkipListMap<String, byte[]> objects() {
    return objects;
  }

  /** What was put and deleted so far, in order. */
  public synchronized List<Change> changes() {
    return List.copyOf(changes);
  }

  /** A store as it was after the first {@code count} changes. */
  public synchronized MemoryObjectStore after(int count) {
    MemoryObjectStore before = new MemoryObjectStore();
    changes.subList(0, count).forEach(before::apply);
    return before;
  }

  private synchronized void apply(Change change) {
    changes.add(change);
    if (change.bytes() == null) {
      objects.remove(change.key());
    } else {
      objects.put(change.key(), change.bytes());
    }
  }

  private void reach() throws IOException {
    if (!outage.isEmpty()) {
      throw new IOException(outage);
    }
  }

  @Override
  public void put(String key, Content content) throws IOException {
    reach();
    try (InputStream in = content.open()) {
      apply(new Change(key, in.readAllBytes()));
    }
  }

  @Override
  public InputStream get(String key) throws IOException {
    reach();
    byte[] bytes = objects.get(key);
    if (bytes == null) {
      throw new MissingObjectException("memory://" + key + ": is not there");
    }
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public List<Stored> list(String prefix) throws IOException {
    reach();
    List<Stored> all = new ArrayList<>();
    new TreeMap<>(objects.tailMap(prefix))
        .forEach(
            (key, bytes) -> {
              if (key.startsWith(prefix)) {
                all.add(new Stored(key, bytes.length));
              }
            });
    return all;
  }

  @Override
  public void delete(String key) throws IOException {
    reach();
    apply(new Change(key, null));
  }

  @Override
  public void close() {}
}
