package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Check;
import keystone.agent.process.Command;

/// Programs that no part owns.
final class ProgramChecks {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HostFacts host;

    ProgramChecks(HostFacts host) {
        this.host = host;
    }

    List<Check> all() throws InterruptedException {
        return List.of(ssh(), git(), nix());
    }

    /// The way into a guest; `-V` prints to the error output.
    private Check ssh() throws InterruptedException {
        Optional<Path> ssh = host.programs().apply("ssh");
        return ssh.isPresent()
                ? Check.passed("ssh", firstLine(ssh.get(), "-V"))
                : Check.failed("ssh", "the OpenSSH client is not installed", installSsh());
    }

    private String installSsh() {
        boolean debian = host.programs().apply("apt-get").isPresent();
        return install(debian ? "openssh-client" : "openssh");
    }

    private Check git() throws InterruptedException {
        Optional<Path> git = host.programs().apply("git");
        return git.isPresent()
                ? Check.passed("git", firstLine(git.get()))
                : Check.failed("git", "git is not installed", install("git"));
    }

    private Check nix() throws InterruptedException {
        Optional<Path> nix = host.programs().apply("nix");
        return nix.isPresent()
                ? Check.passed("nix", firstLine(nix.get()))
                : Check.passed("nix", "not installed, and not needed");
    }

    private static String firstLine(Path program) throws InterruptedException {
        return firstLine(program, "--version");
    }

    private static String firstLine(Path program, String flag) throws InterruptedException {
        try {
            Command.Finished finished = Command.of(program.toString(), flag).run(LIMIT);
            return (finished.output() + finished.errors())
                    .lines()
                    .findFirst()
                    .orElse(program + " tells no version");
        } catch (Command.ProgramMissing | Command.TookTooLong silent) {
            return program + " tells no version";
        }
    }

    /// With the package manager that this host has.
    private String install(String name) {
        if (host.programs().apply("apt-get").isPresent()) {
            return "sudo apt-get install -y " + name;
        }
        if (host.programs().apply("dnf").isPresent()) {
            return "sudo dnf install -y " + name;
        }
        if (host.programs().apply("pacman").isPresent()) {
            return "sudo pacman -S --noconfirm " + name;
        }
        return "install the package " + name;
    }
}
