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

    /// Puts `$1` where `/etc/gitconfig` looks, at once for whoever reads it. As root.
    static final String IDENTIFY =
            """
            cd /run/keystone && printf %s "$1" >.gitconfig && chmod 644 .gitconfig && mv -f .gitconfig gitconfig
            """;

    /// Has git ignore what its input names.
    static String passOver(String directory) {
        return """
        cd %s && mkdir -p info || exit
        { sed '/^# masked:/,/^# end of masked/d' info/exclude 2>/dev/null
          echo '# masked: keystone-agent writes these lines at each start'
          cat; echo '# end of masked'; } >info/exclude.new && mv -f info/exclude.new info/exclude
        """
                .formatted(directory);
    }

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
    /// `held` with those that have a session's token, and `mine` with those that have the token
    /// `$1` (proc(5)).
    private static final String LOOK =
            """
            IFS=$'\\n '
            look() {
                parent=() session=() born=() name=() held=() mine=()
                local process id stat words variables
                for process in /proc/[0-9]*; do
                    id=${process#/proc/} stat= variables=()
                    { read -r -d '' stat <$process/stat
                      mapfile -d '' -t variables <$process/environ; } 2>/dev/null
                    words=(${stat##*) })
                    [[ ${words[0]} == [!ZX] ]] || continue
                    parent[$id]=${words[1]} session[$id]=${words[3]} born[$id]=${words[19]}
                    stat=${stat%)*} name[$id]=${stat#*(}
                    [[ $'\\n'"${variables[*]}" == *$'\\n'KEYSTONE_EXEC=* ]] || continue
                    held[$id]=1
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

    /// Stops whatever somebody has at work, until it is continued: all that has a session's token,
    /// or a connection to sshd above it, or is of a session (setsid(2)) of such a one. Not what
    /// works for this host, which has the token `$1`, nor sshd and ourselves. As root.
    static final String FREEZE =
            LOOK
                    + """
                    round=0 new=1
                    while ((new && round++ < 20)); do
                        look "$1"
                        work=() new=0 more=1
                        for ((id = $$; id > 1; id = parent[id])); do
                            mine[$id]=1
                        done
                        while ((more)); do
                            more=0
                            for id in "${!parent[@]}"; do
                                above=${parent[$id]}
                                [[ -z ${mine[$id]}${work[$id]} && ${name[$id]} != sshd* ]] || continue
                                [[ -n ${held[$id]}${work[$above]}${work[${session[$id]}]} || ${name[$above]} == sshd* ]] || continue
                                work[$id]=1 more=1
                            done
                        done
                        for id in "${!work[@]}"; do
                            [[ -z ${stopped[$id]} ]] || continue
                            kill -s STOP $id 2>/dev/null
                            stopped[$id]=1 new=1
                        done
                    done
                    """;

    /// Counts what speaks against switching off: sessions beside this one and those with the token
    /// `$1`, listening ports beside sshd's and ours (of 127.0.0.1: 3128, the way to the proxy, and
    /// what the redirector has, 3129 and 53), tmux panes in which something runs.
    static final String USAGE =
            LOOK
                    + """
                    look "$1"
                    for id in "${!parent[@]}"; do
                        above=${parent[$id]}
                        [[ -z ${mine[$id]} && $id != $$ && ${name[$above]} == sshd* && -O /proc/$above ]] && ((sessions++))
                        busy[$above]=1
                    done
                    for table in /proc/net/tcp /proc/net/tcp6; do
                        while read -r _ address _ state _; do
                            [[ $state == 0A && $address != *:0016 && $address != 0100007F:@(0C3[89]|0035) ]] && ((listeners++))
                        done <$table
                    done
                    for pane in $(tmux list-panes -a -F '#{pane_pid}' 2>/dev/null); do
                        [[ -n ${busy[$pane]} || ${name[$pane]} != *sh ]] && ((panes++))
                    done
                    echo "keystone-usage $((sessions)) $((listeners)) $((panes))"
                    """;

    private GuestScript() {}

    /// Says what a git directory has, one line a fact: see [GuestRefs]. A file `keystone-seen.*`
    /// tells later what has changed since.
    ///
    /// @param directory a path of plain characters
    /// @param look a word of its own
    static String refs(String directory, String look) {
        return "seen=keystone-seen.%s\ncd %s 2>/dev/null || exit 0\n".formatted(look, directory)
                + REFS;
    }

    private static final String REFS =
            """
            [ -e HEAD ] || exit 0
            if [ ! -s HEAD ]; then
                # Of a machine that was killed while the directory was made: names without their content.
                find refs packed-refs -type f -size 0 -delete 2>/dev/null
                # Else a branch that it was told of and has not would be one that it has removed.
                rm -rf refs/remotes/host refs/keystone
                echo 'ref: refs/heads/keystone-is-being-made' >HEAD
            fi
            : >$seen
            IFS= read -r line <HEAD
            echo "head $line"
            for each in rebase-merge rebase-apply sequencer MERGE_HEAD CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG; do
                [ -e $each ] && echo busy
            done
            for each in worktrees/*/HEAD rebase-*/head-name worktrees/*/rebase-*/head-name; do
                [ -e "$each" ] && IFS= read -r line <"$each" && echo "elsewhere $line"
            done
            [ -e keystone-head ] && IFS= read -r line <keystone-head && echo "was $line"
            [ -e keystone-shallow ] && while read -r line; do echo "shallow $line"; done <keystone-shallow
            git --git-dir=. diff --cached --quiet || echo staged
            exec git for-each-ref --format='ref %(objectname) %(refname)' refs/heads refs/remotes/host refs/keystone refs/tags
            """;

    /// Becomes upload-pack of the directory `%1$s`. Only the newest stash has a ref; the others are
    /// lines of its log, and get refs so that they can be fetched: `refs/stashes/1` is the one
    /// before the newest.
    static final String STASHES =
            """
            cd %1$s || exit
            [ -e refs/stashes ] && rm -rf refs/stashes
            if [ -s logs/refs/stash ]; then
                mapfile -t stashes <logs/refs/stash
                n=${#stashes[@]}
                ((n > 1)) && mkdir -p refs/stashes
                for ((i = 1; i < n && i < 1000; i++)); do
                    read -r _ id _ <<<"${stashes[n - 1 - i]}"
                    echo "$id" >refs/stashes/$i
                done
            fi
            exec git upload-pack --strict %1$s
            """;

    /// Where `HEAD` points while the directory is being made: a branch that nobody has.
    static final String BEING_MADE = "keystone-is-being-made";

    /// Takes a pack from standard input, whole or not at all. There need be no repository yet.
    ///
    /// @param directory a path of plain characters
    static String takePack(String directory) {
        return "mkdir -p %1$s/objects/pack && cd %1$s/objects/pack || exit\n".formatted(directory)
                + """
                rm -f keystone-incoming.*
                cat >keystone-incoming.pack &&
                    id=$(git index-pack keystone-incoming.pack) &&
                    mv keystone-incoming.pack pack-$id.pack &&
                    mv keystone-incoming.idx pack-$id.idx
                """;
    }

    /// The exit status of [#follow] when the guest's own git is at work: nothing was done.
    static final int NOT_NOW = 75;

    /// Takes a tar from standard input: `forgotten` and `refs` for `update-ref --stdin`, `shallow`,
    /// and maybe `HEAD` and `index`, or `no-index` when the guest has to make one itself. Makes the
    /// git directory when it is not there; `HEAD` comes last, so that a half-made one is made
    /// again.
    ///
    /// The host's index stays right for files that are the same: but for what the share does not
    /// show as the host does, such as change times (`core.checkStat`, `core.trustctime`).
    ///
    /// @param directory a path of plain characters
    /// @param borrowed where its objects, and those that they borrow, are mounted; the same
    /// @param look of the [#refs] from which it follows what to do
    static String follow(String directory, String borrowed, String look) {
        if (borrowed.isEmpty()) {
            return "mkdir -p %1$s && cd %1$s || exit\nborrowed=/nowhere in=incoming.%2$s seen=keystone-seen.%2$s\n"
                            .formatted(directory, look)
                    + FOLLOW;
        }
        // What the host lends was decided when the guest started.
        return "[ -e %2$s/objects ] || exit 0\nmkdir -p %1$s && cd %1$s || exit\nborrowed=%2$s in=incoming.%3$s seen=keystone-seen.%3$s\n"
                        .formatted(directory, borrowed, look)
                + FOLLOW;
    }

    private static final String FOLLOW =
            """
            set -e
            [ -e HEAD ] && [[ $(<HEAD) != *keystone-is-being-made ]] && new= || new=1
            trap 'rm -rf $in' EXIT
            mkdir $in
            tar -x -o -C $in
            [ -e $in/new ] && [ ! $new ] && exit 75
            if [ $new ]; then
                rm -f index.lock
                mkdir -p objects/info objects/pack refs/heads refs/tags info hooks
                for each in $borrowed/*; do [ ! -d $each ] || [ ${each##*/} = modules ] || echo $each; done >objects/info/alternates
                printf '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n' >config
                printf '\tlogallrefupdates = true\n\tcheckStat = minimal\n\ttrustctime = false\n' >>config
                printf '[submodule]\n\tactive = .\n' >>config
                echo 'ref: refs/heads/keystone-is-being-made' >HEAD
                trap 'rm -rf $in HEAD index.lock' EXIT
            elif [ -e $in/HEAD ] || [ -e $in/index ] || [ -e $in/no-index ]; then
                (set -C; : >index.lock) 2>/dev/null || exit 75
                trap 'rm -rf $in index.lock' EXIT
                [[ HEAD -nt $seen || index -nt $seen ]] && exit 75
            fi
            if [ -e $in/promises ] && [[ $(<config) != *promisor* ]]; then
                printf '[remote "promises"]\n\tpromisor = true\n\turl = /an/object/that/the/host/has/not/fetched\n' >>config
            fi
            if [ -s $in/shallow ] || [ -s keystone-shallow ]; then
                # What the guest has cut off by itself stays so.
                touch shallow keystone-shallow
                { grep -vxFf keystone-shallow shallow || :; cat $in/shallow; } >$in/merged
                mv $in/shallow keystone-shallow
                mv $in/merged shallow
                [ -s shallow ] || rm -f shallow
            fi
            if [ -s $in/forgotten ]; then git update-ref --stdin <$in/forgotten || exit 75; fi
            if [ -s $in/refs ]; then git update-ref --stdin <$in/refs || { [ $new ] && exit 1; exit 75; }; fi
            if [ -e $in/index ]; then mv $in/index index; fi
            if [ -e $in/no-index ]; then
                [ -e $in/HEAD ] && IFS= read -r tree <$in/HEAD || IFS= read -r tree <HEAD
                GIT_INDEX_FILE=$PWD/$in/index git --git-dir=. read-tree "${tree#ref: }" &&
                    mv $in/index index || rm -f index
            fi
            if [ -e $in/checkout ]; then
                IFS= read -r tree <$in/HEAD
                tree=${tree#ref: }
                if git --git-dir=. rev-parse --quiet --verify "$tree^{commit}" >/dev/null; then
                    GIT_INDEX_FILE=$PWD/$in/index git --git-dir=. --work-tree=/workspace read-tree --reset -u "$tree"
                    mv $in/index index
                fi
            fi
            if [ -e $in/HEAD ]; then mv $in/HEAD HEAD; fi
            mv $in/was keystone-head
            trap - EXIT
            rm -rf $in index.lock keystone-seen.*
            """;
}
