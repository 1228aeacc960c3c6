package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PackagesTest {
    @Test
    void the_line_is_for_the_package_manager_that_the_host_has() {
        assertThat(with("apt-get").install("git")).isEqualTo("sudo apt-get install -y git");
        assertThat(with("dnf").install("git")).isEqualTo("sudo dnf install -y git");
        assertThat(with("pacman").install("git")).isEqualTo("sudo pacman -S --noconfirm git");
        assertThat(with().install("git")).isEqualTo("install the package git");
    }

    @Test
    void a_package_has_the_name_that_its_distribution_gives_it() {
        assertThat(with("apt-get").install("openssh-client")).endsWith(" openssh-client");
        assertThat(with("dnf").install("openssh-client")).endsWith(" openssh-clients");
        assertThat(with("pacman").install("openssh-client")).endsWith(" openssh");
    }

    private static Packages with(String... programs) {
        return new Packages(
                name ->
                        List.of(programs).contains(name)
                                ? Optional.of(Path.of("/usr/bin", name))
                                : Optional.empty());
    }
}
