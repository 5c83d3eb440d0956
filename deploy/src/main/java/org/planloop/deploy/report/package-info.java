/**
 * The files of a run folder that people and scripts read, charts and episodes as pictures: pure
 * projections of rows and summaries. May import org.planloop.campaign's data and deploy.config;
 * neither Pekko nor torch.
 */
@NullMarked
package org.planloop.deploy.report;

import org.jspecify.annotations.NullMarked;
