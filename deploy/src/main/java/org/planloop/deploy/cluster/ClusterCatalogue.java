package org.planloop.deploy.cluster;

import static org.planloop.wire.WireCatalogue.message;
import static org.planloop.wire.WireCatalogue.part;

import java.util.List;
import org.planloop.wire.WireCatalogue;

/** The messages of nodes and their users. Ids of entries that are gone are not given again. */
public final class ClusterCatalogue implements WireCatalogue {
  private static final int SMALL = 1024;

  @Override
  public String module() {
    return "deploy";
  }

  @Override
  public int firstId() {
    return 400;
  }

  @Override
  public int lastId() {
    return 499;
  }

  @Override
  public List<Entry> entries() {
    return List.of(
        message(400, "GetMembers", 1, SMALL, NodeActor.GetMembers.class),
        message(401, "Members", 1, MAX_BYTES, NodeActor.Members.class),
        part(402, NodeActor.MemberStanding.class),
        message(403, "GetThreads", 1, SMALL, NodeActor.GetThreads.class),
        message(404, "Threads", 1, MAX_BYTES, NodeActor.Threads.class),
        message(405, "Drain", 1, SMALL, NodeActor.Drain.class),
        message(406, "Draining", 1, SMALL, NodeActor.Draining.class),
        message(407, "Ping", 1, SMALL, Ping.class),
        message(408, "Pong", 1, SMALL, Ping.Pong.class),
        message(410, "OpenShard", 1, SMALL, Shards.Open.class),
        message(411, "ShardOpened", 1, SMALL, Shards.Opened.class),
        message(412, "ShardRefused", 1, 16 * SMALL, Shards.Refused.class),
        message(413, "GetHoldings", 1, SMALL, Shards.GetHoldings.class),
        message(414, "Holdings", 1, MAX_BYTES, Shards.Holdings.class),
        message(420, "SubmitCampaign", 1, MAX_BYTES, Campaigning.Submit.class),
        message(421, "Accepted", 1, SMALL, Campaigning.Accepted.class),
        message(422, "CampaignRefused", 1, 16 * SMALL, Campaigning.Refused.class),
        message(423, "Cancel", 1, SMALL, Campaigning.Cancel.class),
        message(424, "GoOn", 1, SMALL, Campaigning.GoOn.class),
        message(436, "RollBack", 1, SMALL, Campaigning.RollBack.class),
        message(425, "Describe", 1, SMALL, Campaigning.Describe.class),
        message(426, "Description", 2, MAX_BYTES, Campaigning.Description.class),
        message(427, "GetPage", 1, SMALL, Campaigning.GetPage.class),
        message(428, "Page", 1, MAX_BYTES, Campaigning.Page.class),
        message(429, "NoSuchCampaign", 1, MAX_BYTES, Campaigning.NoSuchCampaign.class),
        message(430, "ReadFile", 1, SMALL, Campaigning.ReadFile.class),
        message(431, "Piece", 1, MAX_BYTES, Campaigning.Piece.class),
        message(432, "GetStandings", 1, SMALL, Campaigning.GetStandings.class),
        message(437, "RestoreCampaign", 2, 4 * SMALL, Campaigning.Restore.class),
        message(438, "Restoring", 1, 4 * SMALL, Campaigning.Restoring.class),
        message(440, "CopyShard", 1, 64 * SMALL, ShardCopier.Copy.class),
        message(441, "RestoreShard", 2, 128 * SMALL, ShardCopier.Restore.class),
        part(443, ShardCopier.CopiedShard.class),
        message(442, "ShardCopied", 1, 16 * SMALL, ShardCopier.Standing.class),
        message(433, "Standings", 2, MAX_BYTES, Campaigning.Standings.class),
        part(434, Campaigning.Standing.class),
        part(435, Campaigning.WorkerStanding.class));
  }
}
