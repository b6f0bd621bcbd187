package io.socketbroker.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of the build, from the manifest of the jar. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        var version = Optional.ofNullable(Version.class.getPackage().getImplementationVersion());
        return new String[] {"socketbroker " + version.orElse("(not from a jar)")};
    }
}
