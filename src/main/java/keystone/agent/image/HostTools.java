package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import keystone.agent.model.Check;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;
import keystone.agent.process.UserNamespaces;

/// The programs of the host that images are built with, and the packages that have them.
final class HostTools {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static final Map<String, String> PACKAGES =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("/usr/lib/apt/apt-helper", "apt"),
                            Map.entry("apt-get", "apt"),
                            Map.entry("bwrap", "bubblewrap"),
                            Map.entry("dpkg-deb", "dpkg"),
                            Map.entry("mkfs.ext4", "e2fsprogs"),
                            Map.entry("mksquashfs", "squashfs-tools"),
                            Map.entry("mmdebstrap", "mmdebstrap"),
                            Map.entry("qemu-img", "qemu-utils"),
                            Map.entry("unshare", "util-linux"),
                            Map.entry("xz", "xz-utils")));

    private HostTools() {}

    static UserError missing(String program) {
        String name = PACKAGES.getOrDefault(program, program);
        return UserError.hostLacks(
                "the program `" + program + "` is not installed", install(List.of(name)));
    }

    private static String install(Collection<String> packages) {
        return ShellWord.line(installing(packages));
    }

    private static List<String> installing(Collection<String> packages) {
        var command = new ArrayList<>(List.of("sudo", "apt-get", "install", "-y"));
        command.addAll(packages);
        return command;
    }

    /// Refuses at once when any of them is missing, naming all.
    static void require() {
        var missing = new TreeSet<String>();
        PACKAGES.forEach(
                (program, name) -> {
                    if (Programs.locate(program).isEmpty()) {
                        missing.add(name);
                    }
                });
        if (!missing.isEmpty()) {
            throw UserError.hostLacks(
                    "building an image needs " + String.join(", ", missing), install(missing));
        }
    }

    /// Only the agents layer needs it.
    static void requireNpm() {
        if (Programs.locate("npm").isEmpty()) {
            throw UserError.hostLacks(
                    "the agents come as npm packages, and the program `npm` is not installed",
                    install(List.of("npm")));
        }
    }

    static List<Check> checks(Namespaces namespaces) throws InterruptedException {
        var checks = new ArrayList<>(tools(program -> Programs.locate(program).isPresent()));
        checks.add(sources());
        if (namespaces.needsUserMapping()) {
            checks.add(mapping());
        }
        return checks;
    }

    /// The tools in one check when all are there, else a check for each package that is missing.
    static List<Check> tools(Predicate<String> isThere) {
        List<Check> missing =
                new TreeSet<>(PACKAGES.values())
                        .stream().flatMap(name -> lacking(name, isThere).stream()).toList();
        return missing.isEmpty() ? List.of(Check.passed("image tools", "all installed")) : missing;
    }

    private static Optional<Check> lacking(String name, Predicate<String> isThere) {
        List<String> missing =
                PACKAGES.keySet().stream()
                        .filter(program -> name.equals(PACKAGES.get(program)))
                        .filter(isThere.negate())
                        .toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        Check.failed(
                                name,
                                "there is no " + String.join(", ", missing),
                                installing(List.of(name))));
    }

    private static Check sources() throws InterruptedException {
        try {
            int count = HostSources.read().size();
            return Check.passed("package sources", count + " of this host's distribution");
        } catch (UserError | Command.ProgramMissing none) {
            return Check.failed(
                    "package sources",
                    "apt has no package lists of Debian or Ubuntu",
                    List.of("sudo", "apt-get", "update"));
        }
    }

    /// Whether we may act as the many users of an image's files: needs ids of our own, the program
    /// that hands them out, and a kernel that allows it.
    private static Check mapping() throws InterruptedException {
        String name = "user id mapping";
        Command.Finished attempt =
                Command.of("unshare", "--map-root-user", "--map-auto", "--mount", "--pid", "--fork")
                        .with("--mount-proc", "true")
                        .run(LIMIT);
        if (attempt.ok()) {
            return Check.passed(name, "images can be built without root");
        }
        if (Programs.locate("newuidmap").isEmpty()) {
            return Check.failed(name, "there is no newuidmap", installing(List.of("uidmap")));
        }
        String user = System.getProperty("user.name");
        if (!hasIds("/etc/subuid", user) || !hasIds("/etc/subgid", user)) {
            return Check.failed(
                    name,
                    "`" + user + "` has no ids in /etc/subuid and /etc/subgid",
                    List.of(
                            "sudo",
                            "usermod",
                            "--add-subuids",
                            "100000-165535",
                            "--add-subgids",
                            "100000-165535",
                            user));
        }
        return Check.failed(name, "the kernel refuses a user namespace", UserNamespaces.fix());
    }

    private static boolean hasIds(String file, String user) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.anyMatch(line -> line.startsWith(user + ":"));
        } catch (IOException missing) {
            return false;
        }
    }

    /// The effective user, without a program or a system call of our own.
    static boolean weAreRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self/status"), "unix:uid").equals(0);
        } catch (IOException e) {
            return false;
        }
    }
}
