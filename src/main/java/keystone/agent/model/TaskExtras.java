package keystone.agent.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What else may be said of a task.
///
/// @param model as the agent calls it; null for the agent's own choice
/// @param staged where the files lie that come with the prompt, as the store calls it; null for
/// none
/// @param copies paths in the project that git ignores and the task's worktree is to have as well
/// @param notices who is told when nobody follows it
public record TaskExtras(
        @Nullable String model, @Nullable String staged, List<String> copies, Notices notices) {
    public static final TaskExtras NONE = new TaskExtras(null, null, List.of(), Notices.DESKTOP);

    private static final Pattern MODEL = Pattern.compile("[\\p{Alnum}._:/@\\[\\]+-]{1,200}");

    public TaskExtras {
        copies = List.copyOf(copies);
        copies.forEach(TaskExtras::checkCopy);
        if (model != null && !MODEL.matcher(model).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(model) + "` is not the name of a model",
                    "use the name that the agent knows, such as: --model opus");
        }
    }

    /// Who is told of a task that waits, or has ended, while nobody follows it.
    public enum Notices {
        DESKTOP("desktop"),
        NONE("none");

        private final String word;

        Notices(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        public static Notices parse(String word) {
            for (Notices each : values()) {
                if (each.word.equals(word)) {
                    return each;
                }
            }
            throw UserError.usage(
                    "`" + Printable.of(word) + "` tells nobody", "use `desktop` or `none`");
        }
    }

    /// A path below the project, without any detour.
    ///
    /// @return the same
    public static String checkCopy(String path) {
        boolean isBelow =
                !path.isEmpty()
                        && path.length() <= 1000
                        && path.chars().noneMatch(Character::isISOControl)
                        && List.of(path.split("/", -1)).stream()
                                .noneMatch(
                                        each ->
                                                each.isEmpty()
                                                        || each.equals(".")
                                                        || each.equals("..")
                                                        || each.equals(".git"));
        if (!isBelow) {
            throw UserError.usage(
                    "`" + Printable.of(path) + "` is not a path below the project",
                    "write it as in `node_modules` or `tools/cache`, without a slash at its ends");
        }
        return path;
    }

    public TaskExtras withStaged(@Nullable String name) {
        return new TaskExtras(model, name, copies, notices);
    }
}
