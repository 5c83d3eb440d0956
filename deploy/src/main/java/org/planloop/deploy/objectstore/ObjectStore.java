package org.planloop.deploy.objectstore;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Objects by key. An object is there as a whole or not at all. Blocks; safe for use by several
 * threads. What goes wrong is an {@link IOException} whose message is one line that says what to
 * do; {@link MissingObjectException} where an object is not there.
 */
public interface ObjectStore extends AutoCloseable {
  /** An object as a listing has it. */
  record Stored(String key, long size) {}

  /** Stores an object, in the place of an earlier one. */
  void put(String key, Content content) throws IOException;

  /** Opens an object for reading; whoever reads it bounds how much. */
  InputStream get(String key) throws IOException;

  /** All objects whose keys begin with a prefix, in the order of their keys. */
  List<Stored> list(String prefix) throws IOException;

  /** Deletes an object; where there is none nothing happens. */
  void delete(String key) throws IOException;

  @Override
  void close();
}
