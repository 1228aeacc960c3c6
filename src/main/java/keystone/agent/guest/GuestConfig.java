package keystone.agent.guest;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import keystone.agent.model.BuildId;
import keystone.agent.model.Devshell;
import keystone.agent.model.EgressMode;
import keystone.agent.model.GitIdentity;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import org.jspecify.annotations.Nullable;

/// What one boot of a guest is told by its host. The image never changes for it: the guest reads
/// it as `config.tar` through QEMU's `fw_cfg`.
///
/// @param nonce drawn for this boot; the guest gives it back
/// @param user whom the guest's user `sandbox` is by number; not root
/// @param egress without one, the guest is given nothing that leads there
public record GuestConfig(
        SandboxName name,
        BuildId buildId,
        String nonce,
        Owner user,
        SshKeys keys,
        Files files,
        EgressMode egress,
        Sessions sessions) {
    /// What of the host the guest mounts.
    ///
    /// @param fileSystem of all mounts
    /// @param mounts the workspace first
    /// @param git which git directory the workspace has
    public record Files(FileSystem fileSystem, List<GuestMount> mounts, GitDirectory git) {
        public Files {
            mounts = List.copyOf(mounts);
        }
    }

    /// As the guest's mount(8) names it.
    public enum FileSystem {
        NINE_P("9p"),
        VIRTIOFS("virtiofs");

        private final String word;

        FileSystem(String word) {
            this.word = word;
        }

        String word() {
            return word;
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

    /// What every session has.
    ///
    /// @param identity who commits; null when nobody is known
    /// @param devshell before the environment; null when there is none
    public record Sessions(
            Map<String, String> environment,
            @Nullable GitIdentity identity,
            @Nullable Devshell devshell) {
        public Sessions {
            environment = new TreeMap<>(environment);
            EnvironmentScript.validate(environment);
        }

        /// Without the environment, which may hold a secret.
        @Override
        public String toString() {
            return "Sessions[" + identity + "]";
        }
    }

    private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9-]{8,64}");

    public GuestConfig {
        if (!NONCE.matcher(nonce).matches()) {
            throw new IllegalArgumentException("not a nonce: " + Printable.of(nonce));
        }
        if (user.uid() < 1 || user.gid() < 1) {
            throw new IllegalArgumentException(
                    "the guest's user cannot be " + user.uid() + ":" + user.gid());
        }
    }

    /// The archive. It holds the guest's private host key and the environment: whoever writes it to
    /// a file makes that private. Equal configs give equal bytes.
    public byte[] tar() {
        return GuestConfigTar.of(this);
    }

    /// Without what is private.
    @Override
    public String toString() {
        return "GuestConfig[" + name + ", " + buildId + ", " + nonce + "]";
    }
}
