package keystone.agent.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import keystone.agent.model.Devshell;
import keystone.agent.model.EgressMode;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// Writes a [GuestConfig] as the files that the guest's init reads.
final class GuestConfigTar {
    /// What the guest holds of secrets comes later; see [GuestHoldings].
    private static final String SECRETS =
            "if [ -r /run/keystone/secrets.sh ]; then . /run/keystone/secrets.sh; fi\n";

    private static final int PRIVATE = 0600;
    private static final int READABLE = 0644;

    private GuestConfigTar() {}

    static byte[] of(GuestConfig config) {
        GuestConfig.Files files = config.files();
        GuestConfig.Sessions sessions = config.sessions();
        var bytes = new ByteArrayOutputStream();
        // 512: no padding to a tape's record, QEMU hands over every byte of it.
        try (var tar = new TarArchiveOutputStream(bytes, 512, StandardCharsets.UTF_8.name())) {
            add(tar, "hostname", READABLE, config.name() + "\n");
            add(tar, "build-id", READABLE, config.buildId() + "\n");
            add(tar, "nonce", READABLE, config.nonce() + "\n");
            add(tar, "uid", READABLE, config.user().uid() + "\n");
            add(tar, "gid", READABLE, config.user().gid() + "\n");
            add(tar, "ssh_host_ed25519_key", PRIVATE, config.keys().hostPrivateKey());
            add(tar, "ssh_host_ed25519_key.pub", READABLE, config.keys().hostPublicKey());
            add(tar, "authorized_keys", READABLE, config.keys().userPublicKey());
            add(tar, "filesystem", READABLE, files.fileSystem().word() + "\n");
            add(tar, "mounts", READABLE, mountLines(files));
            if (files.git() != GuestConfig.GitDirectory.SHARED) {
                add(tar, "own-git", READABLE, "");
            }
            if (files.git() == GuestConfig.GitDirectory.CLONE) {
                add(tar, "clone", READABLE, "");
            }
            add(tar, "gitconfig", READABLE, GitConfiguration.of(sessions.identity()));
            String script = EnvironmentScript.forFile(sessions.environment());
            Devshell devshell = sessions.devshell();
            if (devshell != null) {
                add(tar, GuestDevshell.FILE, READABLE, GuestDevshell.environment(devshell));
                add(tar, GuestDevshell.HOOK, READABLE, devshell.hook());
                script = GuestDevshell.SOURCING + script;
            }
            add(tar, "env.sh", READABLE, SECRETS + script);
            if (config.egress() != EgressMode.NONE) {
                add(tar, Redirector.FILE, READABLE, Redirector.program());
                add(tar, Redirector.RULES_FILE, READABLE, Redirector.rules());
            }
        } catch (IOException inMemory) {
            throw new UncheckedIOException(inMemory);
        }
        return bytes.toByteArray();
    }

    private static String mountLines(GuestConfig.Files files) {
        var lines = new StringBuilder();
        files.mounts().forEach(mount -> lines.append(mount.line()));
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
}
