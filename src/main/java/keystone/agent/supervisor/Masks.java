package keystone.agent.supervisor;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import keystone.agent.model.MaskRules;
import keystone.agent.model.Masking;
import keystone.agent.model.Masking.Exposed;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NamePatterns.Kind;
import keystone.agent.model.Owner;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.Share.Cover;
import keystone.agent.model.UserError;
import keystone.agent.process.MountTable;
import keystone.agent.process.OpenDirectory;
import keystone.agent.process.RawPath;
import keystone.agent.process.ShareProof;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.RunDir;
import keystone.agent.workspace.SecretFiles;
import keystone.agent.workspace.Shares;
import org.jspecify.annotations.Nullable;

/// The files of what is shared that something else was laid over, and how it is with them now:
/// observed each time, as the kernel lays nothing over what takes a file's place. Thread-safe.
///
/// Paths are in the form of [RawPath#nameOf].
final class Masks {
    /// A person waits for it, but what is not looked at is not masked.
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final String CONTENT =
            "# keystone-agent masks this file: what is in it stays on the host.\n";

    /// Each is a mount, and three words of an argument list.
    private static final int MOST = 500;

    /// At most so many until two agree.
    private static final int LOOKS = 4;

    private static final String NEW = "it was put there after the start";
    private static final String EXCHANGED = "it was put in the place of one that was masked";
    private static final String STAGED = "it is in the repository, too, which the guest has";
    private static final String OTHER_NAME =
            "it has another name (a hard link), under which it is not masked";

    private final MaskRules rules;
    private final Shares shares;
    private final Stand stand;
    private final Optional<String> gitCovered;

    /// By tag: what was laid over, with what is seen instead.
    private final Map<String, Map<String, Path>> laid;

    /// By tag: what was left as it is on purpose.
    private final Map<String, Set<String>> left;

    private volatile Masking now = Masking.NONE;

    /// What stands in the place of what is masked.
    ///
    /// @param obstacle why nothing can be laid over anything here; null when it can
    record Stand(Path file, Path directory, @Nullable String obstacle) {
        static Stand prepare(RunDir run, Owner owner, Optional<String> obstacle) {
            Path directory = PrivateFiles.createDirectories(run.empty());
            Disk.giveTo(owner, directory);
            PrivateFiles.replace(run.mask(), CONTENT);
            Disk.giveTo(owner, run.mask());
            return new Stand(run.mask(), directory, obstacle.orElse(null));
        }
    }

    /// @param shares as they were asked for
    Masks(MaskRules rules, Shares shares, Stand stand, GitAccess git) {
        this.rules = rules;
        this.shares = shares;
        this.stand = stand;
        this.gitCovered = git instanceof GitAccess.Direct ? Optional.empty() : Optional.of(".git");
        this.laid = new LinkedHashMap<>();
        this.left = new LinkedHashMap<>();
    }

    /// What one look at all shares has found.
    ///
    /// @param byTag each with its share
    record Look(Map<String, SecretFiles.Found> byTag, Shares shares) {
        /// What a person should know of, as it is shown.
        List<String> suspicious() {
            var all = new ArrayList<String>();
            byTag.forEach(
                    (tag, found) -> {
                        Share share = Objects.requireNonNull(shares.byTag().get(tag));
                        found.suspicious().forEach(path -> all.add(shown(share, path)));
                    });
            return all;
        }
    }

    /// @param entered is shown every directory that is looked at
    Look look(Consumer<OpenDirectory> entered) {
        NamePatterns masked = rules.masked();
        NamePatterns suspicious = rules.suspicious();
        var byTag = new LinkedHashMap<String, SecretFiles.Found>();
        shares.byTag()
                .forEach(
                        (tag, share) ->
                                byTag.put(
                                        tag,
                                        SecretFiles.in(
                                                share.host(),
                                                tag.equals(Shares.PROJECT)
                                                        ? gitCovered
                                                        : Optional.empty(),
                                                masked,
                                                suspicious,
                                                entered,
                                                LOOK)));
        return new Look(byTag, shares);
    }

    /// Decides what is masked, before the shares are served.
    ///
    /// @throws UserError when what somebody asked for cannot be masked; also when there is too much
    ///     to mask, as a guest could have seen to that
    void lay(Look look, GitAccess git) throws InterruptedException {
        if (stand.obstacle() == null) {
            look.byTag().forEach((tag, found) -> found.missed().ifPresent(why -> refuse(tag, why)));
            Set<String> staged = staged(look, git);
            look.byTag().forEach((tag, found) -> lay(tag, found, staged));
        } else {
            refuseWhatWasAskedFor(look, stand.obstacle());
        }
        now = state(look, List.of());
    }

