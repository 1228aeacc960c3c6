package keystone.agent.git;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.Enclosure.Place;
import org.jspecify.annotations.Nullable;

/// Where git works that reads what a guest has made: without network, and with nothing of the
/// user's but the repository. Where it takes what a guest sends, it can write the packs and the
/// refs that come, else nothing.
///
/// A host without user namespaces has nothing of the kind, as `status` says; there it works as any
/// other git of ours.
final class GitEnclosure {
    /// With all that git starts; elsewhere its helpers would have to be looked for.
    private static final List<Path> SYSTEM =
            Stream.of("/usr", "/bin", "/nix/store", "/gnu/store").map(Path::of).toList();

    /// In a repository with a history that is cut off, git makes files beside all others. What it
    /// obeys later stays as it is.
    private static final List<String> OBEYED =
            List.of("config", "config.worktree", "hooks", "info", "objects/info", "modules");

    private final Git git;
    private final AsOwner asOwner;
    private final Layout layout;

    GitEnclosure(Git git, AsOwner asOwner, Layout layout) {
        this.git = git;
        this.asOwner = asOwner;
        this.layout = layout;
    }

    /// For a fetch.
    ///
    /// @param into a ref's name up to a slash: those that come are below it
    Command around(
            List<String> before,
            String into,
            Map<String, String> environment,
            List<String> arguments)
            throws InterruptedException {
        @Nullable Confinement confinement = confinement();
        return confinement == null
                ? git.command(AsOwner.Life.OURS, before, environment, arguments)
                : git.enclosed(confinement, before, places(into), environment, arguments);
    }

    /// For what only reads objects; also a failure is an answer.
    ///
    /// @param arguments in which a path of the repository is this host's
    Command.Finished read(List<String> arguments) throws InterruptedException {
        @Nullable Confinement confinement = confinement();
        if (confinement == null) {
            return git.runApart(arguments.toArray(String[]::new));
        }
        String common = layout.common() + "/";
        List<String> inside =
                arguments.stream()
                        .map(each -> each.startsWith(common) ? inside(each, common) : each)
                        .toList();
        List<Place> places = List.of(Place.readOnly(layout.common(), Git.COMMON));
        return Git.finish(
                git.enclosed(confinement, Git.limited(), places, Map.of(), inside), new byte[0]);
    }

    private static String inside(String path, String common) {
        return Git.COMMON + "/" + path.substring(common.length());
    }

    /// Null when there is none that holds.
    private @Nullable Confinement confinement() throws InterruptedException {
        if (SYSTEM.stream().noneMatch(Git.program()::startsWith)) {
            return null;
        }
        var found = new ConfinementSearch(asOwner.self()).tightest(asOwner.owner());
        return found.hasPlaces() ? found : null;
    }

    private List<Place> places(String into) throws InterruptedException {
        Path common = layout.common();
        var places = new ArrayList<Place>();
        if (exists(common.resolve("shallow"))) {
            places.add(Place.readWrite(common, Git.COMMON));
            OBEYED.stream()
                    .filter(each -> exists(common.resolve(each)))
                    .map(each -> Place.readOnly(common.resolve(each), Git.COMMON + "/" + each))
                    .forEach(places::add);
            return places;
        }
        places.add(Place.readOnly(common, Git.COMMON));
        String packs = "objects/pack";
        String refs = into.substring(0, into.length() - 1);
        asOwner.must(
                "mkdir", "-p", common.resolve(packs).toString(), common.resolve(refs).toString());
        for (String each : List.of(packs, refs)) {
            places.add(Place.readWrite(common.resolve(each), Git.COMMON + "/" + each));
        }
        return places;
    }

    private static boolean exists(Path file) {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    }
}
