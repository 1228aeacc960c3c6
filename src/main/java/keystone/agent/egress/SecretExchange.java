package keystone.agent.egress;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.egress.ServerTls.NotTrusted;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// Requests and answers within one tunnel, one after the other: on the way out placeholders become
/// secrets, on the way back a secret in a header becomes its placeholder. Used by one thread, and
/// by one more for each body that a guest sends.
final class SecretExchange {
    private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.([01]) (\\d{3})(?: .*)?");
    private static final int SWITCHING = 101;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;
    private static final int MOST_INTERIM = 64;

    /// How long a guest may go on sending what its server has answered already.
    private static final Duration LAST_BYTES = Duration.ofSeconds(2);

    private final Secrets secrets;
    private final SecretSwap swap;
    private final Target target;
    private final Exchange exchange;
    private final Report report;

    /// Null before the first answer.
    private @Nullable IdleServer idle;

    /// What the request got.
    private List<SecretSwap.Used> used = List.of();

    SecretExchange(
            Secrets secrets, SecretSwap swap, Target target, Exchange exchange, Report report) {
        this.secrets = secrets;
        this.swap = swap;
        this.target = target;
        this.exchange = exchange;
        this.report = report;
    }

    /// Whether the connection can carry another request.
    private enum After {
        NEXT,
        END
    }

    /// Within TLS at both ends.
    void serve(TlsEnd guest, Line line) throws IOException, InterruptedException {
        serve(new Ends(guest, guest.wanted(), () -> connected(line), HTTPS), null);
    }

    /// Without TLS, to a service of this host's own loopback.
    ///
    /// @param first a request that was read already, in the form that servers get; null is none
    void serveInClear(Line guest, Line server, @Nullable HttpHead first)
            throws IOException, InterruptedException {
        var ends =
                new Ends(new ClearEnd(guest), Optional.empty(), () -> new ClearEnd(server), HTTP);
        serve(ends, first);
    }

    private End connected(Line line) throws NotTrusted {
        exchange.allow(exchange.limits().connect());
        return new ServerTls(secrets, target).over(line, Spoken.HTTP_1);
    }

    /// What is between two ends is made when there is something to send.
    interface Opening {
        End open() throws NotTrusted;
    }

    /// Both ends.
    ///
    /// @param wanted the host that the guest said it wants; empty when it said nothing
    /// @param usual the port of a host that is named without one
    record Ends(End guest, Optional<String> wanted, Opening server, int usual) {}

    void serve(Ends ends, @Nullable HttpHead first) throws IOException, InterruptedException {
        End guest = ends.guest();
        HttpHead known = first;
        End server = null;
        After after = After.NEXT;
        while (after == After.NEXT && (known != null || begins(guest))) {
            HttpHead head;
            InnerRequest request;
            try {
                head = known == null ? HttpHead.read(guest, exchange.limits().headBytes()) : known;
                known = null;
                request = InnerRequest.of(head, target, ends.usual());
                InnerRequest.requireSameName(ends.wanted(), target);
                request = withSecrets(request);
                server = server == null ? ends.server().open() : server;
            } catch (Malformed malformed) {
                report.became(Outcome.MALFORMED, malformed.what());
                refuse(guest, Refusal.of(malformed));
                return;
            } catch (UserError unreadable) {
                secretMissing(guest, unreadable);
                return;
            } catch (NotTrusted notTrusted) {
                report.became(Outcome.FAILED, notTrusted.sentence());
                refuse(guest, Refusal.of(notTrusted));
                return;
            }
            exchange.allowWhilePassing();
            after = pass(request, guest, server);
            if (after == After.NEXT) {
                idle = new IdleServer(guest, server);
            }
        }
        exchange.allow(LAST_BYTES);
        guest.finish();
        if (server != null) {
            server.finish();
        }
    }

    /// Waits for a request as long as a connection may be idle; once one begins, its head has to
    /// come in time.
    private boolean begins(End guest) throws IOException {
        exchange.idle();
        boolean isThere = guest.some().hasRemaining();
        exchange.busy();
        return isThere;
    }

    /// The host's own words are for the host: they name its files.
    private void secretMissing(End guest, UserError why) throws IOException {
        report.became(Outcome.FAILED, why.problem());
        refuse(guest, Refusal.unreadable(target, why));
    }

    private InnerRequest withSecrets(InnerRequest request) throws InterruptedException {
        SecretSwap.Request changed = swap.withSecrets(request.head());
        used = changed.used();
        if (!used.isEmpty()) {
            report.became(Outcome.ALLOWED, changed.why());
        }
        return new InnerRequest(request.method(), request.path(), request.body(), changed.head());
    }

