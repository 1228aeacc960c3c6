package keystone.agent.nixos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import keystone.agent.model.BuildId;
import keystone.agent.model.Digest;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.Printable;
import keystone.agent.model.Resources;
import keystone.agent.model.Runner;
import keystone.agent.model.UserError;

/// The NixOS guests of this host. What they are made from is kept under its digest, in text; what
/// nix made of it for one sandbox is in nix's store, and a link in the sandbox's directory keeps
/// it from being collected.
public final class NixImages {
    /// The first build fetches and builds a whole system.
    public static final Duration LIMIT = Duration.ofMinutes(60);

    private final Path directory;
    private final NixBuild nix;

    /// Whether what an earlier build found out may be used.
    public enum Reuse {
        /// As it is, when it was made from the same text.
        AS_IT_IS,
        /// Nothing: the inputs are looked up anew, and all is built.
        NOTHING
    }

    /// What a runner is built for.
    ///
    /// @param image made by [#keep]
    /// @param id the guest carries it, so that two disks never share a guest
    /// @param proxies variables that name this host's
    public record Ask(Digest image, BuildId id, Resources resources, Map<String, String> proxies) {
        public Ask {
            proxies = Map.copyOf(proxies);
        }

        @Override
        public String toString() {
            return "Ask[" + id + "]";
        }
    }

    /// @param directory for the texts; private, made when missing
    /// @param environment of this process
    public NixImages(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.nix = new NixBuild(environment, LIMIT);
    }

    /// Keeps what a guest shall be made from, as it is now.
    public Digest keep(NixRecipe recipe) {
        GuestFlake flake = GuestFlake.of(recipe);
        Digest digest = flake.digest();
        if (has(digest)) {
            Kept.renew(directory.resolve(digest.hex()));
        } else {
            flake.keep(directory, digest);
        }
        return digest;
    }

    /// What is kept and was not asked for lately, but for some.
    ///
    /// @param used which somebody may need at any time
    public List<Path> unused(Set<Digest> used, Instant now) {
        return Kept.in(directory).stream()
                .filter(each -> Kept.isOld(each, now))
                .filter(each -> used.stream().noneMatch(digest -> each.endsWith(digest.hex())))
                .toList();
    }

    /// Forgets one of [#unused].
    public void forget(Path kept) {
        if (!directory.equals(kept.getParent())) {
            throw new IllegalArgumentException(kept + " is not in " + directory);
        }
        Workshop.deleteTree(kept);
    }

    /// What [#keep] would answer; nothing when it would refuse.
    public Optional<Digest> digest(NixRecipe recipe) {
        try {
            return Optional.of(GuestFlake.of(recipe).digest());
        } catch (UserError unreadableModule) {
            return Optional.empty();
        }
    }

    /// Whether an image of this digest is one of ours.
    public boolean has(Digest digest) {
        return Files.isDirectory(directory.resolve(digest.hex()));
    }

    /// The runner of one sandbox's guest; built, unless it is there already.
    ///
    /// @param place of this sandbox alone; made when missing
    /// @throws UserError when nix fails: with its last words, and where to find the others
    public Runner build(Ask ask, Path place, Reuse reuse) throws InterruptedException {
        var files = new TreeMap<>(GuestFlake.read(directory.resolve(ask.image().hex())));
        files.put(GuestFlake.SANDBOX, sandbox(ask.id(), ask.resources()));
        var workshop = new Workshop(place);
        if (reuse == Reuse.NOTHING) {
            workshop.clear();
        }
        if (!workshop.holds(files) || workshop.runner().isEmpty()) {
            workshop.write(files);
            nix.build(workshop, ask.proxies());
        }
        Path made =
                workshop.runner()
                        .orElseThrow(
                                () ->
                                        UserError.failed(
                                                "nix built no bin/microvm-run for the sandbox",
                                                "see " + Printable.of(workshop.log().toString())));
        // STORE/HASH-NAME/bin/microvm-run
        Path store = made.resolve("../../..").normalize();
        return new Runner(made, store);
    }

    private static String sandbox(BuildId id, Resources resources) {
        return """
               {
                 buildId = "%s";
                 memoryMib = %d;
                 cpus = %d;
               }
               """
                .formatted(id, resources.memory().mib(), resources.cpus());
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + file, unreadable);
        }
    }
}
