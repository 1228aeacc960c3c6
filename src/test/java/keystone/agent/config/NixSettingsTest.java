package keystone.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.ImageBackend;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NixSettingsTest {
    private final Interpreter interpreter = new Interpreter(Path.of("/home/ada"), Map.of());

    private Object read(Key key, String text, Place place) {
        return interpreter.read(key, text, new Origin(place, "agent.toml")).value();
    }

    @ParameterizedTest
    @CsvSource({
        "NIX_MODULES,/etc/guest.nix",
        "NIX_NIXPKGS,path:/workspace/nixpkgs",
        "NIX_MICROVM,github:evil/microvm.nix"
    })
    void no_project_says_what_nix_evaluates_on_the_host(Key key, String text) {
        assertThatThrownBy(() -> read(key, text, Place.PROJECT))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("no project's file can say it");
        assertThat(read(key, text, Place.USER)).asString().isEqualTo(text);
    }

    @Test
    void a_project_may_ask_for_a_nixos_guest() {
        assertThat(read(Key.IMAGE_BACKEND, "nix", Place.PROJECT)).isEqualTo(ImageBackend.NIX);
    }

    @Test
    void a_module_is_named_by_its_whole_path() {
        assertThat(read(Key.NIX_MODULES, "~/guest.nix", Place.USER))
                .isEqualTo(Path.of("/home/ada/guest.nix"));
        assertThatThrownBy(() -> read(Key.NIX_MODULES, "guest.nix", Place.USER))
                .hasMessageContaining("is not an absolute path");
    }
}
