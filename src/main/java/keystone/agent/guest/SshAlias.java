package keystone.agent.guest;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import keystone.agent.model.SandboxName;

/// A sandbox as everybody's ssh knows it: the block `Host ks-NAME` that the user's own config
/// includes, and the script through which a connection gets to the guest.
///
/// @param ssh the directory of the sandbox's keys
/// @param connection the config that the sandbox has only while it runs
/// @param socket where the first connection lets others join it
/// @param scriptFile where [#script] is written
/// @param bash the whole path of bash, the one program of every host that can connect by itself
/// @param program our own launcher
/// @param environment by which it finds this sandbox, whatever starts ssh
public record SshAlias(
        SandboxName name,
        Path ssh,
        Path connection,
        Path socket,
        Path scriptFile,
        Path bash,
        Path program,
        Map<String, String> environment) {
    /// What our own places come from.
    private static final List<String> PLACES =
            List.of(
                    "HOME",
                    "KEYSTONE_AGENT_HOME",
                    "XDG_STATE_HOME",
                    "XDG_CACHE_HOME",
                    "XDG_CONFIG_HOME",
                    "XDG_RUNTIME_DIR");

    public SshAlias {
        // The rest of it may be secret.
        environment =
                environment.entrySet().stream()
                        .filter(each -> PLACES.contains(each.getKey()))
                        .collect(
                                Collectors.toUnmodifiableMap(
                                        Map.Entry::getKey, Map.Entry::getValue));
    }

    /// The user's config is read after this: the first value of each option holds, so every option
    /// is said through which a `Host *` could hand the guest something of this host. A start may
    /// take as long as `ConnectTimeout`, a paused guest as long as the three `ServerAlive…` say.
    private static final String ALWAYS =
            """
                AddressFamily inet
                GlobalKnownHostsFile /dev/null
                KnownHostsCommand none
                StrictHostKeyChecking yes
                HostKeyAlgorithms ssh-ed25519
                UpdateHostKeys no
                CheckHostIP no
                VerifyHostKeyDNS no
                CanonicalizeHostname no
                IdentitiesOnly yes
                IdentityAgent none
                AddKeysToAgent no
                PreferredAuthentications publickey
                PubkeyAuthentication yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                GSSAPIAuthentication no
                GSSAPIDelegateCredentials no
                HostbasedAuthentication no
                BatchMode yes
                ForwardAgent no
                ForwardX11 no
                ForwardX11Trusted no
                Tunnel no
                GatewayPorts no
                PermitLocalCommand no
                RemoteCommand none
                ProxyUseFdpass no
                KexAlgorithms ^curve25519-sha256
                ConnectTimeout 300
                ServerAliveInterval 30
                ServerAliveCountMax 10
                ControlMaster auto
                ControlPersist no
            """;

    /// The block; nothing in it comes from a guest.
    public String block() {
        String alias = GuestAddress.alias(name);
        return """
               # The sandbox %s. Made by keystone-agent at every start; changes are lost.
               %sHost %s
                   User %s
                   HostKeyAlias %s
                   UserKnownHostsFile %s
                   IdentityFile %s
                   ProxyCommand %s %s
                   ControlPath %s
               """
                        .formatted(
                                name,
                                isOpenToOthers() ? sharedWhereOurs(alias) : "",
                                alias,
                                GuestAddress.USER,
                                alias,
                                SshConfig.quoted(ssh.resolve(SshKeyFiles.KNOWN_HOSTS)),
                                SshConfig.quoted(ssh.resolve(SshKeyFiles.USER)),
                                shellWord(bash).replace("%", "%%"),
                                shellWord(scriptFile).replace("%", "%%"),
                                isOpenToOthers() ? "none" : SshConfig.quoted(socket))
                + ALWAYS;
    }

    /// Whether anybody can make the directory of the sockets while it is missing, as in `/tmp`
    /// after a reboot. ssh asks nobody who listens there, and hands them its own input and output.
    private boolean isOpenToOthers() {
        return runtime().filter(each -> Path.of("/tmp").equals(each.getParent())).isPresent();
    }

    private Optional<Path> runtime() {
        return Optional.ofNullable(socket.getParent()).map(Path::getParent);
    }

    /// For each option the first that is said holds.
    private String sharedWhereOurs(String alias) {
        return """
               Match originalhost %s exec "test -O %s && test ! -L %2$s"
                   ControlPath %s
               """
                .formatted(alias, runtime().orElseThrow(), SshConfig.quoted(socket));
    }

    /// The script: while the sandbox runs, a pipe to the guest's sshd at the price of two `cat`s;
    /// otherwise our own program, which starts the sandbox and becomes this again.
    public String script() {
        return """
               # How ssh gets to the sandbox %1$s. Made by keystone-agent at every start; changes are lost.
               connect() {
                   local word value port=
                   while read -r word value; do
                       if [ "$word" = Port ]; then
                           port=$value
                           break
                       fi
                   done <%2$s || return 1
                   case $port in
                       '' | *[!0-9]*) return 1 ;;
                   esac
                   exec 3<>"/dev/tcp/127.0.0.1/$port"
               }
               if ! connect 2>/dev/null; then
                   if [ "${1-}" = started ]; then
                       echo 'error: nothing listens for the sandbox `%1$s`' >&2
                       echo 'fix:   keystone-agent restart %1$s' >&2
                       exit 255
                   fi
                   %4$s
                   exec %3$s ssh-proxy %1$s
               fi
               # ssh hangs up as soon as it has no more to say; what it said must still arrive.
               trap '' HUP
               command -p cat <&3 3>&- &
               reader=$!
               # Nobody but the reader keeps ssh waiting for more.
               exec >&3 3>&-
               command -p cat
               kill "$reader" 2>/dev/null
               """
                .formatted(name, shellWord(connection), shellWord(program), places());
    }

    /// An editor that was started from a desktop knows nothing of what a shell has set.
    private String places() {
        return PLACES.stream()
                .map(
                        name -> {
                            String value = environment.get(name);
                            return value == null
                                    ? "unset " + name
                                    : "export " + name + "=" + shellWord(value);
                        })
                .collect(Collectors.joining("; "));
    }

    private static String shellWord(Path path) {
        return shellWord(path.toString());
    }

    private static String shellWord(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
