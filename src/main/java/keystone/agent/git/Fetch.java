package keystone.agent.git;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;

/// Brings what a guest has committed into the sandbox's namespace.
///
/// The guest decides what is sent: objects are checked before one of them is in its place (a pack
/// is moved there whole, from a [Landing] where there can be one), and bytes, memory, refs and
/// time are limited.
final class Fetch {
    /// Hands git its standard input and output, connected to the guest's side, as two descriptors
    /// that none of its own children takes for its own: its helper `git-remote-fd` speaks there.
    private static final String ON_DESCRIPTORS = "exec \"$@\" 3<&0 4>&1 </dev/null >&2";

    private static final String ADDRESS = "fd::3,4";

    /// As it will be checked later.
    private static final List<String> UNCHECKED =
            List.of("-c", "fetch.fsckObjects=false", "-c", "transfer.fsckObjects=false");

    private static final String BRANCHES = "heads/";

    private static final Pattern NAME = Pattern.compile("(?:fatal|error|remote): ");
    private static final int WORDS = 5;

    private final Git git;
    private final RefReader reader;
    private final AsOwner asOwner;
    private final Layout layout;
    private final GitEnclosure enclosure;

    Fetch(Git git, RefReader reader, AsOwner asOwner, Layout layout) {
        this.git = git;
        this.reader = reader;
        this.asOwner = asOwner;
        this.layout = layout;
        this.enclosure = new GitEnclosure(git, asOwner, layout);
    }

    /// To a place of its own first: from there in one transaction, with names for what is let go
    /// of.
    Fetched fetch(SandboxName name, Transport transport) throws InterruptedException {
        try (RepositoryLock _ = Namespace.lock(name, asOwner, layout)) {
            String incoming = RefReader.namespace(name) + "incoming/";
            // What a killed one has left: the git that fetches can remove nothing.
            update(deletions(incoming, reader.below(incoming).keySet()));
            return take(name, incoming, bring(name, incoming, transport));
        }
    }

    /// Once more without tags when it is not possible with them.
    ///
    /// @return what has come
    private Wanted bring(SandboxName name, String incoming, Transport transport)
            throws InterruptedException {
        Map<String, ObjectId> tags = reader.below(RefReader.TAGS);
        var stream = new GuestStream(transport.mostBytes(), Wanted.EVERYTHING, tags);
        try {
            bring(name, incoming, transport, Wanted.EVERYTHING, stream);
            return Wanted.EVERYTHING;
        } catch (UserError refused) {
            if (!stream.hasTags() || refused.kind() == UserError.Kind.TIMED_OUT) {
                throw refused;
            }
            var again = new GuestStream(transport.mostBytes(), Wanted.WITHOUT_TAGS, tags);
            bring(name, incoming, transport, Wanted.WITHOUT_TAGS, again);
            return Wanted.WITHOUT_TAGS;
        }
    }

    private void bring(
            SandboxName name,
            String incoming,
            Transport transport,
            Wanted wanted,
            GuestStream stream)
            throws InterruptedException {
        if (Promises.areIn(layout)) {
            fetchUnchecked(name, incoming, transport, wanted, stream);
        } else {
            run(name, fetching(name, List.of(), incoming, transport, wanted), transport, stream);
        }
    }

    private void fetchUnchecked(
            SandboxName name,
            String incoming,
            Transport transport,
            Wanted wanted,
            GuestStream stream)
            throws InterruptedException {
        var check = new PackCheck(enclosure, asOwner, layout, Namespace.directory(name, layout));
        check.begin();
        run(name, fetching(name, UNCHECKED, incoming, transport, wanted), transport, stream);
        List<Path> malformed = check.malformed();
        if (!malformed.isEmpty()) {
            // In this order nothing ever names what is not there.
            update(deletions(incoming, reader.below(incoming).keySet()));
            check.remove(malformed);
            check.end();
            throw UserError.failed(
                    "the guest's commits were not taken: they hold malformed objects",
                    inGuest(name, "git fsck"));
        }
        check.end();
    }

    private Fetched take(SandboxName name, String incoming, Wanted wanted)
            throws InterruptedException {
        String namespace = RefReader.namespace(name);
        Map<String, ObjectId> come = reader.below(incoming);
        Map<String, ObjectId> held = reader.matching(namespace, wanted.patterns());
        LetGo.Kept kept = new LetGo(enclosure, reader, name).keep(held, come);
        List<String> gone = held.keySet().stream().filter(ref -> !come.containsKey(ref)).toList();
        // First what is gone: a branch `a` and a branch `a/b` cannot both be.
        update(kept.instructions() + deletions(namespace, gone));
        var moved = new StringBuilder();
        come.forEach(
                (ref, object) -> {
                    if (!object.equals(held.get(ref))) {
                        moved.append("update " + namespace + ref + '\0' + object + "\0\0");
                    }
                });
        update(moved + deletions(incoming, come.keySet()));
        return fetched(come, kept, wanted);
    }

