package keystone.agent.nixos;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.model.Digest;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// The text of a flake from which any sandbox's guest can be built, but for the one file that says
/// which sandbox it is.
///
/// @param files name to text
record GuestFlake(Map<String, String> files) {
    /// The file that is different for each sandbox.
    static final String SANDBOX = "sandbox.nix";

    private static final List<String> OURS = List.of("flake.nix", "guest.nix", "boot.sh");
    private static final long LARGEST_MODULE = 1 << 20;

    GuestFlake {
        files = new TreeMap<>(files);
    }

    /// Reads the user's modules: what changes of them later is of no account.
    static GuestFlake of(NixRecipe recipe) {
        var files = new TreeMap<String, String>();
        OURS.forEach(name -> files.put(name, resource(name)));
        var names = new StringBuilder();
        for (int i = 0; i < recipe.modules().size(); i++) {
            String name = "module-" + i + ".nix";
            files.put(name, module(recipe.modules().get(i)));
            names.append(" ./").append(name);
        }
        files.computeIfPresent(
                "flake.nix",
                (_, text) ->
                        text.replace("@nixpkgs@", recipe.nixpkgs())
                                .replace("@microvm@", recipe.microvm())
                                .replace("@modules@", names));
        return new GuestFlake(files);
    }

    private static String module(Path file) {
        try {
            if (Files.size(file) > LARGEST_MODULE) {
                throw UserError.usage(
                        "the NixOS module %s is larger than a mebibyte"
                                .formatted(Printable.of(file.toString())),
                        "correct `modules` under [nix] in your own agent.toml");
            }
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UserError(
                    UserError.Kind.USAGE,
                    "the NixOS module %s cannot be read".formatted(Printable.of(file.toString())),
                    "correct `modules` under [nix] in your own agent.toml",
                    unreadable);
        }
    }

    private static String resource(String name) {
        try (InputStream stream =
                Objects.requireNonNull(
                        GuestFlake.class.getResourceAsStream("/nixos/" + name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the program's own file " + name, e);
        }
    }

    /// Equal texts, and only those, have equal digests.
    Digest digest() {
        var all = new StringBuilder("nixos 1\n");
        files.forEach(
                (name, text) ->
                        all.append(name)
                                .append(' ')
                                .append(text.length())
                                .append('\n')
                                .append(text));
        return Digest.of(all.toString());
    }

    /// Puts it under its digest, whole or not at all.
    void keep(Path directory, Digest digest) {
        try {
            Files.createDirectories(
                    directory,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            Path made = Files.createTempDirectory(directory, ".making-");
            for (Map.Entry<String, String> each : files.entrySet()) {
                Files.writeString(made.resolve(each.getKey()), each.getValue());
            }
            try {
                Files.move(made, directory.resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
            } catch (FileSystemException thereOrImpossible) {
                // Of a directory that is not empty (rename(2)) it has no class of its own.
                Workshop.deleteTree(made);
                if (!Files.isDirectory(directory.resolve(digest.hex()))) {
                    throw thereOrImpossible;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the flake in " + directory, e);
        }
    }

    static Map<String, String> read(Path directory) {
        try (Stream<Path> kept = Files.list(directory)) {
            var files = new TreeMap<String, String>();
            kept.forEach(file -> files.put(file.getFileName() + "", NixImages.text(file)));
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the flake in " + directory, e);
        }
    }
}
