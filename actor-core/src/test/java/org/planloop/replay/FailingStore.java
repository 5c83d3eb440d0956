package org.planloop.replay;

import java.io.IOException;
import java.nio.file.Path;

/** A store on a disk that fills up when told so. */
public final class FailingStore {
  private final FailingDisk disk = new FailingDisk();

  public ReplayStore open(Path folder, StoreIdentity identity) throws IOException {
    return ReplayStore.open(folder, identity, 1 << 20, disk);
  }

  /** From now on so many bytes can be written. */
  public void bytesLeft(long bytes) {
    disk.bytesLeft.set(bytes);
  }

  /** From now on nothing can be forced to disk. */
  public void breakForce() {
    disk.forceFails = true;
  }

  /** From now on the disk does as it is told again. */
  public void mend() {
    disk.forceFails = false;
  }
}