    private void refuseWhatWasAskedFor(Look look, String obstacle) {
        for (SecretFiles.Found found : look.byTag().values()) {
            found.matching()
                    .forEach(
                            (path, kind) -> {
                                if (rules.asked().include(path, kind)) {
                                    throw UserError.hostLacks(
                                            "%s cannot be masked: %s"
                                                    .formatted(Printable.of(text(path)), obstacle),
                                            "keystone-agent doctor   # or take it out of `mask` in"
                                                    + " agent.toml");
                                }
                            });
        }
    }

    /// What whoever has the project's repository can read anyway. A guest that has no repository of
    /// its own could change what is staged, to be shown a file for it.
    private static Set<String> staged(Look look, GitAccess git) throws InterruptedException {
        SecretFiles.Found project = look.byTag().get(Shares.PROJECT);
        if (project == null || !(git instanceof GitAccess.Own own)) {
            return Set.of();
        }
        List<String> files =
                project.matching().keySet().stream()
                        .filter(Masks::canBePassedOn)
                        .map(Masks::text)
                        .toList();
        return own.repository().stagedAsTheyAre(files);
    }

    private void lay(String tag, SecretFiles.Found found, Set<String> staged) {
        var over = new TreeMap<String, Path>();
        var open = new TreeSet<String>();
        found.matching()
                .forEach(
                        (path, kind) -> {
                            if (tag.equals(Shares.PROJECT) && staged.contains(text(path))) {
                                open.add(path);
                            } else if (over.size() == MOST) {
                                refuse(tag, "more than %d files in it match".formatted(MOST));
                            } else if (canBePassedOn(path)) {
                                over.put(
                                        path, kind == Kind.FILE ? stand.file() : stand.directory());
                            }
                        });
        laid.put(tag, over);
        left.put(tag, open);
    }

    private void refuse(String tag, String why) {
        Share share = Objects.requireNonNull(shares.byTag().get(tag));
        if (!Files.isDirectory(share.host(), LinkOption.NOFOLLOW_LINKS)) {
            throw ShareProof.swapped(share);
        }
        throw UserError.wrongState(
                "not every secret file can be masked in %s: %s"
                        .formatted(Printable.of(share.host().toString()), why),
                "take away what is too much (keystone-agent review names what is new), or have it not"
                        + " masked: in agent.toml, [workspace] mask = [\"!PATTERN\"]");
    }

    /// An argument list holds text, and names are bytes.
    private static boolean canBePassedOn(String path) {
        String text = text(path);
        return RawPath.nameOf(Path.of(text)).equals(path)
                && text.codePoints().noneMatch(Character::isISOControl);
    }

    private static String text(String path) {
        return RawPath.ofName(path).toString();
    }

    /// The shares as whoever serves them gets them.
    Shares over(Shares given) {
        var covers = new LinkedHashMap<String, List<Cover>>();
        laid.forEach(
                (tag, paths) ->
                        covers.put(
                                tag,
                                paths.entrySet().stream()
                                        .map(
                                                each ->
                                                        new Cover(
                                                                text(each.getKey()),
                                                                each.getValue()))
                                        .toList()));
        return given.covering(covers);
    }

    /// What is masked of the project, as text.
    List<String> ofProject() {
        return laid.getOrDefault(Shares.PROJECT, Map.of()).keySet().stream()
                .map(Masks::text)
                .toList();
    }

    /// How it is; see [#observe].
    Masking facts() {
        return now;
    }

    /// Asks the kernel what is still laid over what, and keeps that.
    ///
    /// Between a look at the tree and one at the kernel's list a directory can be renamed, with
    /// what lies over its files. So what is new counts once two looks agree, or whatever the last
    /// says: a guest that renames all the time hides nothing.
    ///
    /// @param looks a look at the tree each time
    /// @return what the guest can read and could not
    List<Exposed> observe(Supplier<Look> looks) {
        Set<Exposed> before = Set.copyOf(now.readable());
        Masking seen = state(looks.get(), MountTable.ofTheEnclosed());
        for (int i = 1; i < LOOKS && !before.containsAll(seen.readable()); i++) {
            Masking again = state(looks.get(), MountTable.ofTheEnclosed());
            boolean agree = again.equals(seen);
            seen = again;
            if (agree) {
                break;
            }
        }
        now = seen;
        return seen.readable().stream().filter(each -> !before.contains(each)).toList();
    }

