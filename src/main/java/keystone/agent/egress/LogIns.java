package keystone.agent.egress;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.SecretSource.Agent;
import keystone.agent.model.UserError;
import keystone.agent.process.Patience;
import org.jspecify.annotations.Nullable;

/// The subscriptions that people have logged their agents in to on this host: their tokens are read
/// where the agents keep them, and renewed here when their time is over. Thread-safe.
final class LogIns {
    /// A token that ends so soon is renewed now.
    private static final Duration EARLY = Duration.ofMinutes(5);

    /// A renewal that failed while the token can still be used is tried again after this.
    private static final Duration AGAIN = Duration.ofSeconds(30);

    /// Who makes a server refuse a token does not make it renewed more often than this: a refusal
    /// may be about something else, and the user's own agent uses the log-in, too.
    static final Duration BETWEEN_EARLY = Duration.ofHours(1);

    private static final Duration LOCK_LIMIT = Duration.ofSeconds(30);
    private static final int MOST_BYTES = 256 << 10;

    private final Path home;
    private final Map<Agent, Renewal> renewals;
    private final HostHttp http;
    private final InstantSource clock;
    private final Map<Agent, Instant> failedAt = new ConcurrentHashMap<>();
    private final Map<Agent, Instant> earlyAt = new ConcurrentHashMap<>();
    private final Map<Agent, Unwritten> unwritten = new ConcurrentHashMap<>();
    private final ReentrantLock oneOfUs = new ReentrantLock();

    /// @param home in which the agents keep their files
    LogIns(Path home, Map<Agent, Renewal> renewals, HostHttp http, InstantSource clock) {
        this.home = home;
        this.renewals = Map.copyOf(renewals);
        this.http = http;
        this.clock = clock;
    }

    /// How an agent's tokens are renewed (RFC 6749, 6).
    ///
    /// @param client the agent's own public id
    record Renewal(URI endpoint, String client, Form form) {
        enum Form {
            JSON,
            URL_ENCODED
        }

        /// As the agents themselves do it. What Google's wants besides is not ours to publish: its
        /// agent renews its log-in itself whenever it is used on this host.
        static final Map<Agent, Renewal> USUAL =
                Map.of(
                        Agent.CLAUDE,
                        new Renewal(
                                URI.create("https://platform.claude.com/v1/oauth/token"),
                                "9d1c250a-e61b-44d9-88ed-5944d1962f5e",
                                Form.JSON),
                        Agent.CODEX,
                        new Renewal(
                                URI.create("https://auth.openai.com/oauth/token"),
                                "app_EMoamEEZ73f0CkXaXp7hrann",
                                Form.JSON));
    }

    Path file(Agent agent) {
        return home.resolve(agent.file());
    }

    /// Whether somebody has logged in here, whatever has become of it since.
    boolean isLoggedIn(Agent agent) {
        return read(agent).isPresent();
    }

    /// What its file has, whether its time is over or not.
    Optional<LogInFile> asItIs(Agent agent) {
        return read(agent);
    }

    /// The token as it is now, renewed if need be; empty when nobody has logged in here.
    ///
    /// @param rejected a token that a server no longer takes; null when there is none
    Optional<String> token(Agent agent, @Nullable String rejected) throws InterruptedException {
        Optional<LogInFile> found = read(agent);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        LogInFile file = found.get();
        if (isUsable(file, rejected)
                || (isFresh(file) && (renewals.get(agent) == null || hasJustBeenEarly(agent)))) {
            return Optional.of(file.accessToken());
        }
        boolean isStillGood = file.expires().map(clock.instant()::isBefore).orElse(true);
        if (isStillGood && hasJustFailed(agent)) {
            return Optional.of(file.accessToken());
        }
        if (isFresh(file)) {
            earlyAt.put(agent, clock.instant());
        }
        try {
            return Optional.of(renewed(agent, rejected));
        } catch (UserError failed) {
            failedAt.put(agent, clock.instant());
            if (isStillGood) {
                return Optional.of(file.accessToken());
            }
            throw failed;
        }
    }

