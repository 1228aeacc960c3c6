package keystone.agent.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a project wants in its guests beyond the base image; it becomes a layer of its own.
///
/// @param packages Debian package names, in any order, without versions
/// @param setup a shell script, run as root once, in a booted guest, after the packages are there
public record ImageRecipe(List<String> packages, @Nullable String setup) {
    public static final ImageRecipe NONE = new ImageRecipe(List.of(), null);

    /// Debian policy 5.6.1.
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,}");

    public ImageRecipe {
        packages = packages.stream().sorted().distinct().toList();
        for (String name : packages) {
            if (!PACKAGE.matcher(name).matches()) {
                throw UserError.usage(
                        "`" + Printable.of(name) + "` cannot be a Debian package's name",
                        "correct `packages` under [image] in agent.toml");
            }
        }
    }

    public boolean isEmpty() {
        return packages.isEmpty() && setup == null;
    }
}
