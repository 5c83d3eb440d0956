package org.planloop.deploy.memory;

/** What a part of a plan takes up. */
public enum Place {
  /** Memory that Java manages, limited by {@code -Xmx}. */
  HEAP("Java heap"),
  /** Memory of PyTorch and of Java itself. */
  NATIVE("native memory"),
  /** Memory of a GPU; how much it has is not known here. */
  GPU("GPU memory"),
  /** Files, which are mapped and take no memory that others need. */
  DISK("disk");

  private final String words;

  Place(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
