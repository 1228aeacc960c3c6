package keystone.agent.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import keystone.agent.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AcpPromptTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2};
    private static final Json.Obj SEES =
            Json.parse("{\"promptCapabilities\":{\"image\":true}}").asObject();

    @TempDir private Path directory;

    private Attachment file(String name, byte[] content) throws Exception {
        return new Attachment(Files.write(directory.resolve(name), content), "/there/" + name);
    }

    private static List<String> types(Json.Arr blocks) {
        return blocks.items().stream().map(each -> each.asObject().string("type")).toList();
    }

    @Test
    void an_image_is_shown_to_an_agent_that_sees() throws Exception {
        List<Attachment> files = List.of(file("a.txt", PNG), file("b.png", "text".getBytes(UTF_8)));

        Json.Arr blocks = AcpPrompt.of("look", files, SEES);

        // By its content, not by its name.
        assertThat(types(blocks))
                .containsExactly("text", "resource_link", "image", "resource_link");
        Json.Obj link = blocks.items().get(1).asObject();
        assertThat(link.string("uri")).isEqualTo("file:///there/a.txt");
        assertThat(link.string("mimeType")).isEqualTo("image/png");
        assertThat(link.number("size")).isEqualTo(PNG.length);
        Json.Obj image = blocks.items().get(2).asObject();
        assertThat(Base64.getDecoder().decode(image.string("data"))).isEqualTo(PNG);
        assertThat(types(AcpPrompt.of("look", files, Json.object())))
                .containsExactly("text", "resource_link", "resource_link");
    }

    @Test
    void a_large_image_is_only_named() throws Exception {
        var large = new byte[(int) AcpPrompt.MOST_IN_IMAGES - PNG.length + 1];
        System.arraycopy(PNG, 0, large, 0, PNG.length);
        List<Attachment> files =
                List.of(file("a", large), file("b", PNG), file("c", "GIF89a".getBytes(UTF_8)));

        assertThat(types(AcpPrompt.of("look", files, SEES)))
                .containsExactly(
                        "text",
                        "resource_link",
                        "image",
                        "resource_link",
                        "resource_link",
                        "image");
    }
}
