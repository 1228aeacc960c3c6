package keystone.agent.egress;

import java.io.IOException;
import java.util.Optional;
import keystone.agent.egress.Http2Sections.Section;

/// What a server sends on one connection of HTTP/2: a secret in a head becomes its placeholder, all
/// else passes as it is. Used by one thread.
final class Http2Answers {
    /// The last stream, and why; what comes after it are words.
    private static final int GOAWAY_WITHOUT_WORDS = 8;

    private final SecretSwap swap;
    private final Exchange exchange;
    private final Http2Streams streams;
    private final Http2Frame.Source from;
    private final Http2Writer guest;
    private final Http2Sections sections;

    Http2Answers(
            SecretSwap swap, Exchange exchange, Http2Streams streams, End from, Http2Writer guest) {
        this.swap = swap;
        this.exchange = exchange;
        this.streams = streams;
        this.from =
                () -> {
                    if (from.isDrained()) {
                        guest.flush();
                    }
                    return from.some();
                };
        this.guest = guest;
        this.sections = new Http2Sections(this.from, exchange.limits().headBytes());
    }

    /// Returns when the server sends nothing more.
    void pass() throws IOException, Malformed, InterruptedException {
        for (Optional<Http2Frame> next = Http2Frame.read(from);
                next.isPresent();
                next = Http2Frame.read(from)) {
            pass(next.get());
        }
        guest.flush();
    }

    private void pass(Http2Frame frame) throws IOException, Malformed, InterruptedException {
        switch (frame.type()) {
            case Http2Frame.HEADERS -> head(sections.read(frame));
            case Http2Frame.SETTINGS ->
                    guest.pass(Http2Settings.ofServer(frame, exchange.limits().headBytes()));
            case Http2Frame.DATA -> {
                guest.pass(frame);
                if (frame.has(Http2Frame.END_STREAM)) {
                    streams.close(frame.stream());
                }
            }
            case Http2Frame.RST_STREAM -> {
                guest.pass(frame);
                streams.close(frame.stream());
            }
            case Http2Frame.GOAWAY -> guest.pass(withoutWords(frame));
            case Http2Frame.PING, Http2Frame.WINDOW_UPDATE -> guest.pass(frame);
            case Http2Frame.CONTINUATION, Http2Frame.PUSH_PROMISE ->
                    throw new Malformed("a frame comes that none may send here");
            // Whoever does not know a frame passes over it; the order of streams is advice.
            default -> {}
        }
    }

    private void head(Section section) throws IOException, Malformed, InterruptedException {
        HttpHead head = Http2Head.answer(section.fields());
        if (!head.start().isEmpty()) {
            int status = Integer.parseInt(head.start());
            if (status >= 200) {
                streams.answered(section.stream(), status);
            }
        }
        guest.pass(section.stream(), section.flags(), Http2Head.ofAnswer(swap.masked(head)));
        if (section.isLast()) {
            streams.close(section.stream());
        }
    }

    /// They might repeat what was asked.
    private static Http2Frame withoutWords(Http2Frame frame) throws Malformed {
        if (frame.length() < GOAWAY_WITHOUT_WORDS) {
            throw new Malformed("a frame is shorter than it says");
        }
        byte[] rest = new byte[GOAWAY_WITHOUT_WORDS];
        frame.payload().get(rest);
        return new Http2Frame(frame.type(), frame.flags(), frame.stream(), rest);
    }
}
