package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentsTreeTest {
    private static final GuestFiles FILES =
            new GuestFiles(
                    List.of(
                            file("left-out", 0644, "# comment\n**.map\ntool/docs/**\n"),
                            file("links", 0644, "opt/agents/bin/tool -> ../tool\n"),
                            file("rootfs/home/sandbox/.tool/settings", 0644, "quiet"),
                            file("rootfs/usr/local/bin/tool", 0755, "#!/bin/sh\n")));

    @TempDir Path temporary;
    private Path modules = Path.of("");

    private static GuestFiles.GuestFile file(String path, int mode, String text) {
        return new GuestFiles.GuestFile(path, mode, text);
    }

    @BeforeEach
    void unpack() throws IOException {
        modules = Files.createDirectories(temporary.resolve("node_modules"));
        put("tool/cli.js", "code");
        put("tool/cli.js.map", "source");
        put("tool/docs/deep/page.txt", "words");
        assertThat(put("tool/bin", "program").toFile().setExecutable(true)).isTrue();
    }

    private Path put(String path, String content) throws IOException {
        Path file = modules.resolve(path);
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        return Files.writeString(file, content);
    }

    @Test
    void it_holds_the_packages_and_our_files_without_what_no_guest_needs() throws IOException {
        assertThat(files())
                .containsExactly(
                        "0 755 opt/agents/node_modules/tool/bin",
                        "0 644 opt/agents/node_modules/tool/cli.js",
                        "0 777 opt/agents/bin/tool -> ../tool",
                        "1000 644 home/sandbox/.tool/settings",
                        "0 755 usr/local/bin/tool");
    }

    /// A package is a stranger's: a link in it could lead out of it on the host that packs it.
    @Test
    void links_among_the_packages_are_left_out() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret"), "of the host");
        Files.createSymbolicLink(modules.resolve("tool/link"), secret);
        Files.createSymbolicLink(modules.resolve("linked"), temporary);

        assertThat(files()).noneMatch(each -> each.contains("link") && !each.contains("->"));
    }

    @Test
    void a_home_has_its_owner_from_the_top_down() throws IOException {
        assertThat(entries(true))
                .contains("1000 755 home/sandbox/", "1000 755 home/sandbox/.tool/")
                .contains("0 755 home/", "0 755 usr/local/bin/");
    }

    @Test
    void the_same_packages_give_the_same_bytes_whenever_they_were_unpacked() throws IOException {
        Path first = written("a.tar");
        assertThat(modules.resolve("tool/cli.js").toFile().setLastModified(1)).isTrue();

        assertThat(written("b.tar")).hasSameBinaryContentAs(first);
    }

    private Path written(String name) throws IOException {
        Path target = temporary.resolve(name);
        AgentsTree.write(target, FILES, modules, Instant.EPOCH);
        return target;
    }

    private List<String> files() throws IOException {
        return entries(false);
    }

    private List<String> entries(boolean directories) throws IOException {
        var found = new ArrayList<String>();
        try (InputStream in = Files.newInputStream(written("read.tar"));
                var tar = new TarArchiveInputStream(in, UTF_8.name())) {
            for (TarArchiveEntry each = tar.getNextEntry();
                    each != null;
                    each = tar.getNextEntry()) {
                if (each.isDirectory() == directories) {
                    String mode = Integer.toOctalString(each.getMode() & 0777);
                    String link = each.isSymbolicLink() ? " -> " + each.getLinkName() : "";
                    found.add(each.getLongUserId() + " " + mode + " " + each.getName() + link);
                }
            }
        }
        return found;
    }
}
