package keystone.agent.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Printable;
import keystone.agent.model.Reason;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SecretName;
import keystone.agent.model.UserError;

/// The files of one sandbox that outlive its runs, in `STATE/<name>/`.
///
/// | file | what |
/// |---|---|
/// | `spec.json` | what was asked for; written only by who holds the lock or made the directory |
/// | `created-by` | the version that made it |
/// | `vm/disk.qcow2` | the writable disk; `vm/` belongs to whom QEMU runs as |
/// | `console.log` `supervisor.log` | bounded, the newest at the end |
/// | `inventory` | what was in the project when it was last looked at; `.before`, the look before |
/// | `inventory.mount-*` | the same of a directory that the guest can write beside it |
/// | `inventory*.git-is-safe` | empty; since that look no guest could write the project's `.git` |
/// | `unfetched` | there while the guest's disk may hold what nobody fetched: what is known of it |
/// | `shared-git` | empty; `--git auto` has given a guest the project's own `.git` |
/// | `tasks/<id>/` | one task; see [TaskDir] |
/// | `egress.jsonl` | what the guest asked of the network; bounded, `.1` is the part before |
/// | `placeholders.json` | what its guests hold in the place of secrets; worth nothing elsewhere |
/// | `nix/` | of a NixOS guest: its flake, what nix made of it, and what nix said |
/// | `ssh/` | the keys of this disk: `id_ed25519`, `ssh_host_ed25519_key`, `known_hosts` |
/// | `ssh_config` `ssh-connect` | for the user's own ssh: the alias `ks-NAME`, the way in |
/// | `mount.log` | what sshfs had to say |
/// | `supervisor.lock` | empty; held while a supervisor lives |
///
/// Keeps nothing but paths, so threads may share it; other processes change what is there at any
/// moment.
public final class SandboxDir {
    private static final CountDownLatch NOTHING = new CountDownLatch(1);
    private static final int ID_DIGITS = 16;
    private static final Duration LOOK = Duration.ofMillis(20);

    private final SandboxName name;
    private final Path path;
    private final RunDir run;

    SandboxDir(SandboxName name, Path path, Path runtime) {
        this.name = name;
        this.path = path;
        this.run = new RunDir(runtime.resolve(shortId(path)));
    }

    /// Two homes may hold sandboxes of one name, so the id comes from the whole path.
    private static String shortId(Path path) {
        // Two checksums instead of a digest: the first digest of a process takes 15 ms, and every
        // command comes here. Nobody but the user chooses these paths.
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        var first = new CRC32();
        var second = new CRC32C();
        first.update(bytes);
        second.update(bytes);
        long id = first.getValue() << 32 | second.getValue();
        return HexFormat.of().toHexDigits(id, ID_DIGITS);
    }

    public SandboxName name() {
        return name;
    }

    public Path path() {
        return path;
    }

    public RunDir run() {
        return run;
    }

    public Path specFile() {
        return path.resolve("spec.json");
    }

    public Path createdBy() {
        return path.resolve("created-by");
    }

    public Path machine() {
        return path.resolve("vm");
    }

    public Path disk() {
        return machine().resolve("disk.qcow2");
    }

    /// There while the guest's disk may hold what nobody has fetched.
    private Path unfetched() {
        return path.resolve("unfetched");
    }

    /// From now on the guest can commit.
    public void expectCommits() {
        expectCommits(List.of());
    }

    /// The disk holds what was not fetched.
    ///
    /// @param known printable, a line each
    public void expectCommits(List<String> known) {
        PrivateFiles.replace(unfetched(), String.join("\n", known));
    }

