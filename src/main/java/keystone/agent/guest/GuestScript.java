package keystone.agent.guest;

/// What we run inside the guest, for bash unless said otherwise. The image needs nothing of ours
/// for
/// it.
final class GuestScript {
    /// Who answers: one line, so that whatever a shell's start-up prints before it does not matter.
    static final String IDENTITY =
            """
            read -r build </etc/sandbox-build-id
            read -r nonce </run/keystone/nonce
            echo "keystone-identity ${build:0:100} ${nonce:0:100}"
            """;

    /// Sets the clock to `$1` seconds since the epoch, `$2` with their fraction, unless it is
    /// right:
    /// a clock that jumps for nothing confuses make. Says how far behind it was.
    static final String CLOCK =
            """
            behind=$(($1 - EPOCHSECONDS))
            if [ $behind -lt -1 ] || [ $behind -gt 1 ]; then
                sudo -n date -u -s "@$2" >/dev/null || exit
            fi
            echo "keystone-clock $behind"
            """;

    /// Sends the signal `$2` to the first process of session `$1` and its process group, as a
    /// terminal's Ctrl-C would. For any POSIX shell, as root: a terminal also reaches what sudo
    /// started.
    static final String SIGNAL =
            """
            pids=$(grep -lzxF "KEYSTONE_EXEC=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)
            leader=$(ps -o pid= --sort=start_time,pid -p "$(echo $pids)" | head -n 1)
            [ -n "$leader" ] && kill -s "$2" -- "-$(echo $leader)"
            """;

    /// Kills whatever belongs to session `$1`. For any POSIX shell, as root.
    ///
    /// A process belongs to it when it was started with the session's token, or descends from one
    /// that was, or shares a session id with one. They are stopped first, until a look finds no
    /// new one: else a process could fork faster than we kill.
    static final String END_SESSION =
            """
            members() {
                pids=$(grep -lzxF "KEYSTONE_EXEC=$1" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3)
                ps -e -o pid=,ppid=,sess= | awk -v roots="$(echo $pids)" '
                    BEGIN { n = split(roots, r, " "); for (i = 1; i <= n; i++) mine[r[i]] = 1 }
                    { parent[$1] = $2; session[$1] = $3 }
                    END {
                        do {
                            found = 0
                            for (p in parent) {
                                if (!(p in mine) && ((parent[p] in mine) || (session[p] in mine))) {
                                    mine[p] = 1
                                    found = 1
                                }
                            }
                        } while (found)
                        for (p in mine) print p
                    }' | sort -n
            }
            last=none
            for look in 1 2 3 4 5 6 7 8; do
                now=$(members "$1")
                [ -n "$now" ] || exit 0
                [ "$now" = "$last" ] && break
                kill -s STOP $now 2>/dev/null
                last=$now
            done
            kill -s KILL $now 2>/dev/null
            for look in 1 2 3 4 5 6 7 8 9 10; do
                [ -z "$(members "$1")" ] && exit 0
                kill -s KILL $(members "$1") 2>/dev/null
            done
            exit 1
            """;

    /// Counts what speaks against switching off: sessions beside this one, listening ports beside
    /// sshd's, tmux panes in which something runs.
    static final String USAGE =
            """
            panes=$(tmux list-panes -a -F '#{pane_pid}' 2>/dev/null)
            listeners=$(awk '$4 == "0A" && $2 !~ /:0016$/' /proc/net/tcp /proc/net/tcp6 | wc -l)
            ps -e -o pid=,ppid=,euser=,comm= |
                awk -v own=$$ -v panes="$(echo $panes)" -v listeners=$listeners '
                BEGIN { n = split(panes, list, " "); for (i = 1; i <= n; i++) pane[list[i]] = 1 }
                { parent[$1] = $2; command[$1] = $4 }
                $3 == "sandbox" && $4 ~ /^sshd/ { connection[$1] = 1 }
                END {
                    for (p in parent) {
                        if (p != own && (parent[p] in connection)) sessions++
                        if (parent[p] in pane) busy[parent[p]] = 1
                        if ((p in pane) && command[p] !~ /^-?(ba|da|z|fi|k|)sh$/) busy[p] = 1
                    }
                    for (p in busy) count++
                    print "keystone-usage", sessions + 0, listeners, count + 0
                }'
            """;

    private GuestScript() {}
}
