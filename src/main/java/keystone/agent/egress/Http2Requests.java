package keystone.agent.egress;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import keystone.agent.egress.Http2Sections.Section;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.egress.hpack.HeaderField;
import keystone.agent.model.UserError;

/// What a guest sends on one connection of HTTP/2: each request's head gets its secrets, all else
/// passes as it is. Used by one thread.
final class Http2Requests {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HTTPS = 443;

    /// Whoever is refused so often means it.
    private static final int MOST_REFUSED = 64;

    private final SecretSwap swap;
    private final Target target;
    private final Exchange exchange;
    private final Http2Streams streams;
    private final Http2Frame.Source from;
    private final Http2Writer guest;
    private final Http2Writer server;
    private final Http2Sections sections;
    private final Set<Integer> refused = new HashSet<>();
    private final Http2Lengths lengths = new Http2Lengths();
    private volatile int last;

    Http2Requests(
            SecretSwap swap,
            Target target,
            Exchange exchange,
            Http2Streams streams,
            End from,
            Http2Writer guest,
            Http2Writer server) {
        this.swap = swap;
        this.target = target;
        this.exchange = exchange;
        this.streams = streams;
        this.from =
                () -> {
                    if (from.isDrained()) {
                        server.flush();
                    }
                    return from.some();
                };
        this.guest = guest;
        this.server = server;
        this.sections = new Http2Sections(this.from, exchange.limits().headBytes());
    }

    /// Returns when the guest sends nothing more.
    void pass() throws IOException, Malformed, InterruptedException {
        if (!Arrays.equals(Http2Frame.exactly(from, PREFACE.length), PREFACE)) {
            throw new Malformed("it does not begin as HTTP/2 does");
        }
        server.begin(PREFACE);
        boolean first = true;
        for (Optional<Http2Frame> next = Http2Frame.read(from);
                next.isPresent();
                next = Http2Frame.read(from)) {
            if (first && next.get().type() != Http2Frame.SETTINGS) {
                throw new Malformed("it does not begin as HTTP/2 does");
            }
            first = false;
            pass(next.get());
        }
        server.flush();
    }

    /// The last request that was looked at.
    int last() {
        return last;
    }

    private void pass(Http2Frame frame) throws IOException, Malformed, InterruptedException {
        switch (frame.type()) {
            case Http2Frame.HEADERS -> head(frame);
            case Http2Frame.SETTINGS ->
                    server.pass(Http2Settings.ofGuest(frame, exchange.limits().headBytes()));
            case Http2Frame.DATA -> {
                if (refused.contains(frame.stream())) {
                    guest.takeMore(frame.length());
                } else {
                    lengths.came(frame);
                    server.pass(frame);
                }
            }
            case Http2Frame.RST_STREAM, Http2Frame.WINDOW_UPDATE -> {
                if (!refused.contains(frame.stream())) {
                    server.pass(frame);
                }
                if (frame.type() == Http2Frame.RST_STREAM) {
                    lengths.forget(frame.stream());
                    streams.close(frame.stream());
                }
            }
            case Http2Frame.PING, Http2Frame.GOAWAY -> server.pass(frame);
            case Http2Frame.CONTINUATION, Http2Frame.PUSH_PROMISE ->
                    throw new Malformed("a frame comes that none may send here");
            // Whoever does not know a frame passes over it; the order of streams is advice.
            default -> {}
        }
    }

    private void head(Http2Frame frame) throws IOException, Malformed, InterruptedException {
        exchange.allow(exchange.limits().request());
        Section section = sections.read(frame);
        if (section.stream() <= last) {
            trailers(section);
        } else {
            last = section.stream();
            request(section);
        }
        exchange.allowWhilePassing();
    }

    private void trailers(Section section) throws IOException, Malformed {
        List<HeaderField> fields = Http2Head.trailing(section.fields());
        if (!section.isLast()) {
            throw new Malformed("a request has a second head");
        }
        if (!refused.contains(section.stream())) {
            lengths.end(section.stream());
            server.pass(section.stream(), section.flags(), fields);
        }
    }

    private void request(Section section) throws IOException, Malformed, InterruptedException {
        HttpHead head = Http2Head.request(section.fields());
        try {
            InnerRequest checked = InnerRequest.of(head, target, HTTPS);
            lengths.begin(section, checked.body());
            if (streams.isFull()) {
                refuse(section, head, Refusal.tooMany(target));
                return;
            }
            // Before the secret is read, which may take a while.
            streams.open(section.stream());
            SecretSwap.Request request = swap.withSecrets(checked.head());
            streams.asks(section.stream(), request);
            server.pass(section.stream(), section.flags(), Http2Head.ofRequest(request.head()));
        } catch (Malformed malformed) {
            streams.became(Outcome.MALFORMED, malformed.what());
            refuse(section, head, Refusal.of(malformed));
        } catch (UserError unreadable) {
            // The host's own words are for the host: they name its files.
            streams.became(Outcome.FAILED, unreadable.problem());
            refuse(section, head, Refusal.unreadable(target, unreadable));
        }
    }

    private void refuse(Section section, HttpHead head, Refusal refusal)
            throws IOException, Malformed {
        if (refused.size() == MOST_REFUSED) {
            throw new Malformed("too much was refused: " + refusal.problem());
        }
        refused.add(section.stream());
        lengths.forget(section.stream());
        streams.close(section.stream());
        guest.refuse(section.stream(), head, !section.isLast(), refusal);
    }
}
