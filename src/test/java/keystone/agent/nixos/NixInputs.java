package keystone.agent.nixos;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import keystone.agent.model.Image;
import keystone.agent.model.NixRecipe;

/// Flakes on this disk that stand for nixpkgs and microvm.nix.
///
/// @param directory holds one of each
record NixInputs(Path directory) {
    static NixInputs in(Path directory) throws IOException {
        for (String name : List.of("nixpkgs", "microvm")) {
            Path flake = Files.createDirectories(directory.resolve(name)).resolve("flake.nix");
            try (InputStream stub =
                    Objects.requireNonNull(
                            NixInputs.class.getResourceAsStream("/nixos/" + name + ".nix"))) {
                Files.write(flake, stub.readAllBytes());
            }
        }
        return new NixInputs(directory);
    }

    Path microvm() {
        return directory.resolve("microvm");
    }

    /// The runner boots this image of Debian's.
    void boot(Image image) throws IOException {
        Files.copy(image.kernel(), microvm().resolve("vmlinux"));
        Files.copy(image.initrd(), microvm().resolve("initrd.cpio"));
        Files.copy(image.layers().getFirst(), microvm().resolve("base.squashfs"));
    }

    String reference(String name) {
        return "path:" + directory.resolve(name);
    }

    NixRecipe recipe(Path... modules) {
        return new NixRecipe(reference("nixpkgs"), reference("microvm"), List.of(modules));
    }

    /// As when upstream moves on under the same name.
    void revise(int revision) throws IOException {
        Path flake = microvm().resolve("flake.nix");
        String text = Files.readString(flake);
        Files.writeString(
                flake,
                text.replaceFirst("# revision \\d+", "# revision " + revision)
                        .replaceFirst("-name stub[0-9]*", "-name stub" + revision));
    }
}