    /// @param tables of those who serve; none before they do
    private Masking state(Look look, List<MountTable> tables) {
        var result = new Result();
        // Before it is served there is nobody to ask.
        boolean isServed = !tables.isEmpty();
        for (Map.Entry<String, SecretFiles.Found> each : look.byTag().entrySet()) {
            Share share = shares.byTag().get(each.getKey());
            if (share != null) {
                var view = new View(share, tables, stand);
                add(each.getKey(), share, each.getValue(), view, result);
                if (isServed && view.served.isEmpty() && result.problem == null) {
                    result.problem =
                            "what is masked in %s cannot be told: who serves it was not found"
                                    .formatted(Printable.of(share.host().toString()));
                }
            }
        }
        return new Masking(result.masked, result.readable, result.problem);
    }

    /// What is put together.
    private static final class Result {
        private final List<String> masked = new ArrayList<>();
        private final List<Exposed> readable = new ArrayList<>();
        private @Nullable String problem;
    }

    private void add(String tag, Share share, SecretFiles.Found found, View view, Result result) {
        found.matching()
                .forEach(
                        (path, kind) -> {
                            String why = why(tag, path, view.look(text(path)));
                            if (why == null) {
                                result.masked.add(shown(share, path));
                            }
                            // Of a directory, those below it count as names.
                            if (why == null
                                    && kind == Kind.FILE
                                    && SecretFiles.hasOtherName(share.host(), path)) {
                                why = OTHER_NAME;
                            }
                            if (why != null) {
                                result.readable.add(new Exposed(shown(share, path), why));
                            }
                        });
        for (Exposed other : found.readable()) {
            result.readable.add(new Exposed(shown(share, other.path()), other.why()));
        }
        if (result.problem == null && found.missed().isPresent()) {
            result.problem = Printable.of(share.host().toString()) + ": " + found.missed().get();
        }
    }

    /// How a file is for whoever serves it.
    private enum Seen {
        MASKED,
        BARE,
        NOT_SERVED
    }

    /// Why it can be read; null when it cannot.
    private @Nullable String why(String tag, String path, Seen seen) {
        if (stand.obstacle() != null) {
            return stand.obstacle();
        }
        // Also under another path: what is laid over a file goes with its directory.
        if (seen == Seen.MASKED) {
            return null;
        }
        if (left.getOrDefault(tag, Set.of()).contains(path)) {
            return STAGED;
        }
        Map<String, Path> over = laid.getOrDefault(tag, Map.of());
        if (over.containsKey(path)) {
            return seen == Seen.BARE ? EXCHANGED : null;
        }
        if (!canBePassedOn(path)) {
            return "its name is not text, and cannot be passed on";
        }
        return NEW;
    }

    /// A share as whoever serves it sees it; nobody, while it ends.
    private static final class View {
        private final Set<MountTable.Place> standing = new HashSet<>();
        private final Map<MountTable, List<Path>> served = new LinkedHashMap<>();

        View(Share share, List<MountTable> tables, Stand stand) {
            MountTable ours = MountTable.ofThisProcess();
            ours.find(stand.file()).ifPresent(standing::add);
            ours.find(stand.directory()).ifPresent(standing::add);
            MountTable.Place meant = ours.find(share.host()).orElseThrow();
            for (MountTable table : tables) {
                List<Path> points = table.points(meant);
                if (!points.isEmpty()) {
                    served.put(table, points);
                }
            }
        }

        Seen look(String path) {
            if (served.isEmpty()) {
                return Seen.NOT_SERVED;
            }
            return served.entrySet().stream()
                            .anyMatch(each -> isHidden(each.getKey(), each.getValue(), path))
                    ? Seen.MASKED
                    : Seen.BARE;
        }

        private boolean isHidden(MountTable table, List<Path> points, String path) {
            return points.stream()
                    .flatMap(point -> table.find(point.resolve(path)).stream())
                    .anyMatch(standing::contains);
        }
    }

    private static String shown(Share share, String path) {
        String name = text(path);
        return share.guest().equals(SandboxSpec.WORKSPACE) ? name : share.guest() + "/" + name;
    }
}
