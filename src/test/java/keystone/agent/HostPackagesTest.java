package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;

/// The list in `scripts/install-host-packages`, against the packages of this host.
final class HostPackagesTest {
    private static final Pattern NEED = Pattern.compile(" need (\\S+) \\S+ \"");

    @Test
    void each_name_is_one_of_a_package() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-query")), "this is no Debian");

        assertThat(needs()).hasSizeGreaterThan(15).allMatch(HostPackagesTest::isPackage);
    }

    @Test
    void the_documentation_names_each() throws Exception {
        String page = Files.readString(Path.of("docs/dependencies.md"));

        assertThat(needs())
                .allMatch(
                        name ->
                                Pattern.compile("[ (]" + Pattern.quote(name) + "[ ,|)]")
                                        .matcher(page)
                                        .find());
    }

    private static List<String> needs() throws IOException {
        return NEED.matcher(Files.readString(Path.of("scripts/install-host-packages")))
                .results()
                .map(need -> need.group(1))
                .toList();
    }

    private static boolean isPackage(String name) {
        return isInstalled(name)
                || run("apt-cache", "show", "--no-all-versions", name).status() == 0;
    }

    private static boolean isInstalled(String name) {
        Command.Finished query = run("dpkg-query", "--show", "--showformat=${Status}", name);
        return query.status() == 0 && query.output().equals("install ok installed");
    }

    private static Command.Finished run(String... words) {
        try {
            return Command.of(words).run(Duration.ofSeconds(20));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
