package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Access;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;

/// All sandboxes of one user: a directory that a person can read. Keeps nothing but paths, so
/// threads may share it; other processes change what it finds at any moment.
public final class Store {
    static final String ALIAS_FILE = "ssh_config";

    /// A dot at the start of a name keeps a directory from being taken for a sandbox.
    private static final String HALF_DONE = ".{new,gone}-*";

    /// The names of those that were removed, an empty file each.
    private static final String REMOVED = ".removed";

    private static final Duration YOUNG = Duration.ofMinutes(10);

    private final Path state;
    private final Path runtime;

    /// Nothing is touched before something is asked for.
    public Store(Places places) {
        this.state = places.state();
        this.runtime = places.runtime();
    }

    /// By name, in order.
    public List<SandboxDir> all() {
        var found = new ArrayList<SandboxName>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(state)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (SandboxName.isValid(name)
                        && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(new SandboxName(name));
                }
            }
        } catch (NoSuchFileException noneYet) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + state, e);
        }
        Collections.sort(found);
        return found.stream().map(this::at).toList();
    }

    /// What guests can write of the host: the projects and the writable mounts of all sandboxes,
    /// running or not. Also of one that a later program made, which may run.
    public List<Path> writable() {
        var found = new ArrayList<Path>();
        for (SandboxDir dir : all()) {
            try {
                SandboxSpec spec = dir.spec();
                found.add(spec.project());
                spec.mounts().stream()
                        .filter(share -> share.access() == Access.READ_WRITE)
                        .forEach(share -> found.add(share.host()));
            } catch (UserError unreadable) {
                found.addAll(dir.writableAsSaid());
            }
        }
        return found;
    }

    /// Matches the [SandboxDir#sshAlias] of every sandbox there is, as ssh reads patterns: it comes
    /// and goes with its directory.
    public String aliasPattern() {
        return state + "/*/" + ALIAS_FILE;
    }

    /// For what is mounted of guests. No sandbox's name begins with a dot.
    public Path mounts() {
        return state.resolve(".mounts");
    }

    public Optional<SandboxDir> find(SandboxName name) {
        SandboxDir dir = at(name);
        try {
            boolean there =
                    Files.readAttributes(
                                    dir.path(),
                                    BasicFileAttributes.class,
                                    LinkOption.NOFOLLOW_LINKS)
                            .isDirectory();
            return there ? Optional.of(dir) : Optional.empty();
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            // A sandbox that cannot be seen is not one that is not there: a second one would be
            // made.
            throw new UncheckedIOException("cannot look at " + dir.path(), e);
        }
    }

    /// Makes the sandbox's directory, whole or not at all. Empty when the name is taken, also by
    /// somebody who took it in the same instant.
    public Optional<SandboxDir> create(SandboxSpec spec, String version) {
        PrivateFiles.createDirectories(state);
        SandboxDir target = at(spec.name());
        Path prepared = state.resolve(".new-" + spec.name() + "-" + randomSuffix());
        PrivateFiles.createDirectories(prepared);
        try {
            var unborn = new SandboxDir(spec.name(), prepared, runtime);
            unborn.replaceSpec(spec);
            PrivateFiles.replace(unborn.createdBy(), version + "\n");
            Files.move(prepared, target.path(), StandardCopyOption.ATOMIC_MOVE);
            return Optional.of(target);
        } catch (IOException e) {
            if (Files.exists(target.path(), LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            throw new UncheckedIOException("cannot make " + target.path(), e);
        } finally {
            PrivateFiles.deleteTree(prepared);
        }
    }

    /// Removes everything of a sandbox; the caller holds its lock, or knows that nobody can.
    public void remove(SandboxDir dir) {
        PrivateFiles.deleteTree(dir.run().path());
        PrivateFiles.createDirectories(state.resolve(REMOVED));
        // First out of sight, so that a removal cut short leaves no half sandbox behind.
        Path doomed = state.resolve(".gone-" + dir.name() + "-" + randomSuffix());
        try {
            Files.move(dir.path(), doomed, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.replace(removed(dir.name()), "");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + dir.path(), e);
        }
        PrivateFiles.deleteTree(doomed);
    }

    /// Whether there was one of that name here, and it was removed. One that never was may live
    /// where another user, or another `KEYSTONE_AGENT_HOME`, keeps its own.
    public boolean wasRemoved(SandboxName name) {
        return find(name).isEmpty() && Files.exists(removed(name));
    }

    private Path removed(SandboxName name) {
        return state.resolve(REMOVED).resolve(name.value());
    }

    /// What killed commands left half made or half removed, unless it is so young that its command
    /// may still be at work.
    public List<Path> halfDone(Instant now) {
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(state, HALF_DONE)) {
            for (Path leftover : leftovers) {
                if (isOlder(leftover, now.minus(YOUNG))) {
                    found.add(leftover);
                }
            }
        } catch (NoSuchFileException noneYet) {
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + state, e);
        }
        return found;
    }

    private static boolean isOlder(Path leftover, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(leftover).toInstant().isBefore(than);
        } catch (NoSuchFileException itsCommandHasEnded) {
            return false;
        }
    }

    /// Removes one of [#halfDone].
    public void removeHalfDone(Path leftover) {
        if (!state.equals(leftover.getParent())) {
            throw new IllegalArgumentException(leftover + " is not in " + state);
        }
        PrivateFiles.deleteTree(leftover);
    }

    private SandboxDir at(SandboxName name) {
        return new SandboxDir(name, state.resolve(name.value()), runtime);
    }

    private static String randomSuffix() {
        return HexFormat.of().toHexDigits(new SecureRandom().nextInt());
    }
}
