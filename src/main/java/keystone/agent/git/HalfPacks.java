package keystone.agent.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.process.Patience;

/// What git leaves beside the packs when it takes one and gives up: as much as a guest likes to
/// send, each time, until a `gc` two weeks later.
///
/// The user's own git has files of such names there, too, open or about to get their last name. So
/// none goes while another git is at work in the repository.
final class HalfPacks {
    private static final Path PROC = Path.of("/proc");
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");

    /// Those that stay and write no packs, such as the file system monitor.
    private static final String DAEMON = "daemon";

    private final AsOwner asOwner;
    private final Layout layout;
    private final Path packs;
    private final Set<String> before;

    private HalfPacks(AsOwner asOwner, Layout layout) {
        this.asOwner = asOwner;
        this.layout = layout;
        this.packs = layout.common().resolve("objects/pack");
        this.before = found();
    }

    /// Looks what is there before a fetch.
    static HalfPacks before(AsOwner asOwner, Layout layout) {
        return new HalfPacks(asOwner, layout);
    }

    /// Removes what has come since; all of our own gits have ended.
    void remove() throws InterruptedException {
        Set<String> come = found();
        come.removeAll(before);
        if (come.isEmpty() || !Patience.until(PATIENCE, () -> !isAnybodyAtWork())) {
            return;
        }
        for (String each : come) {
            asOwner.must("rm", "-f", packs.resolve(each).toString());
        }
    }

    private Set<String> found() {
        var names = new TreeSet<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(packs, "tmp_*")) {
            entries.forEach(each -> names.add(String.valueOf(each.getFileName())));
        } catch (IOException none) {
            // Git makes the directory when it needs it.
        }
        return names;
    }

    private boolean isAnybodyAtWork() {
        try (Stream<Path> processes = Files.list(PROC)) {
            return processes
                    .filter(each -> NUMBER.matcher(String.valueOf(each.getFileName())).matches())
                    .filter(HalfPacks::isGit)
                    .anyMatch(this::isHere);
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isGit(Path process) {
        return text(process.resolve("comm")).startsWith("git")
                && !text(process.resolve("cmdline")).contains(DAEMON);
    }

    /// By where it is, and by what it has open or in its memory; another user's does not tell, and
    /// cannot write here.
    private boolean isHere(Path process) {
        if (isOfHere(target(process.resolve("cwd")))) {
            return true;
        }
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            if (open.anyMatch(each -> isOfHere(target(each)))) {
                return true;
            }
        } catch (IOException gone) {
            return false;
        }
        return text(process.resolve("maps")).contains(layout.common() + "/");
    }

    private boolean isOfHere(Path path) {
        return path.startsWith(layout.project()) || path.startsWith(layout.common());
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException gone) {
            return PROC;
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
