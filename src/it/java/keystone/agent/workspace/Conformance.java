package keystone.agent.workspace;

import java.util.List;
import java.util.stream.Stream;

/// What a project's files must be able to do, whichever driver shares them, and the known gaps of
/// each driver with the reason. In the order of the documentation's table.
///
/// The gaps are those of Debian 12's QEMU 7.2 and Linux 6.1, and of virtiofsd 1.13: one that a
/// newer version closes fails the suite there, and then goes from the list.
final class Conformance {
    static final List<String> DRIVERS = List.of("virtiofs", "9p", "9p-mapped");

    static final List<ConformanceRow> ROWS =
            Stream.of(files(), attributes(), names(), concurrency(), tools(), hosts(), changes())
                    .flatMap(List::stream)
                    .toList();

    private Conformance() {}

    private static ConformanceRow row(String title, String step) {
        return ConformanceRow.of(title, step);
    }

    private static ConformanceRow both(String title, Trial trial) {
        return ConformanceRow.of(title, trial);
    }

    private static List<ConformanceRow> files() {
        return List.of(
                row("create, append, truncate", "create_append_truncate"),
                row("rename over an open file", "rename_over_an_open_file"),
                row("read and write an unlinked file", "use_after_unlink"),
                row("`ftruncate`, `fchmod` of an unlinked file", "change_after_unlink")
                        .failingWith("9p", Why.NO_HANDLE)
                        .failingWith("9p-mapped", Why.NO_HANDLE),
                row("move and remove directories with open files", "directories_move"),
                row("hard links", "hard_links"),
                row("symbolic links: to files, directories, nothing; long", "symbolic_links"),
                row("inode numbers are unique and stay", "identity"),
                row("sparse files", "sparse_files"),
                row("`fsync` of files and directories", "synchronise"),
                row("the room that is free", "free_room"),
                row("`copy_file_range`", "copy_in_the_kernel"),
                row("`fallocate`", "reserve_room")
                        .failingWith("9p", Why.NO_MESSAGE)
                        .failingWith("9p-mapped", Why.NO_MESSAGE),
                row("`SEEK_HOLE`, `SEEK_DATA`", "find_holes")
                        .failingWith("9p", Why.NO_MESSAGE)
                        .failingWith("9p-mapped", Why.NO_MESSAGE),
                row("`renameat2`: exchange", "swap_names")
                        .failingWith("9p", Why.NO_MESSAGE)
                        .failingWith("9p-mapped", Why.NO_MESSAGE),
                row("`renameat2`: do not replace", "rename_without_replacing")
                        .failingWith("9p", Why.NO_MESSAGE)
                        .failingWith("9p-mapped", Why.NO_MESSAGE),
                row("`O_TMPFILE`", "file_without_a_name")
                        .failingWith("virtiofs", Why.NOT_IN_VIRTIOFSD)
                        .failingWith("9p", Why.NO_MESSAGE)
                        .failingWith("9p-mapped", Why.NO_MESSAGE),
                both("a file of 2 GiB", HostSide::size).takingMinutes(),
                row("10,000 files in a directory", "ten_thousand_files").takingMinutes());
    }

    private static List<ConformanceRow> attributes() {
        return List.of(
                row("`chmod`, and what it forbids", "modes"),
                row("times of files and links, in seconds", "times"),
                row("times in nanoseconds", "nanoseconds")
                        .failingWith("9p", Why.SECONDS)
                        .failingWith("9p-mapped", Why.SECONDS),
                row("extended attributes (`user.*`)", "extended_attributes"),
                row("`sudo chown root`", "root_gives_away").failingWith("9p", Why.NO_ROOT),
                row("`sudo install -o root`", "root_installs").failingWith("9p", Why.NO_ROOT),
                row("named pipes", "named_pipe").failingWith("9p", Why.SPECIAL_FILES),
                row("Unix sockets", "socket_in_the_project").failingWith("9p", Why.SPECIAL_FILES));
    }

    private static List<ConformanceRow> names() {
        return List.of(
                row("names with line feeds, of 255 bytes, not UTF-8", "odd_names"),
                row("a name of 256 bytes is refused", "too_long_a_name"),
                row("`README` beside `readme`", "case_pairs"),
                row("paths of 3000 bytes", "deep_paths"));
    }

    private static List<ConformanceRow> concurrency() {
        return List.of(
                row("only one of four creates a lock file", "exclusive_creation"),
                row("four programs append to a file", "appends_at_once"),
                row("rename storm: a reader finds whole files", "rename_storm"),
                row("list a directory while files go", "list_while_removing"),
                row("`flock`", "flock"),
                row("record locks (`fcntl`)", "record_locks"),
                row("`mmap` that is shared and written", "shared_map"),
                row("SQLite with a write-ahead log", "sqlite_with_a_write_ahead_log"),
                row("SQLite with a rollback journal", "sqlite_with_a_rollback_journal"),
                row("inotify of the guest's own changes", "own_changes_are_notified"));
    }

