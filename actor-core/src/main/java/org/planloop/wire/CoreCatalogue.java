package org.planloop.wire;

import static org.planloop.wire.WireCatalogue.message;
import static org.planloop.wire.WireCatalogue.part;

import java.util.List;
import org.planloop.data.ChunkKey;
import org.planloop.data.JobKey;
import org.planloop.data.TransitionBatch;
import org.planloop.policy.PolicyCodec;
import org.planloop.policy.PolicySnapshot;
import org.planloop.protocol.CampaignEpoch;
import org.planloop.protocol.Dispatching;
import org.planloop.protocol.EpisodeResult;
import org.planloop.protocol.JobOutcome;
import org.planloop.protocol.JobResult;
import org.planloop.protocol.RolloutJob;
import org.planloop.protocol.Snapshots;
import org.planloop.protocol.Task;
import org.planloop.protocol.WorkOrder;
import org.planloop.replay.actor.ReplayShard;

/** The messages of actor-core. Ids of entries that are gone are not given again. */
public final class CoreCatalogue implements WireCatalogue {
  private static final int SMALL = 1024;

  @Override
  public String module() {
    return "actor-core";
  }

  @Override
  public int firstId() {
    return 100;
  }

  @Override
  public int lastId() {
    return 199;
  }

  @Override
  public List<Entry> entries() {
    return List.of(
        part(100, JobKey.class),
        part(101, ChunkKey.class),
        part(102, TransitionBatch.class),
        part(
            103,
            PolicySnapshot.class,
            PolicyCodec::toBytes,
            bytes -> PolicyCodec.fromBytes("message", bytes)),
        message(110, "Append", 1, MAX_BYTES, ReplayShard.Append.class),
        message(111, "Appended", 1, SMALL, ReplayShard.Appended.class),
        message(112, "Busy", 1, SMALL, ReplayShard.Busy.class),
        message(113, "Outdated", 1, SMALL, ReplayShard.Outdated.class),
        message(114, "Refused", 1, 16 * SMALL, ReplayShard.Refused.class),
        message(115, "Fence", 1, SMALL, ReplayShard.Fence.class),
        message(116, "Fenced", 1, SMALL, ReplayShard.Fenced.class),
        message(117, "FenceRefused", 1, 16 * SMALL, ReplayShard.FenceRefused.class),
        message(118, "GetCounts", 1, SMALL, ReplayShard.GetCounts.class),
        message(119, "Counts", 1, SMALL, ReplayShard.Counts.class),
        message(120, "OpenView", 1, SMALL, ReplayShard.OpenView.class),
        message(121, "ViewOpened", 1, SMALL, ReplayShard.ViewOpened.class),
        message(122, "GetJobs", 1, SMALL, ReplayShard.GetJobs.class),
        message(123, "Jobs", 1, MAX_BYTES, ReplayShard.Jobs.class),
        message(124, "Gather", 1, MAX_BYTES, ReplayShard.Gather.class),
        message(126, "Block", 1, MAX_BYTES, ReplayShard.Block.class),
        message(127, "ReadRefused", 1, 16 * SMALL, ReplayShard.ReadRefused.class),
        message(128, "ViewLost", 1, SMALL, ReplayShard.ViewLost.class),
        message(129, "Evict", 1, SMALL, ReplayShard.Evict.class),
        message(131, "Unavailable", 1, 16 * SMALL, ReplayShard.Unavailable.class),
        message(130, "Stop", 1, SMALL, ReplayShard.Stop.class),
        part(140, EpisodeResult.class),
        message(141, "RolloutJob", 1, SMALL, RolloutJob.class),
        message(142, "JobResult", 1, MAX_BYTES, JobResult.class),
        message(143, "Assignment", 2, SMALL, WorkOrder.Assignment.class),
        message(144, "Submit", 2, MAX_BYTES, Dispatching.Submit.class),
        message(145, "Pull", 2, SMALL, Dispatching.Pull.class),
        message(146, "Renew", 2, 2 * SMALL, Dispatching.Renew.class),
        message(147, "Done", 2, MAX_BYTES, Dispatching.Done.class),
        message(148, "Failed", 2, 64 * SMALL, Dispatching.Failed.class),
        message(149, "Finished", 1, MAX_BYTES, JobOutcome.Finished.class),
        message(150, "Abandoned", 1, 64 * SMALL, JobOutcome.Abandoned.class),
        message(151, "Subscribe", 2, SMALL, Snapshots.Subscribe.class),
        message(152, "Fetch", 1, SMALL, Snapshots.Fetch.class),
        message(153, "Chunk", 1, MAX_BYTES, Snapshots.Chunk.class),
        part(154, CampaignEpoch.class),
        part(155, Task.class),
        message(156, "Revoked", 1, SMALL, WorkOrder.Revoked.class),
        message(157, "Withdraw", 1, SMALL, Dispatching.Withdraw.class),
        message(158, "HandedBack", 1, 64 * SMALL, Dispatching.HandedBack.class),
        message(159, "Retire", 1, SMALL, Dispatching.Retire.class),
        message(160, "Retired", 1, SMALL, JobOutcome.Retired.class));
  }
}
