package keystone.agent.guest;

import java.util.Collection;
import keystone.agent.model.ShellWord;

/// What puts [GuestHoldings] in their places, for the guest's bash.
final class HoldingScript {
    /// As root, with the tar on its input. Everything lies in memory but the authority, which is at
    /// the end of the system's bundle: a mount over that file would be in the way of whoever
    /// replaces it, as `update-ca-certificates` does. What an earlier run has left there is taken
    /// out; its key is gone. OpenSSL, and with it Python, looks for `cert.pem`, which Debian leaves
    /// out. What sudo keeps is written beside its place first: it reads no name with a dot.
    private static final String AS_ROOT =
            """
            set -e
            umask 022
            cd /run/keystone
            rm -rf incoming
            mkdir -m 700 incoming
            tar -x -o -C incoming
            bundle=/etc/ssl/certs/ca-certificates.crt
            if [ ! -e authority.crt ] || [[ $(<authority.crt) != "$(<incoming/authority.crt)" ]]; then
                if [ -e $bundle ]; then
                    sed '/^# keystone-agent:/,/^-----END /d' $bundle >$bundle.new
                    cat incoming/authority.crt >>$bundle.new
                    mv -f $bundle.new $bundle
                fi
                [ ! -d /usr/lib/ssl ] || [ -e /usr/lib/ssl/cert.pem ] || ln -sf $bundle /usr/lib/ssl/cert.pem
                mkdir -p /usr/local/share/ca-certificates
                ln -sfn /run/keystone/authority.crt /usr/local/share/ca-certificates/keystone-agent.crt
            fi
            kept=/etc/sudoers.d/keystone-agent
            if [ -d /etc/sudoers.d ] && { [ ! -e $kept ] || [[ $(<$kept) != "$(<incoming/sudoers)" ]]; }; then
                install -m 440 incoming/sudoers $kept.new
                mv -f $kept.new $kept
            fi
            rm -rf log-ins secrets
            chown sandbox: incoming/secrets.sh
            [ ! -d incoming/secrets ] || chown -R sandbox: incoming/secrets
            mv -f incoming/* .
            rm -rf incoming
            """;

    private HoldingScript() {}

    static String of(Collection<String> logIns) {
        String root = "sudo -n bash -c " + ShellWord.of(AS_ROOT);
        return logIns.isEmpty() ? "exec " + root : root + " || exit\n" + asUser(logIns);
    }

    /// As the guest's user. A directory that is of another file system is a mount: what is in there
    /// is the host's.
    private static String asUser(Collection<String> logIns) {
        return """
               umask 077
               for each in %s; do
                   new=/run/keystone/log-ins/$each old=~/$each
                   [ -e "$new" ] || continue
                   if [ -e "$old" ] || [ -L "$old" ]; then
                       [[ $(<"$old") == *%s* ]] || continue
                   fi
                   mkdir -p "${old%%/*}"
                   [ "$(stat -c %%d "${old%%/*}")" = "$(stat -c %%d ~)" ] || continue
                   cp "$new" "$old.new" && mv -f "$old.new" "$old"
               done
               exit 0
               """
                .formatted(String.join(" ", logIns), GuestHoldings.MARK);
    }
}
