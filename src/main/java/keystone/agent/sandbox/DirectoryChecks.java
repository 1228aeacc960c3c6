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
        if (!isOurs(path)) {
            return Check.failed(
                    name,
                    shown + " belongs to somebody else",
                    "sudo chown " + host.uid() + " " + shown);
        }
        return isPrivate(path)
                ? Check.passed(name, shown)
                : Check.warning(name, shown + " is open to others", "chmod 700 " + shown);
    }

    private Check temporary() {
        Path temporary = host.root().resolve("tmp");
        return Files.isWritable(temporary)
                ? Check.passed("temporary files", temporary + " can be written")
                : Check.failed(
                        "temporary files",
                        temporary + " cannot be written",
                        "sudo chmod 1777 " + temporary);
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
            } else if (isOurs(path) && !isPrivate(path)) {
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

    private boolean isOurs(Path path) {
        try {
            Object owner = Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
            return owner.equals(host.uid()) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException gone) {
            return false;
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
