package keystone.agent.model;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a project wants in its guests beyond the base image.
///
/// @param packages Debian package names, in any order, without versions
/// @param setup a shell script, run as root once, in a booted guest, after the packages are there
/// @param agents whether the agents layer lies between the base and what the project wants
/// @param nix what its NixOS guests are made of; null where they are Debian's
public record ImageRecipe(
        List<String> packages,
        @Nullable String setup,
        AgentsLayer agents,
        @Nullable NixRecipe nix) {
    public static final ImageRecipe NONE = new ImageRecipe(List.of(), null);

    /// The layer that holds the agents we know, see [Agents].
    public enum AgentsLayer {
        LEFT_OUT,
        INCLUDED
    }

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

    /// An image of Debian's packages.
    public ImageRecipe(List<String> packages, @Nullable String setup, AgentsLayer agents) {
        this(packages, setup, agents, null);
    }

    /// What a project wants of its own.
    public ImageRecipe(List<String> packages, @Nullable String setup) {
        this(packages, setup, AgentsLayer.LEFT_OUT);
    }

    public ImageRecipe with(AgentsLayer other) {
        return new ImageRecipe(packages, setup, other, nix);
    }

    /// Whether it takes a layer of the project's own.
    public boolean hasOwnLayer() {
        return !packages.isEmpty() || setup != null;
    }
}