    private After pass(InnerRequest request, End guest, End server)
            throws IOException, InterruptedException {
        if (idle != null) {
            idle.end();
        }
        server.write(request.head().bytes());
        server.flush();
        var sending = new Sending(request.body(), guest, server);
        try {
            return receive(request, guest, server, sending);
        } catch (Malformed odd) {
            report.became(
                    Outcome.FAILED, "the answer of " + target.host() + " is odd: " + odd.what());
            answer(guest, Refusal.oddAnswer(target, odd));
            // What the guest still sends is read there, and by one thread.
            if (sending.isOver()) {
                drain(guest);
            }
            return After.END;
        }
    }

    /// A request's body on its way.
    private final class Sending {
        private final Thread thread;
        private volatile boolean whole;

        Sending(Framing body, End guest, End server) {
            whole = body.equals(Framing.NONE);
            thread =
                    Thread.ofVirtual()
                            .name("egress, a body outwards")
                            .unstarted(() -> send(body, guest, server));
            if (!whole) {
                thread.start();
            }
        }

        private void send(Framing body, End guest, End server) {
            try {
                new BodyPassage(guest, server, line -> line).pass(body);
                whole = true;
            } catch (IOException | Malformed ended) {
                if (!server.isDeaf()) {
                    // The guest has gone, or says what cannot be understood.
                    exchange.close();
                }
            }
        }

        boolean isDone() throws InterruptedException {
            return isOver() && whole;
        }

        /// Whether nothing of the guest is read any more.
        boolean isOver() throws InterruptedException {
            return whole || thread.join(LAST_BYTES);
        }
    }

    private After receive(InnerRequest request, End guest, End server, Sending sending)
            throws IOException, Malformed, InterruptedException {
        if (idle != null) {
            idle.join();
            if (!server.some().hasRemaining()) {
                // It has ended just now: programs try such a request again, when they get no
                // answer.
                throw new EOFException("the server has closed the connection");
            }
        }
        for (int interim = 0; interim < MOST_INTERIM; interim++) {
            HttpHead head = HttpHead.read(server, exchange.limits().headBytes());
            Matcher start = ANSWER.matcher(head.start());
            if (!start.matches()) {
                throw new Malformed("it is not an answer of HTTP/1.1");
            }
            int status = Integer.parseInt(start.group(2));
            if (status == SWITCHING) {
                return switched(request, head, guest, server);
            }
            if (status >= 200) {
                Framing framing = Framing.ofAnswer(head, status, request.method());
                SecretSwap.answered(status, used);
                report.answered(status);
                guest.write(swap.masked(head).bytes());
                passBack(framing, guest, server);
                boolean sent = sending.isDone();
                boolean another =
                        start.group(1).equals("1")
                                && !(framing instanceof Framing.UntilEnd)
                                && !request.isLast()
                                && InnerRequest.words(head, "connection")
                                        .noneMatch("close"::equals);
                return another && sent ? After.NEXT : After.END;
            }
            guest.write(swap.masked(head).bytes());
            guest.flush();
        }
        throw new Malformed("it never comes to an end");
    }

    /// Once an answer has begun, what is odd in the rest can only be cut off.
    private void passBack(Framing framing, End guest, End server) throws IOException {
        try {
            new BodyPassage(server, guest, swap::masked).pass(framing);
        } catch (Malformed odd) {
            throw new IOException("the answer's body is not proper HTTP", odd);
        }
    }

    /// From here on it is no HTTP any more, and passes as it is.
    private After switched(InnerRequest request, HttpHead head, End guest, End server)
            throws IOException, Malformed, InterruptedException {
        if (!request.asksForUpgrade() || !request.body().equals(Framing.NONE)) {
            throw new Malformed("it changes the protocol unasked");
        }
        guest.write(swap.masked(head).bytes());
        guest.flush();
        exchange.allowWhilePassing();
        Thread outwards =
                Thread.ofVirtual().name("egress, outwards").start(() -> stream(guest, server));
        stream(server, guest);
        outwards.join();
        return After.END;
    }

    private void stream(End from, End to) {
        try {
            new BodyPassage(from, to, line -> line).pass(new Framing.UntilEnd());
            to.finish();
        } catch (IOException | Malformed ended) {
            exchange.close();
        }
    }

    /// An answer of ours, after which the connection ends.
    private void refuse(End guest, Refusal refusal) throws IOException {
        answer(guest, refusal);
        drain(guest);
    }

    private void answer(End guest, Refusal refusal) throws IOException {
        guest.write(HttpAnswer.bytes(refusal.status(), refusal.problem(), refusal.fix()));
        guest.flush();
        guest.finish();
        exchange.allow(LAST_BYTES);
    }

    private static void drain(End guest) throws IOException {
        while (guest.some().hasRemaining()) {
            guest.some().clear().limit(0);
        }
    }
}
