package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnEnvironmentTest {
    @Test
    void a_home_that_is_set_stays() {
        assertThat(OwnEnvironment.of(Map.of("HOME", "/srv/me"), "/home/me"))
                .isEqualTo(Map.of("HOME", "/srv/me"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "me"})
    void a_home_that_is_none_is_taken_from_the_list_of_users(String home) {
        assertThat(OwnEnvironment.of(Map.of("HOME", home, "USER", "me"), "/home/me"))
                .isEqualTo(Map.of("HOME", "/home/me", "USER", "me"));
    }

    @Test
    void a_missing_home_is_taken_from_the_list_of_users() {
        assertThat(OwnEnvironment.of(Map.of(), "/home/me")).isEqualTo(Map.of("HOME", "/home/me"));
    }

    @Test
    void who_is_not_listed_has_none() {
        assertThat(OwnEnvironment.of(Map.of("HOME", ""), "?")).isEmpty();
    }
}
