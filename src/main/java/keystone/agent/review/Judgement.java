package keystone.agent.review;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import keystone.agent.model.Danger;
import keystone.agent.model.Review.Change;
import keystone.agent.model.Review.Concern;
import keystone.agent.review.Comparison.Difference;
import org.jspecify.annotations.Nullable;

/// Decides which differences need a look, and why. One reason for each name, the most telling one.
final class Judgement {
    private static final String GIT = ".git";

    private final Surface surface;
    private final Set<String> bareRepositories;
    private final String root;

    /// Repositories that are new as a whole: what is in them needs no words of its own.
    private String newRepository = "";

    /// For one comparison.
    ///
    /// @param bareRepositories directories that git takes for repositories, whatever their name
    /// @param root the tree's own path, absolute, in the form of link targets
    Judgement(Surface surface, Set<String> bareRepositories, String root) {
        this.surface = surface;
        this.bareRepositories = bareRepositories;
        this.root = root;
    }

    /// The concerns among them, the most serious danger first.
    ///
    /// @param differences by name, so that a directory comes before what is in it
    List<Concern> concerns(List<Difference> differences) {
        var concerns = new ArrayList<Concern>();
        for (Difference each : differences) {
            if (!newRepository.isEmpty() && each.name().startsWith(newRepository)) {
                continue;
            }
            danger(each).ifPresent(danger -> concerns.add(concern(each, danger)));
        }
        concerns.sort(Comparator.comparing(Concern::danger));
        return concerns;
    }

    private static Concern concern(Difference difference, Danger danger) {
        Item now = difference.now();
        String detail = now != null && danger == Danger.LINK ? Names.shown(now.target()) : "";
        return new Concern(
                new Change(Names.shown(difference.name()), difference.kind()), danger, detail);
    }

    private Optional<Danger> danger(Difference difference) {
        Item now = difference.now();
        if (now == null) {
            return ofRemoval(difference);
        }
        return ofNature(difference, now)
                .or(() -> ofRepository(difference, now))
                .or(() -> now.kind() == Item.Kind.DIRECTORY ? Optional.empty() : ofName(difference))
                .or(() -> ofProgram(now));
    }

    /// What is gone is obeyed no more, but an ignore rule or a hook may have been a protection.
    private Optional<Danger> ofRemoval(Difference difference) {
        Item before = difference.before();
        boolean wasDirectory = before != null && before.kind() == Item.Kind.DIRECTORY;
        return wasDirectory ? Optional.empty() : ofName(difference);
    }

    private Optional<Danger> ofNature(Difference difference, Item now) {
        return switch (now.kind()) {
            case SPECIAL -> Optional.of(Danger.SPECIAL);
            case CLOSED -> Optional.of(Danger.CLOSED);
            case LINK ->
                    Leads.out(difference.name(), now.target(), root) || Leads.intoGit(now.target())
                            ? Optional.of(Danger.LINK)
                            : Optional.empty();
            case FILE -> now.setsId() ? Optional.of(Danger.SETUID) : Optional.empty();
            case DIRECTORY -> Optional.empty();
        };
    }

    /// A repository that came or changed its nature.
    private Optional<Danger> ofRepository(Difference difference, Item now) {
        String name = difference.name();
        boolean changedNature = isOther(difference.before(), now);
        if (name.equals(GIT)) {
            newRepository = changedNature ? name + "/" : "";
            return changedNature || now.kind() != Item.Kind.DIRECTORY
                    ? Optional.of(Danger.GIT)
                    : Optional.empty();
        }
        if (name.endsWith("/" + GIT) && (changedNature || now.kind() != Item.Kind.DIRECTORY)) {
            newRepository = name + "/";
            return Optional.of(Danger.REPOSITORY);
        }
        return Optional.empty();
    }

    private static boolean isOther(@Nullable Item before, Item now) {
        return before == null || before.kind() != now.kind();
    }

    private Optional<Danger> ofName(Difference difference) {
        List<String> parts = difference.parts();
        int git = parts.indexOf(GIT);
        if (git >= 0 && git + 1 < parts.size()) {
            return inGitDirectory(difference, parts.subList(git + 1, parts.size()), Danger.GIT);
        }
        for (int length = 0; length < parts.size(); length++) {
            if (bareRepositories.contains(String.join("/", parts.subList(0, length)))) {
                return inGitDirectory(
                        difference, parts.subList(length, parts.size()), Danger.REPOSITORY);
            }
        }
        return surface.danger(parts);
    }

    private static Optional<Danger> inGitDirectory(
            Difference difference, List<String> parts, Danger danger) {
        Item now = difference.now();
        boolean isFile = now == null || now.kind() == Item.Kind.FILE;
        return isFile && GitDirectory.isData(String.join("/", parts))
                ? Optional.empty()
                : Optional.of(danger);
    }

    private static Optional<Danger> ofProgram(Item now) {
        return now.isExecutable() ? Optional.of(Danger.PROGRAM) : Optional.empty();
    }
}
