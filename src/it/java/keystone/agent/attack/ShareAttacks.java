package keystone.agent.attack;

import static keystone.agent.attack.Attack.Work.COPY;
import static keystone.agent.attack.Attack.Work.NO_GIT;
import static keystone.agent.attack.Attack.Work.REPEAT;
import static keystone.agent.attack.Attack.Work.REPORT;
import static keystone.agent.attack.Attack.Work.RETURN;
import static keystone.agent.attack.Result.DETECTED;
import static keystone.agent.attack.Result.OPEN;

import java.util.List;
import java.util.stream.Stream;

/// What is done to the share, through it, and with what lies in it.
final class ShareAttacks {
    private static final List<Attack> FURTHER =
            List.of(
                    Attack.of("links to files of the host", "links_out", RETURN, REPORT, COPY),
                    Attack.of("`.keystone/agent.toml` as a link", "links_in_keystone", REPORT),
                    Attack.of("links into `/proc`", "process_links", REPORT),
                    Attack.of("hard links", "hard_links", RETURN),
                    Attack.of("paths and mounts above the share", "above_the_share"),
                    Attack.of("`open_by_handle_at`", "handles"),
                    Attack.of("writing to a share that is read-only", "read_only_share"),
                    Attack.of("directories without end", "deep_directories", REPORT, NO_GIT),
                    Attack.of("files of a tebibyte", "huge_files", REPORT, NO_GIT));

    /// The last of them takes a share from the guest.
    static final List<Attack> DANGEROUS =
            List.of(
                    Attack.of(
                            "a directory that is a link every other moment",
                            "rename_race",
                            REPEAT,
                            COPY,
                            NO_GIT),
                    Attack.of("changing what a link leads to", "through_links"),
                    Attack.of("device nodes", "device_nodes"),
                    Attack.of("setuid and setgid files", "setuid_files\t/workspace")
                            .toldWith("setuid both")
                            .otherwise(
                                    DETECTED,
                                    "the file has the bit on this host, too; `review` tells of it"),
                    Attack.of("setuid and setgid files in a `--mount`", "setuid_files\t/data")
                            .otherwise(OPEN, "`review` looks at the project only"),
                    Attack.of("names that break terminals", "hostile_names", RETURN, REPORT),
                    Attack.of("requests of its own to a share", "raw_requests\tmount0"));

    static final List<Attack> ALL = Stream.of(FURTHER, DANGEROUS).flatMap(List::stream).toList();

    private ShareAttacks() {}
}
