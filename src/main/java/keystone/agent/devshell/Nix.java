package keystone.agent.devshell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.NixEnvironment;

/// The programs of Nix, and direnv, on this host: each run without what the user's environment
/// holds beyond what they need, and only until one common limit has passed.
final class Nix {
    private static final int LAST_LINES = 8;

    /// What a shell of Nix's own has.
    record Shell(Map<String, String> exported, String hook) {}

    private final NixEnvironment environment;
    private final Duration limit;
    private final long begin = System.nanoTime();

    /// @param environment of this process
    /// @param limit for all that is run with it
    Nix(Map<String, String> environment, Duration limit) {
        this.environment = new NixEnvironment(environment);
        this.limit = limit;
    }

    /// Where the store is; asked, not assumed.
    Path store() throws InterruptedException {
        String answer = run(of("nix-instantiate", "--eval", "--expr", "builtins.storeDir")).trim();
        Path store = Path.of(answer.replaceAll("^\"|\"$", ""));
        if (!store.isAbsolute() || store.getNameCount() < 2 || !isItself(store)) {
            throw UserError.hostLacks(
                    "nix keeps its store in %s, which is not a directory of this host"
                            .formatted(Printable.of(store.toString())),
                    "keystone-agent start --devshell none");
        }
        return store;
    }

    private static boolean isItself(Path store) {
        try {
            return Files.isDirectory(store) && store.toRealPath().equals(store);
        } catch (IOException gone) {
            return false;
        }
    }

    /// Evaluates what is in a directory, and builds what it needs.
    ///
    /// @param what arguments that say which shell
    /// @param profile a link that Nix makes, and that keeps the result
    Shell shell(Path directory, Path profile, String... what) throws InterruptedException {
        Command command =
                of(
                                "nix",
                                "--extra-experimental-features",
                                "nix-command flakes",
                                "--option",
                                "accept-flake-config",
                                "false",
                                "print-dev-env",
                                "--json",
                                "--profile",
                                profile.toString())
                        .with(what)
                        .in(directory);
        String answer = run(command);
        try {
            return shell(Json.parse(answer).asObject().object("variables"));
        } catch (JsonException notUnderstood) {
            throw UserError.failed(
                    "nix printed an environment that is not understood: "
                            + Printable.of(String.valueOf(notUnderstood.getMessage())),
                    "nix --extra-experimental-features 'nix-command flakes' print-dev-env --json");
        }
    }

    private static Shell shell(Json.Obj variables) {
        var exported = new TreeMap<String, String>();
        String hook = "";
        for (Map.Entry<String, Json> each : variables.members().entrySet()) {
            Json.Obj variable = each.getValue().asObject();
            if (variable.get("value") instanceof Json.Str(String value)) {
                if (variable.string("type").equals("exported")) {
                    exported.put(each.getKey(), value);
                }
                // Of a derivation with structured attributes it is not exported.
                hook = each.getKey().equals("shellHook") ? value : hook;
            }
        }
        return new Shell(exported, hook);
    }

    /// All that these lead to, themselves included.
    List<String> closure(Path store, Collection<Path> paths) throws InterruptedException {
        var arguments = new ArrayList<>(List.of("nix-store", "--query", "--requisites"));
        paths.forEach(path -> arguments.add(path.toString()));
        String prefix = store + "/";
        return run(Command.of(arguments))
                .lines()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .toList();
    }

    /// Keeps paths from being collected as garbage.
    void keep(Collection<Path> paths, Path link) throws InterruptedException {
        var arguments = new ArrayList<>(List.of("nix-store", "--realise"));
        paths.forEach(path -> arguments.add(path.toString()));
        arguments.addAll(List.of("--add-root", link.toString(), "--indirect"));
        String _ = run(Command.of(arguments));
    }

    static Command of(String... arguments) {
        return Command.of(arguments);
    }

    /// What it prints.
    ///
    /// @throws UserError when it fails, or the limit passes
    String run(Command command) throws InterruptedException {
        try {
            Command.Finished finished = environment.restrict(command).run(rest());
            if (finished.ok()) {
                return finished.output();
            }
            List<String> said = finished.errors().lines().filter(line -> !line.isBlank()).toList();
            throw UserError.failed(
                            "`%s` cannot evaluate the devshell".formatted(command.program()),
                            // Nobody is sent to a program that runs the project as it is now.
                            "mend it, then: keystone-agent devshell refresh   # `nix develop` here"
                                    + " would run what a guest has written")
                    .quoting(said.subList(Math.max(0, said.size() - LAST_LINES), said.size()));
        } catch (Command.ProgramMissing missing) {
            throw new UserError(
                    UserError.Kind.HOST_LACKS,
                    "this host has no `" + missing.program() + "` to evaluate the devshell with",
                    "install it, or start with --devshell none",
                    missing);
        } catch (Command.TookTooLong slow) {
            throw new UserError(
                    UserError.Kind.TIMED_OUT,
                    "the devshell was not evaluated within " + limit.toSeconds() + " s",
                    "keystone-agent devshell refresh",
                    slow);
        }
    }

    private Duration rest() {
        Duration rest = limit.minusNanos(System.nanoTime() - begin);
        return rest.isPositive() ? rest : Duration.ofMillis(1);
    }
}
