package keystone.agent.nixos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.NixEnvironment;

/// `nix build`, so that it cannot take an older answer for a new one.
final class NixBuild {
    private static final int LAST_LINES = 6;

    private final NixEnvironment environment;
    private final Duration limit;

    /// @param environment of this process, of which nix gets no more than it needs
    NixBuild(Map<String, String> environment, Duration limit) {
        this.environment = new NixEnvironment(environment);
        this.limit = limit;
    }

    /// Builds the flake of a workshop, and makes its link.
    ///
    /// @param proxies variables that name this host's
    void build(Workshop workshop, Map<String, String> proxies) throws InterruptedException {
        // From within, since a path may have characters that mean something in a reference.
        Command command =
                Command.of(
                                "nix",
                                "--extra-experimental-features",
                                "nix-command flakes",
                                "build",
                                "--option",
                                "eval-cache",
                                "false",
                                "--option",
                                "accept-flake-config",
                                "false",
                                "--out-link",
                                workshop.link().toString(),
                                "path:.#default")
                        .in(workshop.flake());
        for (Map.Entry<String, String> each : proxies.entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        try {
            Command.Finished finished = environment.restrict(command).run(limit);
            note(workshop.log(), finished.errors());
            if (!finished.ok()) {
                throw failed(finished.errors(), workshop.log());
            }
        } catch (Command.ProgramMissing missing) {
            throw new UserError(
                    UserError.Kind.HOST_LACKS,
                    "this host has no `nix` to build a NixOS guest with",
                    "install it, or start with --fresh --image debian",
                    missing);
        } catch (Command.TookTooLong slow) {
            throw new UserError(
                    UserError.Kind.TIMED_OUT,
                    "nix did not build the guest within " + limit.toMinutes() + " minutes",
                    "the same command again: what is built already is kept",
                    slow);
        }
    }

    /// From the last `error:` on, where nix says what stopped it.
    private static UserError failed(String said, Path log) {
        List<String> lines = said.lines().filter(line -> !line.isBlank()).toList();
        int from = Math.max(0, lines.size() - LAST_LINES);
        for (int i = lines.size() - 1; i >= 0; i--) {
            if (lines.get(i).strip().startsWith("error:")) {
                from = i;
                break;
            }
        }
        int to = Math.min(lines.size(), from + LAST_LINES);
        return UserError.failed(
                        "nix cannot build the guest; all that it said is in "
                                + Printable.of(log.toString()),
                        "correct [nix] in your own agent.toml, then the same command with --fresh")
                .quoting(lines.subList(from, to));
    }

    private static void note(Path log, String text) {
        try {
            Files.writeString(log, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + log, e);
        }
    }
}
