package keystone.agent.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Printable;
import keystone.agent.model.Share;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.HostUser;
import keystone.agent.process.Owned;
import keystone.agent.process.Patience;
import keystone.agent.process.ShareProof;

/// One attempt to have one share served, up to the moment its socket can be connected to.
record VirtiofsLaunch(
        String tag,
        Share share,
        Virtiofsd program,
        Confinement confinement,
        HostUser user,
        ServicePlace place) {
    /// Ten that start at once on a busy host need seconds each.
    private static final Duration LISTENS = Duration.ofSeconds(60);

    private static final String SHARED = "/share";
    private static final String NEST = "/socket";
    private static final String SOCKET = "s";

    /// The kernel's `__SO_ACCEPTCON`, in the column `Flags` of proc(5)'s `net/unix`.
    private static final String LISTENING = "00010000";

    private static final int FILE_KIND = 0170000;
    private static final int SOCKET_KIND = 0140000;

    /// Returns when it listens.
    ///
    /// @param owned ends the process, also when this fails
    VirtiofsServer run(Owned owned, ShareService.Listener listener)
            throws IOException, InterruptedException {
        Path nest = nest();
        Path socket = place.directory().resolve(tag + ".sock");
        Files.deleteIfExists(socket);
        VirtiofsServer server =
                owned.own(VirtiofsServer.start(command(nest), share, place, socket, listener));
        listener.began(server.pid());
        prove(awaitListening(server));
        // Whoever works as the project's owner could exchange it in the nest, for a link.
        Files.move(nest.resolve(SOCKET), socket, StandardCopyOption.ATOMIC_MOVE);
        requireSocket(socket);
        // It is writable for virtiofsd, which looks wherever a guest that speaks to it directly
        // tells
        // it to. In a directory that was removed nothing can be made.
        remove(nest);
        server.serve();
        return server;
    }

    /// A directory in which virtiofsd may make its socket, and beside it the lock that it insists
    /// on.
    private Path nest() throws IOException {
        Path nest = place.directory().resolve(tag);
        Files.createDirectories(
                nest,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.deleteIfExists(nest.resolve(SOCKET));
        if (place.owner().uid() != user.ids().uid()) {
            Files.setAttribute(nest, "unix:uid", place.owner().uid());
            Files.setAttribute(nest, "unix:gid", place.owner().gid());
        }
        return nest;
    }

    private static void remove(Path nest) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(nest)) {
            for (Path each : entries) {
                Files.delete(each);
            }
        }
        Files.delete(nest);
    }

    private Command command(Path nest) {
        var places = new ArrayList<>(program.places());
        places.addAll(Place.of(share, SHARED));
        places.add(Place.readWrite(nest, NEST));
        var enclosure = new Enclosure(places, place.environment()).withoutNetwork();
        List<String> serving =
                program.serving(SHARED, NEST + "/" + SOCKET, confinement.ownerInside());
        Command command = Command.of(confinement.enclose(enclosure, serving));
        // Also for what stands before virtiofsd in the chain.
        for (var each : place.environment().entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        return command;
    }

    /// @return virtiofsd's own process id, behind whatever stands between us and it
    private long awaitListening(VirtiofsServer server) throws InterruptedException {
        boolean over =
                Patience.until(LISTENS, () -> !server.isAlive() || listener(server).isPresent());
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Optional<Long> listener = listener(server);
        if (listener.isPresent()) {
            return listener.get();
        }
        throw doesNotStart(
                over
                        ? server.complaint()
                        : "it does not listen within " + LISTENS.toSeconds() + " s");
    }

    /// In its network namespace nobody else can have that socket.
    private static Optional<Long> listener(VirtiofsServer server) {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(ProcessHandle::pid)
                .sorted(Comparator.reverseOrder())
                .filter(VirtiofsLaunch::listens)
                .findFirst();
    }

    private static boolean listens(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid), "net", "unix")).stream()
                    .map(line -> line.split("\\s+", 8))
                    .anyMatch(
                            field ->
                                    field.length == 8
                                            && field[3].equals(LISTENING)
                                            && field[7].equals(NEST + "/" + SOCKET));
        } catch (IOException gone) {
            return false;
        }
    }

    private void prove(long pid) {
        try {
            new ShareProof(user, place.owner(), pid).requireMounted(share, Path.of(SHARED));
        } catch (UncheckedIOException gone) {
            throw doesNotStart("it ended at once");
        }
    }

    private void requireSocket(Path socket) throws IOException {
        int mode = (Integer) Files.getAttribute(socket, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((mode & FILE_KIND) != SOCKET_KIND) {
            throw UserError.failed(
                    "somebody exchanged the socket of virtiofsd for %s while it was being shared"
                            .formatted(Printable.of(share.host().toString())),
                    "ls -ld " + ShellWord.quote(share.host().toString()));
        }
    }

    private UserError doesNotStart(String why) {
        return UserError.hostLacks(
                program + " does not start here: " + why, place.withoutVirtiofsd());
    }
}
