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
                "\"\t\""
            })
    void what_is_not_strictly_json_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void nesting_without_end_is_refused() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(JsonException.class);
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
