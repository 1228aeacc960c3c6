package keystone.agent.supervisor;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import keystone.agent.git.HostRepository;
import keystone.agent.git.OutgoingPack;
import keystone.agent.guest.GuestRepository;
import keystone.agent.guest.HostState;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Complaints;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;

/// Gives a guest that shares nothing what it lacks of the project's repository.
///
/// @param config of the connection, as in [GuestRepository]
record Cloning(SandboxName name, Path config, HostRepository repository) {
    /// A large history, into an emulated guest.
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private static final Duration LAST_WORDS = Duration.ofSeconds(30);
    private static final Pattern NAME = Pattern.compile("(?:fatal|error): ");

    /// Sends objects, then tells of refs; the first time, the guest checks out its files.
    ///
    /// @param notices hears what a person should know
    GuestRepository.Followed follow(HostState state, Consumer<String> notices)
            throws InterruptedException {
        var guest = new GuestRepository(name, config);
        GuestRepository.Has has = guest.has();
        Set<String> wanted = new TreeSet<>(state.branches().values());
        wanted.addAll(state.tags().values());
        if (!state.head().startsWith("ref: ")) {
            wanted.add(state.head());
        }
        if (!has.objects().containsAll(wanted)) {
            send(repository.outgoing(wanted, has.objects()), guest);
        }
        if (has.isNew() && repository.hasUncommitted(name)) {
            notices.accept(
                    "what is not committed here is not in the clone, nor is what git ignores");
        }
        return guest.followApart(state);
    }

    private void send(OutgoingPack pack, GuestRepository guest) throws InterruptedException {
        try (OwnedProcess host = pack.command().start();
                OwnedProcess inside = guest.takePack().start()) {
            var hostSays = new Complaints(NAME);
            var guestSays = new Complaints(NAME);
            PipeThread.start("wanted", () -> write(pack.input(), host.input()));
            PipeThread.start("git's errors", () -> hostSays.read(host.errors()));
            PipeThread.start("guest's errors", () -> guestSays.read(inside.errors()));
            PipeThread.start("to the guest", () -> copy(host, inside));
            OptionalInt taken = inside.awaitExit(LIMIT);
            OptionalInt sent = taken.isEmpty() ? taken : host.awaitExit(LAST_WORDS);
            if (taken.isEmpty() || sent.isEmpty()) {
                throw UserError.timedOut(
                        "the project could not be cloned into the guest within "
                                + LIMIT.toMinutes()
                                + " min",
                        "keystone-agent start --fresh --share auto --name " + name);
            }
            if (taken.getAsInt() != 0 || sent.getAsInt() != 0) {
                List<String> said =
                        hostSays.lines().isEmpty() ? guestSays.lines() : hostSays.lines();
                throw UserError.failed(
                                "the project could not be cloned into the guest",
                                "keystone-agent start --disk 40g --name "
                                        + name
                                        + "   # if its disk is full")
                        .quoting(said);
            }
        }
    }

    private static void write(String input, OutputStream to) {
        try (to) {
            to.write(input.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException itEnded) {
            // Its status tells.
        }
    }

    private static void copy(OwnedProcess from, OwnedProcess to) {
        try (var output = from.output();
                var input = to.input()) {
            output.transferTo(input);
        } catch (IOException oneSideEnded) {
            // The other one notices.
        }
    }
}
