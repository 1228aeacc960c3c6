package keystone.agent.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import keystone.agent.model.Printable;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.SecretRef.Encoding;
import keystone.agent.model.SecretSource;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.PlainFile;
import org.jspecify.annotations.Nullable;

/// Reads secrets where they are. What fails is told without a word of what was read.
final class SecretReader {
    /// A person may have to unlock what the command asks.
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(60);

    private static final int MOST_BYTES = 64 << 10;

    /// What programs that keep secrets are told by: where they find them, and how they ask the
    /// user. Those of `pass`, `op`, `bw`, `vault`, `gh`, `aws`, `gcloud` and of desktops' keyrings.
    static final Set<String> OF_COMMANDS =
            Set.of(
                    "AWS_CONFIG_FILE",
                    "AWS_PROFILE",
                    "AWS_SHARED_CREDENTIALS_FILE",
                    "BW_SESSION",
                    "CLOUDSDK_CONFIG",
                    "DBUS_SESSION_BUS_ADDRESS",
                    "DISPLAY",
                    "GH_CONFIG_DIR",
                    "GNUPGHOME",
                    "LOGNAME",
                    "OP_ACCOUNT",
                    "OP_CONNECT_HOST",
                    "OP_CONNECT_TOKEN",
                    "OP_SERVICE_ACCOUNT_TOKEN",
                    "PASSWORD_STORE_DIR",
                    "SSH_AUTH_SOCK",
                    "USER",
                    "VAULT_ADDR",
                    "VAULT_NAMESPACE",
                    "VAULT_TOKEN",
                    "WAYLAND_DISPLAY");

    private final Surroundings surroundings;
    private final StoredSecrets stored;
    private final LogIns logIns;

    SecretReader(Surroundings surroundings, StoredSecrets stored, LogIns logIns) {
        this.surroundings = surroundings;
        this.stored = stored;
        this.logIns = logIns;
    }

    /// What sources are read from.
    ///
    /// @param environment of whoever started the sandbox
    /// @param project real path
    /// @param guestCanWrite whether a guest can change what a path leads to
    record Surroundings(
            Map<String, String> environment,
            Path project,
            Path home,
            Predicate<Path> guestCanWrite) {
        Surroundings {
            environment = Map.copyOf(environment);
        }

        /// The environment is full of secrets.
        @Override
        public String toString() {
            return "Surroundings[" + project + "]";
        }
    }

    /// A secret, and where it was found.
    ///
    /// @param file that it was read from; null when it was none
    /// @param stamps of the files that decided it when they were read
    /// @param until when it can be used
    record Found(
            Secret secret,
            SecretSource source,
            @Nullable Path file,
            Map<Path, String> stamps,
            Instant until) {
        Found {
            stamps = Map.copyOf(stamps);
        }

        /// Whether its time is not over, and the files say what they said.
        boolean isCurrent(Instant now) {
            return now.isBefore(until)
                    && stamps.entrySet().stream()
                            .allMatch(each -> each.getValue().equals(stampOf(each.getKey())));
        }

        /// When its file was last changed.
        Optional<Instant> changed() {
            try {
                return file == null
                        ? Optional.empty()
                        : Optional.of(Files.getLastModifiedTime(file).toInstant());
            } catch (IOException gone) {
                return Optional.empty();
            }
        }
    }

    /// Reads it from the first source that has it; empty when none does.
    ///
    /// @param rejected what a server no longer takes; null when there is nothing of the kind
    /// @throws UserError when a source has it and cannot give it
    Optional<Found> read(SecretRef ref, @Nullable Secret rejected) throws InterruptedException {
        var stamps = new HashMap<Path, String>();
        for (SecretSource source : ref.sources()) {
            // The stamp comes first: what changes while we read counts as changed.
            Path file = fileOf(ref.name(), source);
            if (file != null) {
                stamps.put(file, stampOf(file));
            }
            Optional<Secret> secret = read(ref, source, rejected);
            if (secret.isPresent()) {
                Instant until = Instant.MAX;
                if (file != null && source instanceof SecretSource.LogIn(var agent)) {
                    // It may have just been renewed.
                    stamps.put(file, stampOf(file));
                    until = logIns.until(agent);
                }
                return Optional.of(new Found(secret.get(), source, file, stamps, until));
            }
        }
        return Optional.empty();
    }

