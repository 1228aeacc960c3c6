package keystone.agent.git;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.model.UserError;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.OpenFile;

/// Where an enclosed git puts what a guest sends: a directory that nobody else looks into. What is
/// as it should be there comes into the repository, the packs first.
///
/// So that git cannot touch the user's own packs, and no ref of its making is ever read that is
/// more than the name of an object. Another git, which has spoken with nobody, checks each pack:
/// git believes an index that gives the name of an object of the user's to other content.
final class Landing {
    private static final Pattern PACK = Pattern.compile("(pack-[0-9a-f]{40})\\.(pack|idx)");
    private static final Pattern PROMISOR = Pattern.compile("pack-[0-9a-f]{40}\\.promisor");
    private static final Pattern REF = Pattern.compile("[0-9a-f]{40}\n");

    /// A fetch makes one pack; two in a partial clone.
    private static final int MOST_PACKS = 20;

    /// More than a guest may send.
    private static final int MOST_REFS = 30_000;

    private static final int LONGEST_REF = 64;

    /// Until its refs are in place, too, a `repack` of the user's would drop a pack that nobody
    /// marks as kept. Which ones are is written down before, so that none stays so when this is
    /// killed: git never packs them again. The index comes last: with it git takes a pack for one.
    /// What git makes to be faster, such as the order of a pack's objects (`.rev`), stays: no check
    /// of git's looks at it, and one that lies keeps the user from `gc` and `push`.
    private static final String BRING_HOME =
            """
            set -e
            cd -- "$1"
            packs=$2 into=$3 ends=$4
            shift 4
            for each; do
                if [ ! -e "$packs/$each.idx" ]; then
                    : >"kept/$each"
                    : >"$packs/$each.keep"
                    for more in $ends; do
                        if [ -e "pack/$each.$more" ]; then mv -fT "pack/$each.$more" "$packs/$each.$more"; fi
                    done
                fi
            done
            rm -rf -- "$into"
            mv -T refs "$into"
            """;

    private static final String CLEAR =
            """
            packs=$2
            if cd -- "$1/kept" 2>/dev/null; then
                for each in *; do rm -f -- "$packs/$each.keep"; done
            fi
            rm -rf -- "$1"
            """;

    private final GitEnclosure enclosure;
    private final AsOwner asOwner;
    private final Path scratch;
    private final Path objects;
    private final Path refs;
    private final String inside;
    private final boolean isPartial;

    /// For one fetch.
    ///
    /// @param into a ref's name up to a slash: those that come are below it
    /// @param scratch made anew, on the repository's own file system
    Landing(GitEnclosure enclosure, AsOwner asOwner, Layout layout, String into, Path scratch) {
        this.enclosure = enclosure;
        this.asOwner = asOwner;
        this.scratch = scratch;
        this.inside = into.substring(0, into.length() - 1);
        this.objects = layout.common().resolve("objects");
        this.refs = layout.common().resolve(inside);
        this.isPartial = Promises.areIn(layout);
    }

    /// Makes it, and in the repository the places that it stands for.
    void prepare() throws InterruptedException {
        clear();
        asOwner.must("mkdir", "-p", objects.resolve("pack").toString(), refs.toString());
        asOwner.must(
                "mkdir",
                "-p",
                scratch.resolve("pack").toString(),
                scratch.resolve("refs").toString(),
                scratch.resolve("kept").toString());
    }

    /// What it is in the eyes of git: packs and refs that it can write, and what they hide.
    List<Place> places() {
        return List.of(
                Place.readWrite(scratch.resolve("pack"), Git.COMMON + "/objects/pack"),
                Place.readOnly(objects, Git.OBJECTS),
                Place.readWrite(scratch.resolve("refs"), Git.COMMON + "/" + inside));
    }

    /// Brings into the repository what has come.
    void bringHome(Duration limit) throws InterruptedException {
        List<String> arguments =
                new ArrayList<>(List.of("sh", "-c", BRING_HOME, "sh", scratch.toString()));
        arguments.addAll(List.of(objects.resolve("pack").toString(), refs.toString()));
        // Elsewhere nobody has promised anything: what is missing is missing.
        arguments.add(isPartial ? "promisor pack idx" : "pack idx");
        try {
            checkRefs();
            List<String> packs = packs();
            check(packs, limit);
            arguments.addAll(packs);
        } catch (IOException | UncheckedIOException unreadable) {
            throw strange("cannot be read");
        }
        asOwner.must(arguments.toArray(String[]::new));
    }

    void clear() throws InterruptedException {
        clear(asOwner, objects, scratch);
    }

    /// Removes what a killed one has left: its packs are like any others from then on.
    static void clear(AsOwner asOwner, Path objects, Path scratch) throws InterruptedException {
        String packs = objects.resolve("pack").toString();
        asOwner.must("sh", "-c", CLEAR, "sh", scratch.toString(), packs);
    }

    /// Names without their ends, of those that are whole.
    private List<String> packs() throws IOException {
        var packs = new ArrayList<String>();
        try (Stream<Path> files = Files.list(scratch.resolve("pack"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = String.valueOf(file.getFileName());
                var pack = PACK.matcher(name);
                boolean isPack = pack.matches();
                if ((isPack || PROMISOR.matcher(name).matches()) && !isFile(file)) {
                    throw strange("is no file");
                }
                if (isPack && name.endsWith(".idx")) {
                    packs.add(pack.group(1));
                }
                if (packs.size() > MOST_PACKS) {
                    throw strange("are more than " + MOST_PACKS + " packs");
                }
            }
        }
        return packs;
    }

    /// Those that the repository has already stay where they are.
    private void check(List<String> packs, Duration limit) throws InterruptedException {
        for (String each : packs) {
            boolean isThere = Files.exists(objects.resolve("pack").resolve(each + ".idx"));
            Path pack = scratch.resolve("pack").resolve(each + ".pack");
            if (!isThere && !enclosure.isTrue(pack, limit)) {
                throw strange("is no whole pack");
            }
        }
    }

    private void checkRefs() throws IOException {
        int refs = 0;
        long listed = 0;
        int top = bytes(scratch.resolve("refs"));
        try (Stream<Path> all = Files.walk(scratch.resolve("refs"))) {
            for (Path each : (Iterable<Path>) all::iterator) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    continue;
                }
                if (!isFile(each) || !isName(each)) {
                    throw strange("is not the name of an object");
                }
                listed += RefReader.listed(bytes(each) - top);
                if (++refs > MOST_REFS || listed > RefReader.MOST_LISTED) {
                    throw strange("are more than " + MOST_REFS + " refs, or long ones");
                }
            }
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static boolean isName(Path file) throws IOException {
        try (OpenFile open = OpenFile.itself(file)) {
            String text = new String(open.read(LONGEST_REF), StandardCharsets.ISO_8859_1);
            return REF.matcher(text).matches();
        }
    }

    private static boolean isFile(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    private static UserError strange(String what) {
        return UserError.failed(
                "the guest's commits were not taken: what git made of them " + what, "git fsck");
    }
}
