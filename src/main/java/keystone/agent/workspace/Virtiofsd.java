package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.Owner;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.SystemFiles;

/// A virtiofsd that works here.
///
/// @param path the program, or the private folder that it lies in with a C library of its own
/// @param version as it tells, such as `virtiofsd 1.13.2`
/// @param home whether it uses this host's libraries
record Virtiofsd(Path path, String version, Home home) {
    enum Home {
        HOST,
        FOLDER
    }

    /// Where an enclosed one finds its folder.
    private static final String INSIDE = "/virtiofsd";

    /// How it is run outside of any enclosure.
    List<String> command() {
        return command(path.toString());
    }

    private List<String> command(String where) {
        return switch (home) {
            case HOST -> List.of(where);
            // The host's loader and library are too old for it.
            case FOLDER ->
                    List.of(
                            where + "/lib/ld-linux-x86-64.so.2",
                            "--library-path",
                            where + "/lib",
                            where + "/virtiofsd");
        };
    }

    /// What it and the tools that confine it need of this host.
    List<Place> places() {
        return switch (home) {
            case HOST -> SystemFiles.placesFor(path);
            case FOLDER -> {
                var places = new ArrayList<>(SystemFiles.places());
                places.add(Place.readOnly(path, INSIDE));
                yield places;
            }
        };
    }

    /// Serves one directory (virtiofsd's README). Whoever in the guest makes a file or gives it
    /// away, it becomes the owner's: without privileges anything else would be an error, and
    /// `install -o root` or `tar` as root would fail.
    ///
    /// @param owner as it sees the owner of the files
    List<String> serving(String directory, String socket, Owner owner) {
        var all = new ArrayList<>(command(home == Home.HOST ? path.toString() : INSIDE));
        all.addAll(List.of("--shared-dir", directory, "--socket-path", socket));
        // We have confined it already, more tightly than it can itself without privileges; its own
        // filter of system calls stays on.
        all.addAll(List.of("--sandbox", "none", "--seccomp", "kill", "--log-level", "error"));
        all.addAll(List.of("--cache", "auto", "--inode-file-handles=never", "--xattr"));
        all.add("--announce-submounts");
        all.addAll(List.of("--translate-uid", everybodyIs(owner.uid())));
        all.addAll(List.of("--translate-gid", everybodyIs(owner.gid())));
        return all;
    }

    private static String everybodyIs(int id) {
        return "squash-guest:0:" + id + ":4294967295";
    }

    @Override
    public String toString() {
        return version;
    }
}
