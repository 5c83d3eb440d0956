package org.planloop.replay;

import java.nio.file.Path;
import org.planloop.data.ChunkKey;

/**
 * A chunk of rows as its header describes it: all that is recorded about where rows come from.
 *
 * @param segment the file it lies in
 * @param offset where its header begins
 * @param key its job, and its number within the job
 * @param policyVersion the snapshot that acted, 0 for the expert
 * @param epoch the campaign's when it was written
 * @param rows how many
 */
public record StoredChunk(
    Path segment, long offset, ChunkKey key, int policyVersion, long epoch, int rows) {}
