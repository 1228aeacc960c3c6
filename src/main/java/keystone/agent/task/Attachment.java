package keystone.agent.task;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import keystone.agent.json.Json;

/// A file that comes with a prompt.
///
/// @param host a copy of ours
/// @param guest where the agent finds it
public record Attachment(Path host, String guest) {
    /// By how a file begins: its name says nothing that an agent could rely on.
    private static final Map<String, String> IMAGES =
            Map.of(
                    "89504e470d0a1a0a", "image/png",
                    "ffd8ff", "image/jpeg",
                    "474946383761", "image/gif",
                    "474946383961", "image/gif");

    private static final String RIFF = "52494646";
    private static final String WEBP = "57454250";
    private static final int BEGINNING = 12;

    String name() {
        return String.valueOf(host.getFileName());
    }

    long size() {
        try {
            return Files.size(host);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + host, e);
        }
    }

    /// The media type of an image; empty for anything else.
    Optional<String> image() {
        try (InputStream in = Files.newInputStream(host)) {
            String begin = HexFormat.of().formatHex(in.readNBytes(BEGINNING));
            if (begin.startsWith(RIFF) && begin.endsWith(WEBP)) {
                return Optional.of("image/webp");
            }
            return IMAGES.keySet().stream().filter(begin::startsWith).map(IMAGES::get).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + host, e);
        }
    }

    /// Names it. Every agent understands that.
    Json.Obj link() {
        Json.Obj link =
                Json.object()
                        .with("type", "resource_link")
                        .with("uri", "file://" + guest)
                        .with("name", name())
                        .with("size", size());
        return image().map(type -> link.with("mimeType", type)).orElse(link);
    }

    /// The image itself.
    Json.Obj block(String type) {
        try {
            byte[] content = Files.readAllBytes(host);
            String data = Base64.getEncoder().encodeToString(content);
            return Json.object().with("type", "image").with("mimeType", type).with("data", data);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + host, e);
        }
    }
}
