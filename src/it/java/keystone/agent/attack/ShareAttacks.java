package keystone.agent.attack;

import static keystone.agent.attack.Attack.Work.COPY;
import static keystone.agent.attack.Attack.Work.END;
import static keystone.agent.attack.Attack.Work.NO_GIT;
import static keystone.agent.attack.Attack.Work.REPEAT;
import static keystone.agent.attack.Attack.Work.REPORT;
import static keystone.agent.attack.Attack.Work.RETURN;
import static keystone.agent.attack.Result.DETECTED;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// What is done to the share, through it, and with what lies in it.
final class ShareAttacks {
    private static final String THE_BIT =
            "the file has the bit on this host, too; `review` tells of it";

    /// Where this host sees modes of files as the guest gives them.
    private static final Set<String> TRUE_MODES = Set.of("virtiofs", "9p");

    /// Where what is neither a file nor a directory nor a link is so on this host.
    private static final Set<String> TRUE_KINDS = Set.of("virtiofs");

    private static final List<Attack> FURTHER =
            List.of(
                    Attack.of("links to files of the host", "links_out", RETURN, REPORT, COPY),
                    Attack.of("`.keystone/agent.toml` as a link", "links_in_keystone", REPORT),
                    Attack.of("links into `/proc`", "process_links", REPORT),
                    Attack.of("hard links", "hard_links", RETURN),
                    Attack.of("paths and mounts above the share", "above_the_share"),
                    Attack.of("`open_by_handle_at`", "handles"),
                    Attack.of("writing to a share that is read-only", "read_only_share"),
                    Attack.of("pipes and sockets in the places of files", "special_files", REPORT)
                            .toldWith("special .gitattributes")
                            .otherwise(
                                    DETECTED,
                                    "git on this host waits for ever; `review` tells of it",
                                    EnumSet.allOf(Layout.class),
                                    TRUE_KINDS),
                    Attack.of("directories without end", "deep_directories", REPORT, NO_GIT),
                    Attack.of("files of a tebibyte", "huge_files", REPORT, NO_GIT));

    private static final List<Attack> DANGEROUS_FILES =
            List.of(
                    Attack.of(
                            "a directory that is a link every other moment",
                            "rename_race",
                            REPEAT,
                            COPY,
                            NO_GIT),
                    Attack.of("changing what a link leads to", "through_links"),
                    Attack.of("device nodes", "device_nodes"),
                    setuid("setuid and setgid files", "/workspace", "setuid both"),
                    setuid("setuid and setgid files in a `--mount`", "/data", "/data/both"),
                    Attack.of("names that break terminals", "hostile_names", RETURN, REPORT));

    static final List<Attack> FILES =
            Stream.of(FURTHER, DANGEROUS_FILES).flatMap(List::stream).toList();

    private static final Attack REQUESTS =
            Attack.of("requests of its own to a share", "raw_requests\tmount0");

    /// They take shares from the guest, and the last of them the guest itself.
    static final List<Attack> LAST =
            List.of(
                    REQUESTS,
                    Attack.of("requests of its own to a read-only share", "raw_requests\tmount1"),
                    Attack.of("links exchanged while it ends", "rename_race", RETURN, END));

    static final List<Attack> DANGEROUS =
            Stream.concat(DANGEROUS_FILES.stream(), Stream.of(REQUESTS)).toList();

    private ShareAttacks() {}

    private static Attack setuid(String title, String where, String telling) {
        return Attack.of(title, "setuid_files\t" + where)
                .toldWith(telling)
                .otherwise(DETECTED, THE_BIT, EnumSet.allOf(Layout.class), TRUE_MODES);
    }
}
