package keystone.agent.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void what_is_written_is_read_back() {
        Json.Obj value =
                Json.object()
                        .with("text", "a \"quote\", a \\ and\n\tunicode 名\u0000")
                        .with("number", 42)
                        .with("flag", true)
                        .with("nothing", (String) null)
                        .with("list", Json.array().add("x").add(Json.object()));

        assertThat(Json.parse(value.compact())).isEqualTo(value);
        assertThat(Json.parse(value.pretty())).isEqualTo(value);
    }

    @Test
    void what_is_written_is_plain_ascii() {
        assertThat(Json.string("\u001b[2J\u202e名\u007f").compact())
                .isEqualTo("\"\\u001b[2J\\u202e\\u540d\\u007f\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "{\"a\":1,\"a\":2}",
                "{} {}",
                "nul",
                "'a'",
                "{a:1}",
                "01",
                "+1",
                ".5",
                "1e99999999999",
                "NaN",
                "True",
                "[1;2]",
                "[1 2]",
                "[1]]",
                "]",
                "// note\n1",
                "{\"a\"=1}",
                "\"\\'\"",
                "\"\\u12g4\"",
                "\"a\nb\"",
                "\"\t\""
            })
    void what_is_not_strictly_json_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void a_number_is_as_long_as_a_number_needs_to_be() {
        assertThat(Json.parse("9".repeat(64)).compact()).hasSize(64);
        assertThatThrownBy(() -> Json.parse("9".repeat(65))).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("9".repeat(100_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void whole_numbers_are_exact() {
        assertThat(Json.parse("9223372036854775807").asLong("n")).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.parse("-9223372036854775808").asLong("n")).isEqualTo(Long.MIN_VALUE);
        assertThat(Json.parse("1e3").asLong("n")).isEqualTo(1000);
        assertThatThrownBy(() -> Json.parse("9223372036854775808").asLong("n"))
                .isInstanceOf(JsonException.class)
                .hasMessage("`n` is not a whole number in range");
        assertThatThrownBy(() -> Json.parse("0.5").asLong("n")).isInstanceOf(JsonException.class);
    }

    @Test
    void nesting_as_deep_as_is_allowed_is_read() {
        assertThat(Json.parse("[".repeat(64) + "]".repeat(64)).compact()).hasSize(128);
        assertThatThrownBy(() -> Json.parse("[".repeat(65) + "]".repeat(65)))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void values_without_end_are_refused() {
        assertThat(Json.parse("[" + "0,".repeat(199_998) + "0]").compact()).hasSize(400_000 - 1);
        assertThatThrownBy(() -> Json.parse("[" + "{},".repeat(200_000) + "0]"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("200000 values");
    }

    @Test
    void a_number_that_would_fill_the_memory_stays_small() {
        assertThat(Json.parse("1e999999999").compact()).hasSizeLessThan(20);
        assertThatThrownBy(() -> Json.parse("{\"a\":1e999999999}").asObject().number("a"))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("`a`");
    }

    @Test
    void a_missing_member_is_named() {
        assertThatThrownBy(() -> Json.object().string("name"))
                .isInstanceOf(JsonException.class)
                .hasMessage("`name` is missing");
    }
}
