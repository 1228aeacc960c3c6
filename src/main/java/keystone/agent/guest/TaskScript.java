package keystone.agent.guest;

import java.util.regex.Pattern;

/// What is run inside for tasks, for the guest's bash, as its user.
final class TaskScript {
    /// The exit status of [#ADD] when the guest lacks the commit.
    static final int NO_SUCH_COMMIT = 73;

    /// Makes the worktree `$1` of the branch `$2`, which begins at the commit `$3` when it is new;
    /// then with what is not committed in the workspace when `$4` is `changes`.
    static final String ADD =
            """
            [ -e "$1/.git" ] && exit
            cd /workspace || exit
            [ -d "${1%/*}" ] || sudo -n install -d -o "$(id -u)" -g "$(id -g)" -- "${1%/*}" || exit
            # Nearly always it works at once: each look before would be a program more, 0.2 s in an emulated guest.
            if ! said=$(git worktree add --quiet --no-track -b "$2" -- "$1" "$3" 2>&1); then
                if git rev-parse --quiet --verify "refs/heads/$2^{commit}" >/dev/null; then
                    git worktree prune
                    git worktree add --quiet -- "$1" "$2"
                    exit
                fi
                git cat-file -e "$3^{commit}" 2>/dev/null || exit 73
                echo "$said" >&2
                exit 1
            fi
            [ "$4" = changes ] || exit 0
            git diff --binary --no-ext-diff --no-textconv "$3" -- | git -C "$1" apply --allow-empty --whitespace=nowarn || exit
            git ls-files --others --exclude-standard -z | tar -c --null --no-recursion -T - | tar -x -C "$1"
            """;

    /// Copies into the worktree `$1` what the other arguments name below the workspace, where git
    /// ignores it and the worktree has nothing of that name. Says the number of what it does not.
    static final String COPY =
            """
            to=$1
            shift
            cd /workspace || exit
            n=0
            for each; do
                n=$((n + 1))
                if [ ! -e "./$each" ] && [ ! -L "./$each" ]; then
                    echo "$n absent"
                    continue
                fi
                if ! git check-ignore --quiet -- "$each"; then
                    echo "$n kept"
                    continue
                fi
                if [ ! -e "$to/$each" ] && [ ! -L "$to/$each" ]; then
                    case $each in */*) mkdir -p -- "$to/${each%/*}" || exit ;; esac
                    cp -a --reflink=auto -- "./$each" "$to/$each" || exit
                fi
            done
            """;

    static final Pattern NOT_COPIED = Pattern.compile("([0-9]{1,5}) (absent|kept)");

    /// Commits all that is not in the worktree `$1`, with the message on standard input; under the
    /// name `$2` and the address `$3` where nobody is known. Nothing of the task runs any more, so
    /// a lock is a killed git's.
    static final String COMMIT =
            """
            cd "$1" || exit
            read -r _ own <.git && rm -f "$own/index.lock"
            git add --all || exit
            git diff --cached --quiet && exit 0
            who=()
            git config user.email >/dev/null || who=(-c "user.name=$2" -c "user.email=$3")
            git "${who[@]}" -c commit.gpgSign=false commit --quiet --no-verify --file=-
            """;

    private TaskScript() {}
}
