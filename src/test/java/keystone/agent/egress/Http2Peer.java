package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.egress.Http2Sections.Section;
import keystone.agent.egress.hpack.HeaderField;

/// One side of a connection of HTTP/2, which does what it is told to: a guest's program, or a
/// server.
final class Http2Peer {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    final TlsEnd end;
    final Http2Writer writer;
    final Http2Sections sections;

    /// Settings of the other side, as it was told of them.
    final List<String> settings = new ArrayList<>();

    private Http2Peer(TlsEnd end) {
        this.end = end;
        this.writer = new Http2Writer(end);
        this.sections = new Http2Sections(end::some, 32 << 10);
    }

    static Http2Peer guest(TlsEnd end) throws IOException {
        var peer = new Http2Peer(end);
        end.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        peer.send(Http2Frame.SETTINGS, 0, 0, "");
        return peer;
    }

    static Http2Peer server(TlsEnd end) throws IOException {
        var peer = new Http2Peer(end);
        byte[] preface = Http2Frame.exactly(end::some, PREFACE.length());
        if (!new String(preface, StandardCharsets.US_ASCII).equals(PREFACE)) {
            throw new IOException("not HTTP/2");
        }
        peer.send(Http2Frame.SETTINGS, 0, 0, "");
        return peer;
    }

    /// @param payload bytes of ISO 8859-1
    Http2Peer send(int type, int flags, int stream, String payload) throws IOException {
        writer.pass(
                new Http2Frame(type, flags, stream, payload.getBytes(StandardCharsets.ISO_8859_1)));
        writer.flush();
        return this;
    }

    /// @param lines such as `:method: GET`
    Http2Peer head(int stream, int flags, String... lines) throws IOException {
        var fields = new ArrayList<HeaderField>();
        for (String line : lines) {
            int colon = line.indexOf(": ", 1);
            fields.add(new HeaderField(line.substring(0, colon), line.substring(colon + 2)));
        }
        writer.pass(stream, flags, fields);
        writer.flush();
        return this;
    }

    /// The next one that is not of settings.
    Http2Frame next() throws IOException, Malformed {
        while (true) {
            Http2Frame frame =
                    Http2Frame.read(end::some).orElseThrow(() -> new EOFException("it has ended"));
            if (frame.type() != Http2Frame.SETTINGS) {
                return frame;
            }
            for (var entries = frame.payload(); entries.hasRemaining(); ) {
                settings.add(entries.getShort() + "=" + entries.getInt());
            }
        }
    }

    /// Its lines, such as `:status: 200`.
    List<String> lines() throws IOException, Malformed {
        return lines(section());
    }

    static List<String> lines(Section section) {
        return section.fields().stream().map(each -> each.name() + ": " + each.value()).toList();
    }

    Section section() throws IOException, Malformed {
        Http2Frame frame = next();
        if (frame.type() != Http2Frame.HEADERS) {
            throw new IOException("not a head: " + frame + " " + text(frame));
        }
        return sections.read(frame);
    }

    static String text(Http2Frame frame) {
        return StandardCharsets.ISO_8859_1.decode(frame.payload()).toString();
    }
}