    private boolean hasJustBeenEarly(Agent agent) {
        Instant early = earlyAt.getOrDefault(agent, Instant.EPOCH);
        return clock.instant().isBefore(early.plus(BETWEEN_EARLY));
    }

    private boolean hasJustFailed(Agent agent) {
        Instant failed = failedAt.getOrDefault(agent, Instant.EPOCH);
        return clock.instant().isBefore(failed.plus(AGAIN));
    }

    /// Until when the token of the file can be used; it is renewed a little earlier than it must
    /// be.
    Instant until(Agent agent) {
        return read(agent)
                .flatMap(LogInFile::expires)
                .map(expires -> expires.minus(EARLY))
                .orElse(Instant.MAX);
    }

    private boolean isUsable(LogInFile file, @Nullable String rejected) {
        return !file.accessToken().equals(rejected) && isFresh(file);
    }

    /// Whether its time is not nearly over.
    private boolean isFresh(LogInFile file) {
        Instant soon = clock.instant().plus(EARLY);
        return file.expires().map(soon::isBefore).orElse(true);
    }

    private LogInFile parsed(Agent agent) throws IOException {
        Path file = file(agent);
        if (Files.size(file) > MOST_BYTES) {
            throw unreadable(agent);
        }
        LogInFile found = LogInFile.parse(agent, Files.readString(file));
        String _ = found.accessToken();
        return found;
    }

    private Optional<LogInFile> read(Agent agent) {
        try {
            LogInFile found = parsed(agent);
            Unwritten newer = unwritten.get(agent);
            return Optional.of(
                    newer != null && newer.inFile().equals(found.accessToken())
                            ? newer.after()
                            : found);
        } catch (NoSuchFileException nobody) {
            return Optional.empty();
        } catch (IOException | JsonException other) {
            if (other instanceof JsonException && holdsOnlyOthers(agent)) {
                return Optional.empty();
            }
            throw unreadable(agent);
        }
    }

    /// Codex keeps an API key in the same file, when somebody logged in with one; Claude Code what
    /// it knows of MCP servers, when nobody did.
    private boolean holdsOnlyOthers(Agent agent) {
        return switch (agent) {
            case CODEX -> true;
            case CLAUDE -> {
                try {
                    yield LogInFile.isWithout(Files.readString(file(agent)));
                } catch (IOException | JsonException unreadable) {
                    yield false;
                }
            }
            case GEMINI -> false;
        };
    }

    /// Not the cause: it could quote the file.
    private static UserError unreadable(Agent agent) {
        return UserError.failed(
                "the log-in of %s in ~/%s cannot be read".formatted(agent.title(), agent.file()),
                "log in again on this host: " + agent.logInCommand());
    }

    /// One of us at a time, in this process and in others: most servers take a refresh token once.
    private String renewed(Agent agent, @Nullable String rejected) throws InterruptedException {
        Path lockFile = file(agent).resolveSibling(file(agent).getFileName() + ".keystone-lock");
        oneOfUs.lockInterruptibly();
        try (FileChannel channel =
                        FileChannel.open(
                                lockFile,
                                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                PosixFilePermissions.asFileAttribute(
                                        PosixFilePermissions.fromString("rw-------")));
                FileLock _ = locked(channel, agent)) {
            LogInFile before = read(agent).orElseThrow(() -> over(agent));
            // Somebody else may have renewed it while we waited.
            return isUsable(before, rejected) ? before.accessToken() : renew(before);
        } catch (IOException e) {
            throw notNow(agent, "its file cannot be written");
        } finally {
            oneOfUs.unlock();
        }
    }

    private static FileLock locked(FileChannel channel, Agent agent) throws IOException {
        var taken = new FileLock[1];
        boolean done =
                Patience.until(
                        LOCK_LIMIT,
                        () -> {
                            try {
                                taken[0] = channel.tryLock();
                            } catch (IOException e) {
                                return true;
                            }
                            return taken[0] != null;
                        });
        if (!done || taken[0] == null) {
            throw notNow(agent, "another sandbox has been at it for too long");
        }
        return taken[0];
    }

