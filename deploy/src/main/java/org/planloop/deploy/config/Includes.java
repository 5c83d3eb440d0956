package org.planloop.deploy.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.net.URL;
import org.planloop.data.InvalidInputException;

/**
 * What {@code include "..."} means in an experiment file: a bundled experiment by its name, or a
 * file beside the one that includes. A missing file is an error, and nothing is fetched from a
 * network.
 */
final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (Experiments.bundled().contains(what)) {
      return includeResources(context, Experiments.resource(what));
    }
    ConfigParseable beside = context.relativeTo(what);
    File direct = new File(what);
    if (beside != null) {
      return beside.parse(options(context));
    }
    if (direct.isAbsolute()) {
      return includeFile(context, direct);
    }
    throw new InvalidInputException(
        "include \""
            + what
            + "\": is neither a bundled experiment nor a file beside this one"
            + Nearest.hint(what, Experiments.bundled()));
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return ConfigFactory.parseFile(what, options(context)).root();
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    Config found =
        ConfigFactory.parseResources(Includes.class.getClassLoader(), what, options(context));
    return found.root();
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw new InvalidInputException(
        "include url(\"" + what + "\"): nothing is fetched from a network; include a file");
  }

  private static ConfigParseOptions options(ConfigIncludeContext context) {
    return context.parseOptions().setAllowMissing(false);
  }
}