    private static Fetched fetched(Map<String, ObjectId> come, LetGo.Kept kept, Wanted wanted) {
        var branches = new TreeMap<String, ObjectId>();
        come.forEach(
                (ref, object) -> {
                    if (ref.startsWith(BRANCHES)) {
                        branches.put(ref.substring(BRANCHES.length()), object);
                    }
                });
        return new Fetched(branches, Optional.ofNullable(come.get("stash")), kept.place(), wanted);
    }

    private static String deletions(String below, Collection<String> refs) {
        return refs.stream()
                .map(ref -> "delete " + below + ref + "\0\0")
                .collect(Collectors.joining());
    }

    private void update(String instructions) throws InterruptedException {
        if (instructions.isEmpty()) {
            return;
        }
        Command.Finished finished = git.updateRefs("keystone-agent: fetch", instructions);
        if (!finished.ok()) {
            throw Git.failed(finished.errors());
        }
    }

    private void run(
            SandboxName name, GitEnclosure.Taking taking, Transport transport, GuestStream limited)
            throws InterruptedException {
        var halfPacks = HalfPacks.before(asOwner, layout);
        try (OwnedProcess guest = transport.uploadPack().start();
                OwnedProcess host = taking.command().start()) {
            converse(name, guest, host, limited, transport.limit());
            taking.bringHome(transport.limit());
        } catch (UserError refused) {
            halfPacks.remove();
            throw refused;
        } finally {
            taking.clear();
        }
    }

    /// @param options of git, before what it is to do
    /// @param into the guest's refs come below it
    private GitEnclosure.Taking fetching(
            SandboxName name, List<String> options, String into, Transport transport, Wanted wanted)
            throws InterruptedException {
        var arguments = new ArrayList<>(options);
        arguments.addAll(
                List.of(
                        "fetch",
                        "--quiet",
                        "--no-progress",
                        "--no-tags",
                        "--no-write-fetch-head",
                        "--no-auto-maintenance",
                        "--no-recurse-submodules",
                        "--atomic",
                        ADDRESS));
        arguments.addAll(wanted.refspecs(into));
        var before = new ArrayList<>(Git.limited("--fsize=" + transport.mostBytes()));
        before.addAll(List.of(AsOwner.located("sh"), "-c", ON_DESCRIPTORS, "sh"));
        Path scratch = Namespace.scratch(name, layout);
        return enclosure.taking(
                before, into, scratch, Map.of("GIT_ALLOW_PROTOCOL", "fd"), arguments);
    }

    private static void converse(
            SandboxName name,
            OwnedProcess guest,
            OwnedProcess host,
            GuestStream limited,
            Duration limit)
            throws InterruptedException {
        var guestSays = new Complaints(NAME);
        var hostSays = new Complaints(NAME);
        PipeThread.start("guest's errors", () -> guestSays.read(guest.errors()));
        Thread errors = PipeThread.start("git's errors", () -> hostSays.read(host.errors()));
        PipeThread.start("to the guest", () -> copy(host.output(), guest.input()));
        PipeThread.start("from the guest", () -> limited.copy(guest.output(), host.input()));
        OptionalInt status = host.awaitExit(limit);
        if (status.isEmpty()) {
            throw UserError.timedOut(
                    "the guest did not send its commits within " + limit.toSeconds() + " s",
                    "keystone-agent status " + name);
        }
        boolean _ = errors.join(Duration.ofSeconds(2));
        if (status.getAsInt() != 0) {
            throw refused(name, limited, hostSays, guestSays);
        }
    }

    /// What shows what is the matter with its repository.
    private static String inGuest(SandboxName name, String command) {
        return "keystone-agent exec " + name + " -- " + command;
    }

    private static UserError refused(
            SandboxName name, GuestStream limited, Complaints hostSays, Complaints guestSays) {
        String refusal = limited.refusal();
        if (refusal != null) {
            return UserError.failed(
                    "the guest's commits were not taken: " + refusal,
                    inGuest(name, "git count-objects -vH") + "   # and the room here: df -h .");
        }
        List<String> words = hostSays.lines().isEmpty() ? guestSays.lines() : hostSays.lines();
        return UserError.failed(
                        "the guest's commits could not be fetched, nothing was changed",
                        inGuest(name, "git fsck"))
                .quoting(words.subList(Math.max(0, words.size() - WORDS), words.size()));
    }

    private static void copy(InputStream from, OutputStream to) {
        try (from;
                to) {
            byte[] buffer = new byte[16 << 10];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
        } catch (IOException oneSideEnded) {
            // The other one notices.
        }
    }
}
