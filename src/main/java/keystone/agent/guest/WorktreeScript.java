package keystone.agent.guest;

/// What is run inside for worktrees, for the guest's bash, as its user. Branches come as `$1`, and
/// are only ever used behind `refs/heads/` or after `--`.
final class WorktreeScript {
    /// The exit statuses of [#ADD] that say why not.
    static final int NO_SUCH_START = 71;

    static final int THERE_ALREADY = 72;

    /// Makes a worktree of the branch `$1` named `$2`, beside those of tasks, and its session. The
    /// branch is made when there is none, from the branch `$3` when that is given. Says where it
    /// is.
    static final String ADD =
            """
            cd /workspace || exit
            top=/worktrees
            place=$top/$2
            [ -e "$place" ] && exit 72
            known() { git rev-parse --quiet --verify "$1^{commit}" >/dev/null; }
            if [ "$3" ]; then
                from=refs/heads/$3
                known "$from" || from=refs/remotes/host/$3
                known "$from" || exit 71
            fi
            [ -d "$top" ] || sudo -n install -d -o "$(id -u)" -g "$(id -g)" -- "$top" || exit
            if known "refs/heads/$1"; then
                [ -z "$3" ] || exit 72
                git worktree add --quiet -- "$place" "$1" || exit
            else
                known "refs/remotes/host/$1" && from=${from:-refs/remotes/host/$1}
                git worktree add --quiet --no-track -b "$1" -- "$place" "${from:-HEAD}" || exit
            fi
            tmux -u new-session -d -s "worktree-$2" -c "$place" 2>/dev/null
            printf '%s' "$place"
            """;

    /// Says six fields of each worktree but the first, which is the workspace, each ended by a NUL:
    /// branch, directory, commits, changes, the session's name and whether it lives. A branch is
    /// empty when there is none; commits are those that no branch of the host's has, as far as the
    /// guest was told.
    ///
    /// `$1` is `all` when the workspace counts, too.
    static final String LIST =
            """
            cd /workspace || exit
            if [ "$1" != all ]; then
                any=
                for each in .git/worktrees/* /run/ks-disk/git/worktrees/*; do [ -e "$each" ] && any=1; done
                [ $any ] || exit 0
            fi
            sessions=" $(tmux list-sessions -F '#{session_name}' 2>/dev/null | tr '\\n' ' ')"
            first=$1
            report() {
                [ "$place" ] || return
                [ "$first" = all ] || { first=all; return; }
                if [ "$branch" ]; then
                    base=--remotes=host
                    git rev-parse --quiet --verify "refs/remotes/host/$branch^{commit}" >/dev/null &&
                        base=refs/remotes/host/$branch
                    ahead=$(git rev-list --count "refs/heads/$branch" --not "$base" 2>/dev/null)
                else
                    ahead=$(git -C "$place" rev-list --count HEAD --not --branches --remotes=host 2>/dev/null)
                fi
                changes=$(git -C "$place" status --porcelain 2>/dev/null | wc -l)
                session=worktree-${place##*/}
                [ "$place" = /workspace ] && session=main
                live=; [[ $sessions == *" $session "* ]] && live=yes
                printf '%s\\0' "$branch" "$place" "${ahead:-0}" "$changes" "$session" "$live"
            }
            git worktree list --porcelain -z | while IFS= read -r -d '' line; do
                case $line in
                    'worktree '*) place=${line#worktree } branch= ;;
                    'branch refs/heads/'*) branch=${line#branch refs/heads/} ;;
                    '') report; place= ;;
                esac
            done
            exit ${PIPESTATUS[0]}
            """;

    /// Removes the worktree at `$1` and the session `$2`; `$3` is `force` when changes may be lost.
    static final String REMOVE =
            """
            cd /workspace || exit
            if [ "$3" != force ] && [ -d "$1" ] && [ "$(git -C "$1" status --porcelain)" ]; then
                echo 'it has changes that are not committed' >&2
                exit 1
            fi
            tmux kill-session -t "=$2" 2>/dev/null
            if [ -d "$1" ]; then
                git worktree remove --force --force -- "$1"
            else
                git worktree prune
            fi
            """;

    private WorktreeScript() {}
}