    /// Reads it without asking anybody: as if there were no commands, and log-ins are not renewed.
    Optional<Found> glance(SecretRef ref) {
        for (SecretSource source : ref.sources()) {
            Optional<Secret> secret = peek(ref, source);
            if (secret.isPresent()) {
                return Optional.of(
                        new Found(
                                secret.get(),
                                source,
                                fileOf(ref.name(), source),
                                Map.of(),
                                Instant.MAX));
            }
        }
        return Optional.empty();
    }

    private Optional<Secret> peek(SecretRef ref, SecretSource source) {
        return switch (source) {
            case SecretSource.Command _ -> Optional.empty();
            case SecretSource.LogIn(SecretSource.Agent agent) ->
                    logIns.asItIs(agent)
                            .map(file -> Secret.of(ref.name(), file.accessToken(), Encoding.PLAIN));
            case SecretSource.Stored _,
                    SecretSource.Variable _,
                    SecretSource.DotEnv _,
                    SecretSource.File _ ->
                    atRest(ref, source);
        };
    }

    /// The command that would be asked when nothing else has it.
    Optional<SecretSource> unasked(SecretRef ref) {
        return ref.sources().stream().filter(SecretSource.Command.class::isInstance).findFirst();
    }

    /// Whether some source has it, as far as that can be known without asking anybody: a command
    /// has it, and so has what cannot be read, since whoever needs it is told why.
    boolean has(SecretRef ref) {
        for (SecretSource source : ref.sources()) {
            try {
                if (has(ref, source)) {
                    return true;
                }
            } catch (UserError unreadable) {
                return true;
            }
        }
        return false;
    }

