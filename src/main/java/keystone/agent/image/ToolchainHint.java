package keystone.agent.image;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Notices that a project needs a toolchain that its guests lack.
final class ToolchainHint {
    /// A kind of project.
    ///
    /// @param file whose presence in the project's top directory tells
    /// @param packages what to suggest
    /// @param presence any package whose name matches means that the toolchain is there
    private record Toolchain(String file, String name, List<String> packages, Pattern presence) {
        Toolchain(String file, String name, List<String> packages, String presence) {
            this(file, name, packages, Pattern.compile(presence));
        }

        boolean isWantedBy(Path project) {
            return Files.isRegularFile(project.resolve(file), LinkOption.NOFOLLOW_LINKS);
        }

        boolean isAmong(Collection<String> names) {
            return names.stream().anyMatch(name -> presence.matcher(name).matches());
        }
    }

    private static final List<Toolchain> KNOWN =
            List.of(
                    new Toolchain("package.json", "Node.js", List.of("nodejs", "npm"), "nodejs"),
                    new Toolchain(
                            "pom.xml", "Maven", List.of("default-jdk-headless", "maven"), "maven"),
                    new Toolchain(
                            "pyproject.toml",
                            "Python",
                            List.of("python3", "python3-venv"),
                            "python3"),
                    new Toolchain("go.mod", "Go", List.of("golang-go"), "golang(-[0-9.]+)?(-go)?"),
                    new Toolchain("Cargo.toml", "Rust", List.of("cargo", "rustc"), "cargo"));

    private ToolchainHint() {}

    /// One line, or nothing when nothing is missing.
    ///
    /// @param installed names of all packages in the guest
    static Optional<String> of(Path project, Collection<String> installed) {
        var missing = new ArrayList<Toolchain>();
        for (Toolchain each : KNOWN) {
            if (each.isWantedBy(project) && !each.isAmong(installed)) {
                missing.add(each);
            }
        }
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = missing.stream().map(Toolchain::name).toList();
        List<String> packages =
                missing.stream()
                        .flatMap(each -> each.packages().stream())
                        .map(name -> '"' + name + '"')
                        .toList();
        return Optional.of(
                String.join(" and ", names)
                        + " not found in the sandbox; to have it there, put `packages = ["
                        + String.join(", ", packages)
                        + "]` under [image] in .keystone/agent.toml");
    }
}
