package keystone.agent.guest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.model.Devshell;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;

/// The project's devshell in a guest: its variables for every session, and once a boot its hook.
public final class GuestDevshell {
    static final String FILE = "devshell.sh";
    static final String HOOK = "devshell-hook";

    /// Lists that begin with what the devshell has, and go on with what the guest has.
    private static final List<String> LISTS = List.of("PATH", "XDG_DATA_DIRS");

    /// What `XDG_DATA_DIRS` means where it is not set (XDG base directories).
    private static final String USUAL_DATA = ":-/usr/local/share:/usr/share";

    static final String SOURCING =
            """
            for keystone_each in /run/keystone/devshell.sh /run/keystone/devshell-hooked.sh; do
                if [ -r $keystone_each ]; then . $keystone_each; fi
            done
            unset keystone_each
            """;

    private static final Duration HOOK_LIMIT = Duration.ofSeconds(30);

    /// Runs the hook where it can do no harm to a session: it may print, ask, exit, become another
    /// shell, or hang. What it has exported then is for all sessions.
    private static final String ENTER =
            """
            cd /workspace
            made=$(mktemp -d) || exit
            export KEYSTONE_DEVSHELL=$made
            timeout 25 bash -c "$(cat <<'END'
            /usr/bin/env -0 >"$KEYSTONE_DEVSHELL/before"
            trap '/usr/bin/env -0 >"$KEYSTONE_DEVSHELL/after"' EXIT
            eval "$(</run/keystone/devshell-hook)" </dev/null >/dev/null 2>&1
            END
            )"
            [ -e "$made/after" ] || { rm -rf "$made"; exit 1; }
            declare -A before
            while IFS= read -r -d "" each; do before[${each%%=*}]=${each#*=}; done <"$made/before"
            quote="'\\''"
            while IFS= read -r -d "" each; do
                name=${each%%=*} value=${each#*=}
                [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || continue
                case $name in _|SHLVL|PWD|OLDPWD|SHELLOPTS|BASHOPTS|KEYSTONE_*|SSH_*) continue ;; esac
                [ -n "${before[$name]+set}" ] && [ "${before[$name]}" = "$value" ] && continue
                printf "export %s='%s'\n" "$name" "${value//"'"/"$quote"}"
            done <"$made/after" >"$made/hooked"
            sudo -n cp "$made/hooked" /run/keystone/devshell-hooked.sh
            status=$?
            rm -rf "$made"
            exit $status
            """;

    private GuestDevshell() {}

    /// For any POSIX shell, once or again.
    static String environment(Devshell devshell) {
        var plain = new TreeMap<>(devshell.variables());
        var script = new StringBuilder();
        for (String list : LISTS) {
            String first = plain.remove(list);
            if (first != null) {
                script.append(prepending(list, first));
            }
        }
        return script + EnvironmentScript.forFile(plain);
    }

    private static String prepending(String list, String first) {
        String quoted = ShellWord.posix(first);
        String otherwise = list.equals("PATH") ? "" : USUAL_DATA;
        return """
               case :${%s-}: in
                   *:%s:*) ;;
                   *) export %s=%s:"${%s%s}" ;;
               esac
               """
                .formatted(list, quoted, list, quoted, list, otherwise);
    }

    /// Runs its hook, if it has one.
    ///
    /// @return what did not work
    public static Optional<String> enter(Guest guest, Devshell devshell)
            throws InterruptedException {
        if (devshell.hook().isBlank()) {
            return Optional.empty();
        }
        try {
            Command.Finished finished = guest.run(List.of("bash", "-c", ENTER), HOOK_LIMIT);
            return finished.ok()
                    ? Optional.empty()
                    : Optional.of("the devshell's shellHook did not come to its end in the guest");
        } catch (UserError unusable) {
            return Optional.of("the devshell's shellHook was not run: " + unusable.problem());
        }
    }
}
