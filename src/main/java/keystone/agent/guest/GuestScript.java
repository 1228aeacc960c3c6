package keystone.agent.guest;

/// What we run inside the guest, for its bash. The image needs nothing of ours for it, and next to
/// nothing is started for it: under emulation each process costs tens of milliseconds.
final class GuestScript {
    /// Who answers.
    static final String IDENTITY =
            """
            read -r build </etc/sandbox-build-id
            read -r nonce </run/keystone/nonce
            echo "keystone-identity ${build:0:100} ${nonce:0:100}"
            """;

    /// Sets the clock to `$1` seconds since the epoch, `$2` with their fraction, unless it is
    /// right: a clock that jumps for nothing confuses make. Says how far behind it was.
    static final String CLOCK =
            """
            behind=$(($1 - EPOCHSECONDS))
            if [ $behind -lt -1 ] || [ $behind -gt 1 ]; then
                sudo -n date -u -s "@$2" >/dev/null || exit
            fi
            echo "keystone-clock $behind"
            """;

    /// `look` fills arrays with every process but zombies: `parent`, `session`, `born` and `name`,
    /// and `mine` with those that have the token `$1` (proc(5)).
    private static final String LOOK =
            """
            IFS=$'\\n '
            look() {
                parent=() session=() born=() name=() mine=()
                local process id stat words variables
                for process in /proc/[0-9]*; do
                    id=${process#/proc/} stat= variables=()
                    { read -r -d '' stat <$process/stat
                      mapfile -d '' -t variables <$process/environ; } 2>/dev/null
                    words=(${stat##*) })
                    [[ ${words[0]} == [!ZX] ]] || continue
                    parent[$id]=${words[1]} session[$id]=${words[3]} born[$id]=${words[19]}
                    stat=${stat%)*} name[$id]=${stat#*(}
                    [[ $'\\n'"${variables[*]}"$'\\n' == *$'\\n'"KEYSTONE_EXEC=$1"$'\\n'* ]] && mine[$id]=1
                done
            }
            """;

    /// Sends the signal `$2` to the first process of session `$1` and its process group, as a
    /// terminal's Ctrl-C would. As root: a terminal also reaches what sudo started.
    static final String SIGNAL =
            LOOK
                    + """
                    look "$1"
                    for id in "${!mine[@]}"; do
                        [[ -n $first && ${born[$first]} -le ${born[$id]} ]] || first=$id
                    done
                    [[ -n $first ]] && kill -s "$2" -- "-$first"
                    """;

    /// Kills whatever belongs to session `$1`. As root.
    ///
    /// A process belongs to it when it has the session's token, or descends from one that has, or
    /// is in a session (setsid(2)) that one leads. They are stopped first, until a look finds no
    /// new one: else a process could fork faster than we kill.
    static final String END_SESSION =
            LOOK
                    + """
                    members() {
                        look "$1"
                        local id more=1
                        while ((more)); do
                            more=0
                            for id in "${!parent[@]}"; do
                                [[ -z ${mine[$id]} ]] || continue
                                [[ -n ${mine[${parent[$id]}]}${mine[${session[$id]}]} ]] || continue
                                mine[$id]=1 more=1
                            done
                        done
                    }
                    new=1
                    while ((new && rounds++ < 20)); do
                        new=0
                        members "$1"
                        for id in "${!mine[@]}"; do
                            [[ -z ${stopped[$id]} ]] || continue
                            kill -s STOP $id 2>/dev/null
                            stopped[$id]=1 new=1
                        done
                    done
                    for ((round = 0; round < 50; round++)); do
                        [[ -n ${!mine[*]} ]] || exit 0
                        kill -s KILL ${!mine[@]} 2>/dev/null
                        members "$1"
                    done
                    exit 1
                    """;

    /// Counts what speaks against switching off: sessions beside this one, listening ports beside
    /// sshd's, tmux panes in which something runs.
    static final String USAGE =
            LOOK
                    + """
                    look none
                    for id in "${!parent[@]}"; do
                        above=${parent[$id]}
                        [[ $id != $$ && ${name[$above]} == sshd* && -O /proc/$above ]] && ((sessions++))
                        busy[$above]=1
                    done
                    for table in /proc/net/tcp /proc/net/tcp6; do
                        while read -r _ address _ state _; do
                            [[ $state == 0A && $address != *:0016 ]] && ((listeners++))
                        done <$table
                    done
                    for pane in $(tmux list-panes -a -F '#{pane_pid}' 2>/dev/null); do
                        [[ -n ${busy[$pane]} || ${name[$pane]} != *sh ]] && ((panes++))
                    done
                    echo "keystone-usage $((sessions)) $((listeners)) $((panes))"
                    """;

    private GuestScript() {}

    /// Says what the workspace's git directory has, one line a fact: see [GuestRefs].
    static final String REFS =
            """
            cd /run/ks-disk/git || exit
            [ -e HEAD ] || exit 0
            IFS= read -r head <HEAD
            echo "head $head"
            git -C /workspace diff --cached --quiet || echo staged
            exec git for-each-ref --format='ref %(objectname) %(refname)' refs/heads refs/remotes/host refs/tags
            """;

    /// Takes a tar from standard input: `refs` for `update-ref --stdin`, `shallow`, and maybe
    /// `HEAD` and `index`, or `no-index` when the guest has to make one itself. Makes the git
    /// directory when it is not there; `HEAD` comes last, so that a half-made one is made again.
    ///
    /// The host's index stays right for files that are the same: but for what the share does not
    /// show as the host does, such as change times (`core.checkStat`, `core.trustctime`).
    static final String FOLLOW =
            """
            set -e
            cd /run/ks-disk/git
            new=
            [ -e HEAD ] || new=1
            rm -rf incoming
            mkdir incoming
            tar -x -o -C incoming
            if [ $new ]; then
                mkdir -p objects/info objects/pack refs/heads refs/tags info hooks
                echo /run/host-git/objects >objects/info/alternates
                printf '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n' >config
                printf '\tlogallrefupdates = true\n\tcheckStat = minimal\n\ttrustctime = false\n' >>config
                echo 'ref: refs/heads/none' >HEAD
            fi
            if [ -s incoming/shallow ]; then mv incoming/shallow shallow; else rm -f shallow; fi
            git update-ref --stdin <incoming/refs || { [ $new ] && rm -f HEAD; exit 1; }
            if [ -e incoming/index ]; then mv incoming/index index; fi
            if [ -e incoming/HEAD ]; then mv incoming/HEAD HEAD; fi
            if [ -e incoming/no-index ]; then git -C /workspace read-tree -i --reset HEAD || rm -f index; fi
            rm -rf incoming
            """;
}
