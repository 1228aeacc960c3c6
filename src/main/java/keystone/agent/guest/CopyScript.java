package keystone.agent.guest;

/// What a copy runs in the guest, for bash. `$1` is the path there, `$2` the source's name.
final class CopyScript {
    /// A link that was named is followed, those in a tree are sent as links. Of a hard link each
    /// name is sent with its content.
    static final String SEND =
            """
            if [ -d "$1" ]; then
                cd -- "$1" && exec tar --format=gnu --hard-dereference -cf - .
            fi
            exec tar --format=gnu --hard-dereference -hPcf - -- "$1"
            """;

    static final String RECEIVE_TREE =
            """
            to=$1
            [ ! -d "$to" ] || to=${to%/}/$2
            [ -d "$to" ] || mkdir -- "$to" || exit
            exec tar -C "$to" -xpf - --no-same-owner
            """;

    /// The archive holds one entry, `file`. It appears under its name when it is whole.
    static final String RECEIVE_FILE =
            """
            to=$1
            [ ! -d "$to" ] || to=${to%/}/$2
            case $to in */)
                echo "there is no directory $to" >&2
                exit 1
            esac
            part=$(mktemp -d "${to%/*}/.keystone-cp-XXXXXXXX") || exit
            trap 'rm -rf -- "$part"' EXIT
            tar -C "$part" -xpf - --no-same-owner && mv -fT -- "$part/file" "$to"
            """;

    private CopyScript() {}

    static String of(String script, String... words) {
        var command = new StringBuilder("set --");
        for (String word : words) {
            command.append(' ').append(word);
        }
        return command.append('\n').append(script).toString();
    }
}
