package keystone.agent.sandbox;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import keystone.agent.model.Check;
import keystone.agent.process.Command;
import keystone.agent.process.Packages;

/// Programs that no part owns.
final class ProgramChecks {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Distributions keep it out of the PATH.
    private static final List<String> VIRTIOFSD_PLACES =
            List.of(
                    "usr/libexec/virtiofsd",
                    "usr/lib/virtiofsd",
                    "usr/lib/qemu/virtiofsd",
                    "run/current-system/sw/bin/virtiofsd");

    /// The old one in C says `virtiofsd version 7.2.22`.
    private static final Pattern RUST_VERSION = Pattern.compile("virtiofsd (\\d+\\.\\d+\\S*)");

    private final HostFacts host;

    ProgramChecks(HostFacts host) {
        this.host = host;
    }

    List<Check> all() throws InterruptedException {
        return List.of(git(), virtiofsd(), nix());
    }

    private Check git() throws InterruptedException {
        Optional<Path> git = host.programs().apply("git");
        return git.isPresent()
                ? Check.passed("git", firstLine(git.get()))
                : Check.failed(
                        "git",
                        "git is not installed",
                        new Packages(host.programs()).install("git"));
    }

    /// For information: without it projects are shared over 9p, which works.
    private Check virtiofsd() throws InterruptedException {
        for (Path path : virtiofsdPaths()) {
            String line = firstLine(path);
            if (RUST_VERSION.matcher(line).matches()) {
                return Check.passed("virtiofsd", line + " at " + path);
            }
            return Check.passed(
                    "virtiofsd",
                    path + " is the old one in C, which needs root; projects are shared over 9p");
        }
        return Check.passed("virtiofsd", "not installed; projects are shared over 9p");
    }

    private List<Path> virtiofsdPaths() {
        var paths = new ArrayList<Path>();
        host.programs().apply("virtiofsd").ifPresent(paths::add);
        VIRTIOFSD_PLACES.stream()
                .map(host.root()::resolve)
                .filter(Files::isExecutable)
                .forEach(paths::add);
        return paths;
    }

    private Check nix() throws InterruptedException {
        Optional<Path> nix = host.programs().apply("nix");
        return nix.isPresent()
                ? Check.passed("nix", firstLine(nix.get()))
                : Check.passed("nix", "not installed, and not needed");
    }

    private static String firstLine(Path program) throws InterruptedException {
        try {
            Command.Finished finished = Command.of(program.toString(), "--version").run(LIMIT);
            return (finished.output() + finished.errors())
                    .lines()
                    .findFirst()
                    .orElse(program + " tells no version");
        } catch (Command.ProgramMissing | Command.TookTooLong silent) {
            return program + " tells no version";
        }
    }
}
