package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import keystone.agent.model.Check;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.store.PrivateFiles;

/// Our own directories: they exist or can be made, are ours, and let nobody else in.
final class DirectoryChecks {
    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rwx------");

    /// With `/<short-id>/m.sock` and what ssh appends, a socket's path stays under 108 bytes.
    private static final int LONGEST_RUNTIME = 60;

    private final HostFacts host;

    DirectoryChecks(HostFacts host) {
        this.host = host;
    }

    private Map<String, Path> ours() {
        var ours = new LinkedHashMap<String, Path>();
        ours.put("state directory", host.places().state());
        ours.put("image directory", host.places().cache());
        ours.put("settings directory", host.places().config());
        ours.put("runtime directory", host.places().runtime());
        return ours;
    }

    List<Check> all() {
        var checks = new ArrayList<Check>();
        ours().forEach((name, path) -> checks.add(check(name, path)));
        checks.add(temporary());
        return checks;
    }

    private Check check(String name, Path path) {
        String shown = Printable.of(path.toString());
        if (path.equals(host.places().runtime()) && shown.length() > LONGEST_RUNTIME) {
            return Check.failed(
                    name,
                    shown + " is too long for the names of sockets",
                    "export XDG_RUNTIME_DIR=/run/user/" + host.uid());
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Check.passed(name, shown + " will be made when it is needed");
        }
        return switch (holder(path)) {
            case OURS ->
                    isPrivate(path)
                            ? Check.passed(name, shown)
                            : Check.warning(
                                    name,
                                    shown + " is open to others",
                                    ShellWord.line(List.of("chmod", "700", path.toString())));
            case LINK ->
                    Check.failed(
                            name,
                            shown + " is a link, which we do not follow",
                            withoutTheLink(path));
            case NO_DIRECTORY ->
                    Check.failed(
                            name,
                            shown + " is not a directory",
                            ShellWord.line(List.of("ls", "-ld", path.toString())));
            case SOMEBODY_ELSE ->
                    Check.failed(
                            name,
                            shown + " belongs to somebody else",
                            List.of(
                                    "sudo",
                                    "chown",
                                    Integer.toString(host.uid()),
                                    path.toString()));
        };
    }

    /// State on another disk is named by its own path: a link could be led elsewhere later.
    private String withoutTheLink(Path path) {
        String variable = "XDG_RUNTIME_DIR";
        if (path.equals(host.places().state())) {
            variable = "XDG_STATE_HOME";
        } else if (path.equals(host.places().cache())) {
            variable = "XDG_CACHE_HOME";
        } else if (path.equals(host.places().config())) {
            variable = "XDG_CONFIG_HOME";
        }
        try {
            Path real = path.toRealPath();
            boolean named = host.environment().getOrDefault("KEYSTONE_AGENT_HOME", "").isEmpty();
            if (named && real.endsWith(path.getFileName())) {
                String parent = String.valueOf(real.getParent());
                return "export " + variable + "=" + ShellWord.quote(parent);
            }
        } catch (IOException dangling) {
            // Then there is no place to name, and the link itself is shown.
        }
        return ShellWord.line(List.of("ls", "-ld", path.toString()));
    }

    private Check temporary() {
        Path temporary = host.root().resolve("tmp");
        return Files.isWritable(temporary)
                ? Check.passed("temporary files", temporary + " can be written")
                : Check.failed(
                        "temporary files",
                        temporary + " cannot be written",
                        List.of("sudo", "chmod", "1777", temporary.toString()));
    }

    /// Makes what is missing and closes what is open, where it is ours.
    ///
    /// @return what was done
    List<String> repair() {
        var done = new ArrayList<String>();
        for (Path path : ours().values()) {
            if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                PrivateFiles.createDirectories(path);
                done.add("made " + path);
            } else if (holder(path) == Holder.OURS && !isPrivate(path)) {
                close(path);
                done.add("closed " + path + " to others");
            }
        }
        return done;
    }

    private static void close(Path path) {
        try {
            Files.setPosixFilePermissions(path, PRIVATE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot change the mode of " + path, e);
        }
    }

    /// Whose a path is, or why it cannot be anybody's directory.
    private enum Holder {
        OURS,
        LINK,
        NO_DIRECTORY,
        SOMEBODY_ELSE
    }

    private Holder holder(Path path) {
        if (Files.isSymbolicLink(path)) {
            return Holder.LINK;
        }
        try {
            if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                return Holder.NO_DIRECTORY;
            }
            Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return owner.equals(host.uid()) ? Holder.OURS : Holder.SOMEBODY_ELSE;
        } catch (IOException gone) {
            return Holder.NO_DIRECTORY;
        }
    }

    private static boolean isPrivate(Path path) {
        try {
            return PRIVATE.containsAll(
                    Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException gone) {
            return false;
        }
    }
}
