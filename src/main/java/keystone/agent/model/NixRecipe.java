package keystone.agent.model;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// What a NixOS guest is made of beyond what this program says.
///
/// @param nixpkgs a flake reference
/// @param microvm a flake reference: microvm.nix, or what stands for it
/// @param modules NixOS modules of the user's, each one file; later ones are stronger
public record NixRecipe(String nixpkgs, String microvm, List<Path> modules) {
    public static final String NIXPKGS = "github:NixOS/nixpkgs/nixos-unstable";
    public static final String MICROVM = "github:microvm-nix/microvm.nix";

    /// Nothing that means anything within a string of Nix's language.
    private static final Pattern REFERENCE = Pattern.compile("[A-Za-z0-9+.:/_?=&%@~-]+");

    public NixRecipe {
        modules = List.copyOf(modules);
        checkReference(nixpkgs);
        checkReference(microvm);
    }

    /// The same text, if it can be a flake reference.
    public static String checkReference(String text) {
        if (!REFERENCE.matcher(text).matches()) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` cannot be a flake reference",
                    "write one such as " + NIXPKGS);
        }
        return text;
    }
}
