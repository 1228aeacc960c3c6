package keystone.agent.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import keystone.agent.model.BuildId;
import keystone.agent.model.Devshell;
import keystone.agent.model.EgressMode;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/// What one boot of a guest is told by its host. The image never changes for it: the guest reads
/// it as `config.tar` through QEMU's `fw_cfg`.
///
/// @param nonce drawn for this boot; the guest gives it back
/// @param uid of the guest's user `sandbox`
/// @param fileSystem of all mounts
/// @param mounts the workspace first
/// @param git which git directory the workspace has
/// @param egress without one, the guest is given nothing that leads there
/// @param environment for every session
/// @param identity who commits; null when nobody is known
/// @param devshell for every session, before the environment; null when there is none
public record GuestConfig(
        SandboxName name,
        BuildId buildId,
        String nonce,
        int uid,
        int gid,
        SshKeys keys,
        FileSystem fileSystem,
        List<GuestMount> mounts,
        GitDirectory git,
        EgressMode egress,
        Map<String, String> environment,
        @Nullable GitIdentity identity,
        @Nullable Devshell devshell) {
    /// As the guest's mount(8) names it.
    public enum FileSystem {
        NINE_P("9p"),
        VIRTIOFS("virtiofs");

        private final String word;

        FileSystem(String word) {
            this.word = word;
        }
    }

    /// Where `/workspace/.git` is.
    public enum GitDirectory {
        /// In the share, if there is one.
        SHARED,
        /// On the guest's own disk, mounted over what the share shows.
        OWN,
        /// The same, and so is all of the workspace.
        CLONE
    }

    /// What the guest holds of secrets comes later; see [GuestHoldings].
    private static final String SECRETS =
            "if [ -r /run/keystone/secrets.sh ]; then . /run/keystone/secrets.sh; fi\n";

    private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9-]{8,64}");
    private static final int PRIVATE = 0600;
    private static final int READABLE = 0644;

    /// Without a devshell.
    public GuestConfig(
            SandboxName name,
            BuildId buildId,
            String nonce,
            int uid,
            int gid,
            SshKeys keys,
            FileSystem fileSystem,
            List<GuestMount> mounts,
            GitDirectory git,
            EgressMode egress,
            Map<String, String> environment,
            @Nullable GitIdentity identity) {
        this(
                name,
                buildId,
                nonce,
                uid,
                gid,
                keys,
                fileSystem,
                mounts,
                git,
                egress,
                environment,
                identity,
                null);
    }

    public GuestConfig {
        mounts = List.copyOf(mounts);
        environment = new TreeMap<>(environment);
        EnvironmentScript.validate(environment);
        if (!NONCE.matcher(nonce).matches()) {
            throw new IllegalArgumentException("not a nonce: " + Printable.of(nonce));
        }
        if (uid < 1 || gid < 1) {
            throw new IllegalArgumentException("the guest's user cannot be " + uid + ":" + gid);
        }
    }

    /// The archive. It holds the guest's private host key and the environment: whoever writes it to
    /// a file makes that private. Equal configs give equal bytes.
    public byte[] tar() {
        var bytes = new ByteArrayOutputStream();
        // 512: no padding to a tape's record, QEMU hands over every byte of it.
        try (var tar = new TarArchiveOutputStream(bytes, 512, StandardCharsets.UTF_8.name())) {
            add(tar, "hostname", READABLE, name + "\n");
            add(tar, "build-id", READABLE, buildId + "\n");
            add(tar, "nonce", READABLE, nonce + "\n");
            add(tar, "uid", READABLE, uid + "\n");
            add(tar, "gid", READABLE, gid + "\n");
            add(tar, "ssh_host_ed25519_key", PRIVATE, keys.hostPrivateKey());
            add(tar, "ssh_host_ed25519_key.pub", READABLE, keys.hostPublicKey());
            add(tar, "authorized_keys", READABLE, keys.userPublicKey());
            add(tar, "filesystem", READABLE, fileSystem.word + "\n");
            add(tar, "mounts", READABLE, mountLines());
            if (git != GitDirectory.SHARED) {
                add(tar, "own-git", READABLE, "");
            }
            if (git == GitDirectory.CLONE) {
                add(tar, "clone", READABLE, "");
            }
            add(tar, "gitconfig", READABLE, GitConfiguration.of(identity));
            String script = EnvironmentScript.forFile(environment);
            if (devshell != null) {
                add(tar, GuestDevshell.FILE, READABLE, GuestDevshell.environment(devshell));
                add(tar, GuestDevshell.HOOK, READABLE, devshell.hook());
                script = GuestDevshell.SOURCING + script;
            }
            add(tar, "env.sh", READABLE, SECRETS + script);
            if (egress != EgressMode.NONE) {
                add(tar, Redirector.FILE, READABLE, Redirector.program());
                add(tar, Redirector.RULES_FILE, READABLE, Redirector.rules());
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    private String mountLines() {
        var lines = new StringBuilder();
        mounts.forEach(mount -> lines.append(mount.line()));
        return lines.toString();
    }

    private static void add(TarArchiveOutputStream tar, String file, int mode, String content)
            throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(file);
        entry.setSize(bytes.length);
        entry.setMode(mode);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /// Without the environment, which may hold a secret.
    @Override
    public String toString() {
        return "GuestConfig[" + name + ", " + buildId + ", " + nonce + "]";
    }
}