    /// What is known of what the disk holds.
    public List<String> unfetchedLines() {
        try {
            return Files.readString(unfetched()).lines().map(Printable::of).toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    /// All of its commits have been fetched.
    public void haveCommits() {
        try {
            Files.deleteIfExists(unfetched());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + unfetched(), e);
        }
    }

    public boolean mayHaveCommits() {
        return Files.exists(unfetched());
    }

    private Path sharedGit() {
        return path.resolve("shared-git");
    }

    /// To be called before a guest runs to whom `--git auto` gives the project's own `.git`.
    public void noteSharedGit() {
        PrivateFiles.replace(sharedGit(), "");
    }

    /// Whether `--git auto` has ever done so.
    public boolean hasSharedGit() {
        return Files.exists(sharedGit());
    }

    /// Makes the directory of its tasks, but not the sandbox's own: one that was removed meanwhile
    /// must not come back as a damaged one.
    Path makeTasks() {
        Path tasks = TaskDir.all(path);
        try {
            return PrivateFiles.createDirectory(tasks);
        } catch (UncheckedIOException failed) {
            throw Files.exists(path) ? failed : removed();
        }
    }

    public Path consoleLog() {
        return path.resolve("console.log");
    }

    public Path supervisorLog() {
        return path.resolve("supervisor.log");
    }

    /// Who asked for what on the network; see room `egress`.
    public Path egressLog() {
        return path.resolve("egress.jsonl");
    }

    /// What was in the project at the last look; see room `review`.
    public Path inventory() {
        return path.resolve("inventory");
    }

    private Path placeholderFile() {
        return path.resolve("placeholders.json");
    }

    /// What guests of this sandbox have held in the place of secrets: programs remember them.
    public Map<SecretName, String> placeholders() {
        var placeholders = new TreeMap<SecretName, String>();
        try {
            Json.Obj json = Json.parse(Files.readString(placeholderFile())).asObject();
            for (String name : json.members().keySet()) {
                placeholders.put(new SecretName(name), json.string(name));
            }
            return placeholders;
        } catch (IOException | JsonException | UserError noneOrDamaged) {
            // Others are drawn then.
            return Map.of();
        }
    }

    public void keepPlaceholders(Map<SecretName, String> placeholders) {
        Json.Obj json = Json.object();
        placeholders.forEach((name, placeholder) -> json.with(name.value(), placeholder));
        PrivateFiles.replace(placeholderFile(), json.pretty() + "\n");
    }

    public Path nix() {
        return path.resolve("nix");
    }

    public Path ssh() {
        return path.resolve("ssh");
    }

    /// What the user's own ssh includes of it.
    public Path sshAlias() {
        return path.resolve(Store.ALIAS_FILE);
    }

    /// A script that leads that ssh to the guest.
    public Path sshConnect() {
        return path.resolve("ssh-connect");
    }

    public Path mountLog() {
        return path.resolve("mount.log");
    }

    public SandboxSpec spec() {
        Json.Obj json;
        try {
            json = specJson();
        } catch (JsonException | NoSuchFileException | CharacterCodingException damaged) {
            throw Files.exists(path) ? unreadable(damaged) : removed();
        } catch (IOException closed) {
            throw closed(closed);
        }
        requireFormat(json);
        try {
            return SpecFormat.read(json);
        } catch (JsonException
                | IllegalArgumentException
                | ArithmeticException
                | UserError damaged) {
            throw unreadable(damaged);
        }
    }

    private Json.Obj specJson() throws IOException {
        return Json.parse(Files.readString(specFile())).asObject();
    }

    private UserError unreadable(Exception why) {
        return new UserError(
                UserError.Kind.FAILED,
                "the sandbox `" + name + "` cannot be read from " + specFile(),
                "keystone-agent destroy -f " + name,
                why);
    }

    /// By another command, while this one was at work.
    private UserError removed() {
        return UserError.notFound(
                "there is no sandbox `" + name + "` any more", "keystone-agent list");
    }

    /// Its record may well be whole: nobody is told to destroy what somebody else can read, or what
    /// can be read tomorrow.
    private UserError closed(IOException why) {
        return new UserError(
                UserError.Kind.FAILED,
                "the sandbox `" + name + "` cannot be read: " + Reason.of(why),
                "see that you may read %s, and that the disk it is on works".formatted(specFile()),
                why);
    }

    private void requireFormat(Json.Obj json) {
        Format.SPEC.require(json, "the sandbox `" + name + "`");
    }

    /// Damaged or not: it must be none that only a later program understands.
    public void refuseLater() {
        try {
            requireFormat(specJson());
        } catch (IOException | JsonException damaged) {
            // Nobody understands it.
        }
    }

    /// What a guest of it can write, when [#spec] cannot be had: as far as the record says so.
    List<Path> writableAsSaid() {
        try {
            return SpecFormat.writable(specJson());
        } catch (IOException | JsonException | IllegalArgumentException damaged) {
            return List.of();
        }
    }

    public void replaceSpec(SandboxSpec spec) {
        Json.Obj json = Format.SPEC.mark(SpecFormat.write(spec));
        PrivateFiles.replace(specFile(), json.pretty() + "\n");
    }

    /// Writes down what becomes of what is written down, and nobody else between the two: of two
    /// threads that change different parts, neither undoes what the other did.
    ///
    /// @return what is written down now
    public synchronized SandboxSpec changeSpec(UnaryOperator<SandboxSpec> change) {
        SandboxSpec changed = change.apply(spec());
        replaceSpec(changed);
        return changed;
    }

    /// Takes the lock, or empty when a supervisor lives.
    ///
    /// @throws UserError when the sandbox is there no longer
    public Optional<SupervisorLock> tryLock() {
        try {
            Optional<SupervisorLock> lock = SupervisorLock.tryTake(path.resolve("supervisor.lock"));
            if (lock.isPresent() && !Files.exists(path)) {
                // Whoever removed it had the lock until now.
                lock.get().close();
                throw removed();
            }
            return lock;
        } catch (UncheckedIOException failed) {
            throw Files.exists(path) ? failed : removed();
        }
    }

    /// Takes the lock as soon as it is free. Whoever looks whether it is held takes it for an
    /// instant, so a single refusal proves nothing.
    ///
    /// @return empty when the limit passed first
    public Optional<SupervisorLock> awaitLock(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<SupervisorLock> lock = tryLock();
        while (lock.isEmpty() && System.nanoTime() < deadline) {
            // No event tells of a lock's release, short of blocking without a limit.
            NOTHING.await(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            lock = tryLock();
        }
        return lock;
    }

    /// Whether a supervisor lives.
    public boolean isSupervised() {
        return SupervisorLock.isHeld(path.resolve("supervisor.lock"));
    }
}
