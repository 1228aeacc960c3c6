package keystone.agent.egress.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HeaderDecoderTest {
    private final HeaderDecoder decoder = new HeaderDecoder(8 << 10, 64);

    private List<String> read(String hex) throws HpackException {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        return decoder.decode(ByteBuffer.wrap(bytes)).stream()
                .map(each -> each.name() + ": " + each.value())
                .toList();
    }

    /// RFC 7541, C.3: three requests on one connection.
    @Test
    void requests_build_on_those_before() throws Exception {
        assertThat(read("8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d"))
                .containsExactly(
                        ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        assertThat(read("8286 84be 5808 6e6f 2d63 6163 6865"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: http",
                        ":path: /",
                        ":authority: www.example.com",
                        "cache-control: no-cache");
        assertThat(
                        read(
                                "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661"
                                        + "6c75 65"))
                .containsExactly(
                        ":method: GET",
                        ":scheme: https",
                        ":path: /index.html",
                        ":authority: www.example.com",
                        "custom-key: custom-value");
    }

    /// RFC 7541, C.4: the same, coded.
    @Test
    void coded_texts_are_read() throws Exception {
        assertThat(read("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))
                .contains(":authority: www.example.com");
        assertThat(read("8286 84be 5886 a8eb 1064 9cbf")).contains("cache-control: no-cache");
        assertThat(read("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))
                .contains(":authority: www.example.com", "custom-key: custom-value");
    }

    /// RFC 7541, C.6: three answers, in a table that holds less than they have.
    @Test
    void a_small_table_forgets_what_is_oldest() throws Exception {
        assertThat(
                        read(
                                "3fe1 01 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8"
                                        + "2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7"
                                        + "8f0b 97c8 e9ae 82ae 43d3"))
                .containsExactly(
                        ":status: 302",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:21 GMT",
                        "location: https://www.example.com");
        assertThat(read("4883 640e ffc1 c0bf"))
                .containsExactly(
                        ":status: 307",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:21 GMT",
                        "location: https://www.example.com");
        assertThat(
                        read(
                                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff"
                                        + "c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b"
                                        + "3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0"
                                        + "03ed 4ee5 b106 3d50 07"))
                .containsExactly(
                        ":status: 200",
                        "cache-control: private",
                        "date: Mon, 21 Oct 2013 20:13:22 GMT",
                        "location: https://www.example.com",
                        "content-encoding: gzip",
                        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1");
    }

    @ParameterizedTest
    @CsvSource({
        "80, 'a header line is named that there is not'",
        "be, 'a header line is named that there is not'",
        "ff ff ff ff 7f, 'a number in a header section is too large'",
        "ff 80 80 80 80 80 80 01, 'a number in a header section is too large'",
        "ff 80, 'a header section ends too early'",
        "00, 'a header section ends too early'",
        "00 05 61, 'a text is longer than its header section'",
        "00 01 61, 'a header section ends too early'",
        "82 20, 'a table changes its size among header lines'",
        "3f e2 1f, 'a table of header lines is to be larger than it may'",
        "00 81 00 00, 'a text ends within a character'",
        "00 82 ff ff 00, 'a text ends within a character'",
        "00 84 ff ff ff ff 00, 'a text has its own end within'",
    })
    void what_is_malformed_is_refused(String hex, String why) {
        assertThatThrownBy(() -> read(hex)).isInstanceOf(HpackException.class).hasMessage(why);
    }

    @Test
    void few_bytes_cannot_become_many() throws Exception {
        String large = "40 01 61 7f 81 1e" + " 62".repeat(3968);
        assertThat(read(large)).hasSize(1);

        assertThatThrownBy(() -> read("be be be"))
                .isInstanceOf(HpackException.class)
                .hasMessage("there are too many header lines");
    }

    @Test
    void what_is_written_is_read_and_kept_by_nobody() throws Exception {
        var fields =
                List.of(
                        new HeaderField(":path", "/"),
                        new HeaderField("a", "b".repeat(126)),
                        new HeaderField("a", "c".repeat(127)),
                        new HeaderField("é", "d".repeat(5000)),
                        new HeaderField("empty", ""));

        byte[] section = HeaderEncoder.encode(fields);

        assertThat(decoder.decode(ByteBuffer.wrap(section))).isEqualTo(fields);
        assertThatThrownBy(() -> read("be")).isInstanceOf(HpackException.class);
    }
}
