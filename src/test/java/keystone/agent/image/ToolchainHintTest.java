package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolchainHintTest {
    @TempDir Path project;

    @ParameterizedTest
    @CsvSource({
        "package.json, Node.js, '\"nodejs\", \"npm\"'",
        "pom.xml, Maven, '\"default-jdk-headless\", \"maven\"'",
        "pyproject.toml, Python, '\"python3\", \"python3-venv\"'",
        "go.mod, Go, '\"golang-go\"'",
        "Cargo.toml, Rust, '\"cargo\", \"rustc\"'",
    })
    void a_project_without_its_toolchain_gets_one_line(String file, String name, String packages)
            throws IOException {
        Files.createFile(project.resolve(file));

        String hint = ToolchainHint.of(project, List.of("git")).orElseThrow();

        assertThat(hint).startsWith(name).contains("packages = [" + packages + "]").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({
        "package.json, nodejs",
        "pom.xml, maven",
        "pyproject.toml, python3",
        "go.mod, golang-1.19-go",
        "Cargo.toml, cargo",
    })
    void a_project_with_its_toolchain_gets_none(String file, String installed) throws IOException {
        Files.createFile(project.resolve(file));

        assertThat(ToolchainHint.of(project, List.of("git", installed))).isEmpty();
    }

    @Test
    void a_project_of_two_kinds_gets_one_line_for_both() throws IOException {
        Files.createFile(project.resolve("package.json"));
        Files.createFile(project.resolve("go.mod"));

        assertThat(ToolchainHint.of(project, List.of()).orElseThrow())
                .startsWith("Node.js and Go not found")
                .contains("[\"nodejs\", \"npm\", \"golang-go\"]")
                .hasLineCount(1);
    }

    @Test
    void a_link_out_of_the_project_is_not_followed() throws IOException {
        Files.createSymbolicLink(project.resolve("package.json"), Path.of("/etc/passwd"));

        assertThat(ToolchainHint.of(project, List.of())).isEmpty();
    }

    @Test
    void an_unknown_kind_of_project_gets_none() {
        assertThat(ToolchainHint.of(project, List.of())).isEmpty();
    }
}