    /// The log-in that gives it, when no source before that has it.
    Optional<LogInFile> logIn(SecretRef ref) {
        for (SecretSource source : ref.sources()) {
            try {
                if (has(ref, source)) {
                    return source instanceof SecretSource.LogIn(SecretSource.Agent agent)
                            ? logIns.asItIs(agent)
                            : Optional.empty();
                }
            } catch (UserError unreadable) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private boolean has(SecretRef ref, SecretSource source) {
        return switch (source) {
            case SecretSource.Stored _ ->
                    Files.exists(stored.file(ref.name()), LinkOption.NOFOLLOW_LINKS);
            case SecretSource.Variable(String variable) ->
                    !surroundings.environment().getOrDefault(variable, "").isEmpty();
            case SecretSource.DotEnv _ -> atRest(ref, source).isPresent();
            case SecretSource.Command _ -> true;
            case SecretSource.File(Path path) -> Files.exists(path);
            case SecretSource.LogIn(SecretSource.Agent agent) -> logIns.isLoggedIn(agent);
        };
    }

    private @Nullable Path fileOf(SecretName name, SecretSource source) {
        return switch (source) {
            case SecretSource.Stored _ -> stored.file(name);
            case SecretSource.DotEnv(String file, String _) -> surroundings.project().resolve(file);
            case SecretSource.File(Path path) -> path;
            case SecretSource.LogIn(SecretSource.Agent agent) -> logIns.file(agent);
            case SecretSource.Variable _, SecretSource.Command _ -> null;
        };
    }

    private static String stampOf(Path file) {
        try {
            var now = Files.readAttributes(file, BasicFileAttributes.class);
            return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
        } catch (IOException gone) {
            return "";
        }
    }

    private Optional<Secret> read(SecretRef ref, SecretSource source, @Nullable Secret rejected)
            throws InterruptedException {
        return switch (source) {
            case SecretSource.Command command ->
                    Optional.of(Secret.of(ref.name(), output(ref.name(), command), ref.encoding()));
            case SecretSource.LogIn(SecretSource.Agent agent) ->
                    logIns.token(agent, rejected == null ? null : rejected.reveal())
                            .map(value -> Secret.of(ref.name(), value, Encoding.PLAIN));
            case SecretSource.Stored _,
                    SecretSource.Variable _,
                    SecretSource.DotEnv _,
                    SecretSource.File _ ->
                    atRest(ref, source);
        };
    }

    /// Reads a source that needs no program and no renewal.
    private Optional<Secret> atRest(SecretRef ref, SecretSource source) {
        return switch (source) {
            // It was decoded when it was stored.
            case SecretSource.Stored _ -> stored.find(ref.name());
            case SecretSource.Variable(String variable) ->
                    secret(ref, surroundings.environment().get(variable));
            case SecretSource.DotEnv(String file, String variable) ->
                    secret(ref, dotEnv(file, variable));
            case SecretSource.File(Path path) -> secret(ref, file(ref.name(), path).orElse(null));
            case SecretSource.Command _, SecretSource.LogIn _ -> Optional.empty();
        };
    }

    private static Optional<Secret> secret(SecretRef ref, @Nullable String held) {
        return held == null || held.isEmpty()
                ? Optional.empty()
                : Optional.of(Secret.of(ref.name(), held, ref.encoding()));
    }

    /// What is odd in the file matters only to variables that it mentions.
    private @Nullable String dotEnv(String file, String variable) {
        String shown = Printable.of(file);
        // Most projects have none, and what opens it safely takes a third of a short command.
        if (Files.notExists(surroundings.project().resolve(file), LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try (OpenDirectory project = OpenDirectory.withoutLinks(surroundings.project())) {
            return PlainFile.read(project, Path.of(file), MOST_BYTES)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .filter(text -> text.contains(variable))
                    .map(text -> DotEnvText.parse(shown, text).get(variable))
                    .orElse(null);
        } catch (PlainFile.Refused refused) {
            throw UserError.failed(
                    "%s of the project is not read: %s".formatted(shown, refused.getMessage()),
                    "make it a plain text file, or remove it");
        } catch (IOException unreadable) {
            throw UserError.failed(
                    shown + " of the project cannot be read", "see that you may read it");
        }
    }

    private String output(SecretName name, SecretSource.Command source)
            throws InterruptedException {
        String program = source.arguments().getFirst();
        String shown = Printable.of(program);
        if (program.contains("/") && surroundings.guestCanWrite().test(Path.of(program))) {
            throw UserError.failed(
                    "`%s`, which gives the secret %s, lies where a guest can write"
                            .formatted(shown, name),
                    "put the program elsewhere");
        }
        Command.Finished finished;
        try {
            Command command = Command.of(source.arguments()).in(surroundings.home());
            for (String variable : OF_COMMANDS) {
                command =
                        command.withEnvironment(variable, surroundings.environment().get(variable));
            }
            finished = command.runKeeping(MOST_BYTES, COMMAND_LIMIT);
        } catch (Command.ProgramMissing missing) {
            throw UserError.failed(
                    "there is no `%s`, which gives the secret %s".formatted(shown, name),
                    "install it, or say where it is");
        } catch (Command.TookTooLong late) {
            throw UserError.failed(
                    "`%s`, which gives the secret %s, took longer than %d s"
                            .formatted(shown, name, COMMAND_LIMIT.toSeconds()),
                    "run it yourself once, so that it need not ask any more");
        }
        if (!finished.ok()) {
            // Not what it said: that may hold what we must not tell.
            throw UserError.failed(
                    "`%s`, which gives the secret %s, failed with status %d"
                            .formatted(shown, name, finished.status()),
                    "run it yourself to see why");
        }
        return finished.output();
    }

    private Optional<String> file(SecretName name, Path path) {
        String shown = Printable.of(path.toString());
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            Path real = path.toRealPath();
            if (surroundings.guestCanWrite().test(real)
                    || surroundings.guestCanWrite().test(path)
                    || real.startsWith(surroundings.project())) {
                throw UserError.failed(
                        "the secret %s is in %s, where a guest can write".formatted(name, shown),
                        "move it out of the project");
            }
            try (OpenDirectory parent = OpenDirectory.withoutLinks(parentOf(real))) {
                return PlainFile.read(parent, Path.of(real.getFileName() + ""), MOST_BYTES)
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
            }
        } catch (PlainFile.Refused refused) {
            throw UserError.failed(
                    "%s is not read: %s".formatted(shown, refused.getMessage()),
                    "name a plain file");
        } catch (IOException unreadable) {
            throw UserError.failed(shown + " cannot be read", "see that you may read it");
        }
    }

    private static Path parentOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("/") : parent;
    }
}
