package org.planloop.deploy.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.planloop.deploy.node.CampaignStarter;

/**
 * What the commands of one process share with the world.
 *
 * @param console where they write
 * @param starter starts campaigns
 * @param clock tells the time
 * @param folder what relative paths start from
 * @param environment variables of the process
 * @param signals tells of interrupts
 */
public record Context(
    Console console,
    CampaignStarter starter,
    InstantSource clock,
    Path folder,
    Map<String, String> environment,
    Signals signals) {}
