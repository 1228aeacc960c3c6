package keystone.agent.sandbox;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Check;
import keystone.agent.process.Command;
import keystone.agent.process.Packages;

/// Programs that no part owns.
final class ProgramChecks {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final HostFacts host;

    ProgramChecks(HostFacts host) {
        this.host = host;
    }

    List<Check> all() throws InterruptedException {
        return List.of(git(), nix());
    }

    private Check git() throws InterruptedException {
        Optional<Path> git = host.programs().apply("git");
        return git.isPresent()
                ? Check.passed("git", firstLine(git.get()))
                : new Packages(host.programs()).lacking("git", "git is not installed", "git");
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
