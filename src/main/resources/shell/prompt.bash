# keystone-agent: names the running sandbox of the project around the current directory. Only what the shell has built
# in: this runs before every prompt.
keystone_agent_prompt() {
    local file pid name project runs
    for file in "${XDG_RUNTIME_DIR:-/nonexistent}"/keystone-agent/*/prompt "/tmp/ka-$UID"/*/prompt; do
        # In /tmp, anybody can make the directory that is missing, and put there what a shell would wait for.
        [ -O "${file%/*/prompt}" ] && [ -O "$file" ] && [ -f "$file" ] || continue
        { read -r pid && read -r name && IFS= read -r project; } <"$file" || continue
        case $PWD/ in
            "$project"/*) ;;
            *) continue ;;
        esac
        # After a crash the number may be another process's.
        runs=
        { read -r runs <"/proc/$pid/cmdline"; } 2>/dev/null
        case $runs in
            *supervise"$name") printf '[%s] ' "$name"; return 0 ;;
        esac
    done
    return 0
}