    private static List<ConformanceRow> tools() {
        return List.of(
                row("git: commit, stash, rebase, `gc`, `fsck`", "git_commits_and_collects"),
                row("git: `worktree`", "git_worktree"),
                row("git: a local clone", "git_clone_over_hard_links"),
                row("programs behind links, as npm's `.bin` has them", "linked_programs"),
                row("programs hard-linked anew, as cargo does", "linked_artifacts"),
                row("make and gcc: only what changed is built", "build_with_make"),
                row("make: an edit within the second of the build", "build_within_a_second"),
                row("tar, with links and times", "unpack_an_archive"),
                row("rsync within the project", "mirror_with_rsync"),
                row("rsync from the guest's disk: nothing twice", "mirror_from_the_guest_disk"),
                row("`mv` from the guest's disk", "move_from_the_guest_disk"));
    }

    private static List<ConformanceRow> hosts() {
        return List.of(
                both("on the host: the owner is the project's", HostSide::owner),
                both("on the host: `chmod +x` is seen", HostSide::modes)
                        .failingWith("9p-mapped", Why.MAPPED),
                both("on the host: a symbolic link is one", HostSide::links)
                        .failingWith("9p-mapped", Why.MAPPED),
                both("on the host: a hard link is one", HostSide::hardLinks),
                both("on the host: times are the same", HostSide::times),
                both("on the host: odd names are the same", HostSide::names),
                both("on the host: sparse files are sparse", HostSide::room),
                both("on the host: what `mmap` wrote is there", HostSide::map),
                both("on the host: a pipe is one", HostSide::pipe)
                        .failingWith("9p", Why.SPECIAL_FILES)
                        .failingWith("9p-mapped", Why.MAPPED),
                both("on the host: a socket is one", HostSide::socket)
                        .failingWith("9p", Why.SPECIAL_FILES)
                        .failingWith("9p-mapped", Why.MAPPED),
                both("on the host: root's files in the guest are the owner's", HostSide::root)
                        .failingWith("9p", Why.NO_ROOT),
                both("of the host: a file is read, with its time", HostSide::file),
                both("of the host: a program runs", HostSide::program),
                both("of the host: a symbolic link is followed", HostSide::linkOfHost)
                        .failingWith("9p-mapped", Why.LINKS_ARE_FILES));
    }

    private static List<ConformanceRow> changes() {
        return List.of(
                both("the host makes a file: seen within 5 s", HostSide::newFile),
                both("the host appends: seen within 5 s", HostSide::append),
                both("the host replaces a file: seen within 5 s", HostSide::replacement),
                both("the host replaces a file: seen at once", HostSide::replacementAtOnce)
                        .failingWith("virtiofs", Why.REMEMBERS),
                both("the host removes a file: seen within 5 s", HostSide::removal),
                both("the host removes a file that the guest reads", HostSide::removalOfOpenFile),
                both("the host writes a file that the guest has mapped", HostSide::changeUnderMap)
                        .failingWith("virtiofs", Why.NOBODY_TELLS)
                        .failingWith("9p", Why.NOBODY_TELLS)
                        .failingWith("9p-mapped", Why.NOBODY_TELLS),
                both("the host changes a file: inotify in the guest", HostSide::notification)
                        .failingWith("9p", Why.NOBODY_TELLS)
                        .failingWith("9p-mapped", Why.NOBODY_TELLS),
                both("both append to a file", HostSide::appends),
                both("the host replaces, the guest finds whole files", HostSide::replacements),
                both("git: both commit in turn, seen within 5 s", HostSide::commits),
                both("`flock` of the guest is respected by the host", HostSide::flock)
                        .failingWith("virtiofs", Why.LOCKS_STAY)
                        .failingWith("9p", Why.LOCKS_STAY)
                        .failingWith("9p-mapped", Why.LOCKS_STAY),
                both("record locks of the guest are respected by the host", HostSide::recordLock)
                        .failingWith("virtiofs", Why.LOCKS_STAY)
                        .failingWith("9p", Why.LOCKS_STAY)
                        .failingWith("9p-mapped", Why.LOCKS_STAY));
    }

    /// The reasons, each once.
    private static final class Why {
        static final String NO_HANDLE =
                "QEMU 7.2 looks for the file by its name, which is gone, though it has it open";
        static final String NO_MESSAGE = "9p has no message for it";
        static final String NOT_IN_VIRTIOFSD = "The guest asks for it, and virtiofsd 1.13 refuses";
        static final String SECONDS =
                "The guest's kernel sets times in whole seconds where a file system does not ask for"
                        + " finer ones, and 9p does not";
        static final String NO_ROOT =
                "QEMU works as the project's owner, who cannot give files away";
        static final String SPECIAL_FILES =
                "QEMU 7.2 opens what it made, to set its mode, and then refuses to open anything but"
                        + " files and directories";
        static final String MAPPED =
                "Modes, links and special files are attributes (`user.virtfs.*`) of plain files";
        static final String LINKS_ARE_FILES =
                "QEMU expects links as plain files, and follows no true one";
        static final String NOBODY_TELLS = "Nobody tells the guest of a change";
        static final String REMEMBERS =
                "The guest remembers for a second what a name stands for, which spares virtiofsd most"
                        + " questions";
        static final String LOCKS_STAY = "Locks hold among the programs of one side";
    }
}