    private String renew(LogInFile before) throws InterruptedException, IOException {
        Agent agent = before.agent();
        Renewal renewal = renewals.get(agent);
        String refresh = before.refreshToken();
        if (renewal == null || refresh == null) {
            throw over(agent);
        }
        String inFile = tokenInFile(agent).orElseThrow(() -> unreadable(agent));
        // Asking spends the refresh token: what can fail of writing fails before.
        try (var replacement = Replacement.of(file(agent), MOST_BYTES)) {
            Optional<Json.Obj> answer = ask(agent, renewal, refresh);
            if (answer.isEmpty()) {
                return renewedByOthers(agent, inFile);
            }
            LogInFile after = before.renewed(answer.get(), clock.instant());
            // From here on nobody else knows the new tokens, whatever becomes of the file.
            unwritten.put(agent, new Unwritten(inFile, after));
            // An agent on this host keeps no lock of ours: what it has just written is newer, and
            // what it is about to write cannot be read.
            if (tokenInFile(agent).filter(inFile::equals).isPresent()) {
                put(replacement, after);
            }
            return after.accessToken();
        }
    }

    /// An agent on this host may have spent our refresh token before us.
    private String renewedByOthers(Agent agent, String inFile) {
        return tokenInFile(agent)
                .filter(token -> !token.equals(inFile))
                .orElseThrow(() -> over(agent));
    }

    private void put(Replacement replacement, LogInFile after) {
        try {
            replacement.put(after.content().pretty() + "\n");
            unwritten.remove(after.agent());
        } catch (IOException full) {
            // It is kept in memory, and written at the next renewal.
        }
    }

    /// Empty when it cannot be read, as while somebody writes it.
    private Optional<String> tokenInFile(Agent agent) {
        try {
            return Optional.of(parsed(agent).accessToken());
        } catch (IOException | JsonException unreadable) {
            return Optional.empty();
        }
    }

    /// What could not be written, and is all the same what its server knows.
    ///
    /// @param inFile the token that it takes the place of
    private record Unwritten(String inFile, LogInFile after) {}

    /// Empty when the server no longer takes that refresh token.
    private Optional<Json.Obj> ask(Agent agent, Renewal renewal, String refresh)
            throws InterruptedException {
        try {
            HostHttp.Answer answer =
                    http.post(
                            renewal.endpoint(),
                            Map.of(
                                    "Content-Type",
                                    renewal.form() == Renewal.Form.JSON
                                            ? "application/json"
                                            : "application/x-www-form-urlencoded",
                                    "Accept",
                                    "application/json"),
                            body(renewal, refresh));
            if (answer.status() == 400 || answer.status() == 401 || answer.status() == 403) {
                return Optional.empty();
            }
            if (answer.status() != 200) {
                throw notNow(agent, "the server answered " + answer.status());
            }
            Json.Obj tokens = Json.parse(answer.body()).asObject();
            String _ = tokens.string("access_token");
            return Optional.of(tokens);
        } catch (IOException unreachable) {
            throw notNow(agent, renewal.endpoint().getHost() + " cannot be reached");
        } catch (JsonException nonsense) {
            throw notNow(agent, "the server's answer has no token");
        }
    }

    private static String body(Renewal renewal, String refresh) {
        var values =
                Map.of(
                        "grant_type",
                        "refresh_token",
                        "refresh_token",
                        refresh,
                        "client_id",
                        renewal.client());
        if (renewal.form() == Renewal.Form.URL_ENCODED) {
            return values.entrySet().stream()
                    .map(
                            each ->
                                    each.getKey()
                                            + "="
                                            + URLEncoder.encode(
                                                    each.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&"));
        }
        Json.Obj json = Json.object();
        values.forEach((name, value) -> json.with(name, value));
        return json.compact();
    }

    private static UserError over(Agent agent) {
        return UserError.failed(
                "the log-in of " + agent.title() + " is over, and cannot be renewed",
                "log in again on this host: " + agent.logInCommand());
    }

    /// Unlike the others, it may be over in a moment.
    private static UserError notNow(Agent agent, String why) {
        return UserError.timedOut(
                "the log-in of " + agent.title() + " cannot be renewed: " + why,
                "try again; if that does not help, log in again on this host: "
                        + agent.logInCommand());
    }
}
