package keystone.agent.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import keystone.agent.guest.GuestAddress;
import keystone.agent.guest.SshAlias;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;
import keystone.agent.process.Posix;
import keystone.agent.process.Programs;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;
import keystone.agent.store.Store;
import keystone.agent.workspace.Links;

/// The sandboxes as the user's own ssh knows them: a file of each, which lies in its directory and
/// so goes with it, and one line in the user's config that includes them all.
public final class Aliases {
    private final Store store;
    private final Path program;
    private final Path userConfig;
    private final Map<String, String> environment;

    /// @param program our own launcher
    /// @param home whose `.ssh/config` is meant
    /// @param environment which the places of the store come from
    Aliases(Store store, Path program, Path home, Map<String, String> environment) {
        this.store = store;
        this.program = program;
        this.environment = Map.copyOf(environment);
        this.userConfig = home.resolve(".ssh/config");
    }

    /// Writes what ssh needs for one sandbox, unless it is there. A host without bash has none.
    void write(SandboxDir dir) {
        Optional<Path> bash = Programs.locate("bash");
        if (bash.isPresent()) {
            SshAlias alias = alias(dir, bash.get());
            replace(dir.sshConnect(), alias.script());
            replace(dir.sshAlias(), alias.block());
        }
    }

    private SshAlias alias(SandboxDir dir, Path bash) {
        return new SshAlias(
                dir.name(),
                dir.ssh(),
                dir.run().sshConfig(),
                dir.run().aliasSocket(),
                dir.sshConnect(),
                bash,
                program,
                environment);
    }

    private static void replace(Path file, String text) {
        try {
            if (Files.exists(file) && Files.readString(file).equals(text)) {
                return;
            }
        } catch (IOException unreadable) {
            // Then it is written anew.
        }
        PrivateFiles.replace(file, text);
    }

    /// Writes those of all sandboxes anew.
    public List<Alias> all() {
        return store.all().stream()
                .map(this::renewedUnlessRemoved)
                .flatMap(Optional::stream)
                .toList();
    }

    /// Empty when another command removes it in this moment.
    private Optional<Alias> renewedUnlessRemoved(SandboxDir dir) {
        try {
            return Optional.of(renewed(dir));
        } catch (UncheckedIOException failed) {
            if (store.find(dir.name()).isPresent()) {
                throw failed;
            }
            return Optional.empty();
        }
    }

    /// Writes that of one anew.
    public Alias of(SandboxName name) {
        return renewed(dir(name));
    }

    private Alias renewed(SandboxDir dir) {
        Path bash =
                Programs.locate("bash")
                        .orElseThrow(
                                () ->
                                        UserError.hostLacks(
                                                "there is no bash on this host, through which ssh"
                                                        + " would get to a sandbox",
                                                "install bash, or: keystone-agent ssh "
                                                        + dir.name()));
        write(dir);
        String block = alias(dir, bash).block();
        return new Alias(dir.name(), GuestAddress.alias(dir.name()), dir.sshAlias(), block);
    }

    /// The line that the user's config needs.
    public String include() {
        return userConfig().includeLine();
    }

    /// The config that ssh reads.
    public Path userConfigFile() {
        return userConfig;
    }

    /// Whether the user's ssh knows the sandboxes.
    public boolean isInstalled() {
        return userConfig().isInstalled();
    }

    /// Tells it of them.
    ///
    /// @return false when it knew already
    public boolean install() {
        return userConfig().install();
    }

    /// Takes back what [#install] did.
    ///
    /// @return false when there was nothing
    public boolean uninstall() {
        return userConfig().uninstall();
    }

    private UserSshConfig userConfig() {
        // The directory may be one that a guest shares: its links are not followed.
        var links = new Links(store.writable());
        return new UserSshConfig(userConfig, links::resolve, store.aliasPattern());
    }

    /// Becomes the pipe between ssh and the guest of a sandbox that has just been started.
    ///
    /// @return only when that failed
    public UserError connect(SandboxName name) {
        SandboxDir dir = dir(name);
        write(dir);
        Path bash = Programs.locate("bash").orElse(Path.of("/bin/bash"));
        List<String> words = List.of("bash", dir.sshConnect().toString(), "started");
        RuntimeException failure = Posix.become(bash, words, Map.of());
        return UserError.failed(
                "cannot run " + bash + ": " + failure.getMessage(), "keystone-agent doctor");
    }

    private SandboxDir dir(SandboxName name) {
        return store.find(name)
                .orElseThrow(
                        () ->
                                UserError.notFound(
                                        "there is no sandbox `" + name + "`",
                                        "keystone-agent list"));
    }
}
