package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Consumer;
import keystone.agent.model.Access;
import keystone.agent.model.Devshell;
import keystone.agent.model.Owner;
import keystone.agent.model.Share;
import keystone.agent.model.Share.Cover;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.ShareDrivers;
import keystone.agent.workspace.Shares;
import org.jspecify.annotations.Nullable;

/// Shows a guest what a devshell needs of the host's store, at the same path and read-only: the
/// store itself, or a directory of placeholders over which only what is needed is mounted.
///
/// @param run where the placeholders are made
/// @param owner whom the shares are served as
record DevshellShare(RunDir run, Owner owner) {
    /// What of it this host can show; a start goes on without it.
    static Optional<Devshell> possible(
            @Nullable Devshell asked, ShareDrivers drivers, Owner owner, Consumer<String> notice)
            throws InterruptedException {
        if (asked == null || asked.extent() == Devshell.Extent.STORE) {
            return Optional.ofNullable(asked);
        }
        Optional<String> obstacle = drivers.obstacleToCovers(owner);
        obstacle.ifPresent(
                why ->
                        notice.accept(
                                "the guest gets no devshell: %s; it can be had with --devshell store"
                                        .formatted(why)));
        return obstacle.isPresent() ? Optional.empty() : Optional.of(asked);
    }

    Shares of(Optional<Devshell> devshell, Shares shares) {
        return devshell.map(each -> shares.furnishing(share(each))).orElse(shares);
    }

    private Share share(Devshell devshell) {
        String place = devshell.store().toString();
        return switch (devshell.extent()) {
            case STORE -> new Share(devshell.store(), place, Access.READ_ONLY);
            case CLOSURE -> closure(devshell, place);
        };
    }

    private Share closure(Devshell devshell, String place) {
        Path directory = run.devshell();
        var covers = new ArrayList<Cover>();
        try {
            makePlaceholder(PrivateFiles.createDirectories(directory));
            for (String name : devshell.closure()) {
                Path entry = devshell.store().resolve(name);
                Path placeholder = directory.resolve(name);
                if (Files.isSymbolicLink(entry)) {
                    // What is mounted is what a link leads to, and that may be anywhere.
                    Files.createSymbolicLink(placeholder, Files.readSymbolicLink(entry));
                } else if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    makePlaceholder(Files.createDirectory(placeholder));
                    covers.add(new Cover(name, entry));
                } else {
                    makePlaceholder(Files.createFile(placeholder));
                    covers.add(new Cover(name, entry));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare " + directory, e);
        }
        return new Share(directory, place, Access.READ_ONLY, covers);
    }

    /// It is the guest's to read, whoever that is there.
    private void makePlaceholder(Path path) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        Disk.giveTo(owner, path);
    }
}
