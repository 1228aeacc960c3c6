package keystone.agent.egress;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import keystone.agent.egress.HostServices.Service;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.EgressPolicy;
import org.jspecify.annotations.Nullable;

/// A tunnel to where a secret may go ends here and begins anew, so that the secret can be put in;
/// every other tunnel passes as it is.
final class SecretTunnel implements Tunnel {
    /// So many at once: both ends of TLS hold some ten times of what other tunnels do.
    static final int MOST = 64;

    /// The first byte of TLS (RFC 8446, 5.1).
    private static final byte HANDSHAKE = 0x16;

    private final Secrets secrets;
    private final SecretConnections connections = new SecretConnections(MOST);

    SecretTunnel(Secrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public Optional<String> enter(Target target, Passage passage, Exchange exchange)
            throws InterruptedException {
        boolean hasWays = passage == Passage.TUNNEL || isOfThisHost(target);
        if (!hasWays || secrets.boundFor(target).isEmpty()) {
            return Optional.empty();
        }
        return connections.enter(exchange, exchange.limits().connect().dividedBy(2))
                ? Optional.empty()
                : Optional.of(
                        "there are %d connections to hosts with a secret already".formatted(MOST));
    }

    /// What became a secret after it had entered passes as it did before.
    private List<Binding> boundFor(Target target, Exchange exchange) {
        return exchange.hasSlot() ? secrets.boundFor(target) : List.of();
    }

    @Override
    public void pass(Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
        List<Binding> bound = boundFor(target, exchange);
        if (bound.isEmpty()) {
            PLAIN.pass(target, exchange, server, report);
            return;
        }
        exchange.allow(exchange.limits().request());
        if (!isOfThisHost(target)) {
            passWithSecrets(bound, target, exchange, server, report);
        } else if (!beginsTls(exchange.guest())) {
            serveInClear(bound, target, exchange, server, report, null);
        } else if (server.leadsToGuest()) {
            report.became(Outcome.REFUSED, isGuests(target));
        } else {
            passWithSecrets(bound, target, exchange, server, report);
        }
    }

    @Override
    public boolean passRequest(
            HttpHead request, Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
        List<Binding> bound = isOfThisHost(target) ? boundFor(target, exchange) : List.of();
        if (bound.isEmpty()) {
            return false;
        }
        serveInClear(bound, target, exchange, server, report, request);
        return true;
    }

    /// To whoever it is whom the user meant: while that service does not run, a guest may have its
    /// port published, its own or another's.
    private void serveInClear(
            List<Binding> bound,
            Target target,
            Exchange exchange,
            Line server,
            Report report,
            @Nullable HttpHead request)
            throws IOException, InterruptedException {
        if (server.leadsToGuest()) {
            refuse(exchange, report, isGuests(target));
            return;
        }
        if (secrets.services().named(target.port()).filter(Service::hasTls).isPresent()) {
            refuse(
                    exchange,
                    report,
                    "port %d of this host gets its secret within TLS only: as https://%s"
                            .formatted(target.port(), target));
            return;
        }
        new SecretExchange(
                        secrets, new SecretSwap(secrets, bound, exchange), target, exchange, report)
                .serveInClear(exchange.guest(), server, request);
    }

    private static String isGuests(Target target) {
        return "port %d of this host is one of a guest's now, which gets no secret"
                .formatted(target.port());
    }

    private static void refuse(Exchange exchange, Report report, String why) throws IOException {
        report.became(Outcome.REFUSED, why);
        HttpAnswer.give(exchange, HttpAnswer.FORBIDDEN, why, "");
    }

    /// Nobody between could read what goes to a service of this very host.
    static boolean isOfThisHost(Target target) {
        return target.host().equals(EgressPolicy.THIS_HOST);
    }

    private static boolean beginsTls(Line guest) throws IOException {
        ByteBuffer some = guest.some();
        return some.hasRemaining() && some.get(some.position()) == HANDSHAKE;
    }

    private void passWithSecrets(
            List<Binding> bound, Target target, Exchange exchange, Line server, Report report)
            throws IOException, InterruptedException {
        TlsEnd guest;
        try {
            guest =
                    TlsEnd.answering(
                            secrets.authority().contextFor(target.host()), exchange.guest());
        } catch (IOException notTls) {
            report.became(
                    Outcome.FAILED,
                    "a secret goes to %s, and the guest does not trust this sandbox's authority, or"
                                    .formatted(target.host())
                            + " speaks no TLS");
            throw notTls;
        }
        var swap = new SecretSwap(secrets, bound, exchange);
        switch (guest.spoken()) {
            case HTTP_1 ->
                    new SecretExchange(secrets, swap, target, exchange, report)
                            .serve(guest, server);
            case HTTP_2 ->
                    new Http2Exchange(secrets, swap, target, exchange, report).serve(guest, server);
        }
    }
}
