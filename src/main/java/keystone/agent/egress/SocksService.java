package keystone.agent.egress;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import keystone.agent.egress.Connector.NoWay;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// Serves a guest as a SOCKS5 proxy (RFC 1928): connections alone, without a login.
final class SocksService {
    static final int VERSION = 5;
    private static final int CONNECT = 1;
    private static final int NO_LOGIN = 0;
    private static final int NO_METHOD = 0xff;
    private static final int IPV4 = 1;
    private static final int NAME = 3;
    private static final int IPV6 = 4;

    /// What it says to a request.
    private enum Reply {
        DONE(0),
        FAILED(1),
        NOT_ALLOWED(2),
        UNREACHABLE(4),
        NO_SUCH_COMMAND(7),
        NO_SUCH_ADDRESS(8);

        private final int code;

        Reply(int code) {
            this.code = code;
        }
    }

    private final Gate gate;
    private final Connector connector;
    private final Tunnel tunnel;

    SocksService(Gate gate, Connector connector, Tunnel tunnel) {
        this.gate = gate;
        this.connector = connector;
        this.tunnel = tunnel;
    }

    void serve(Exchange exchange, Report report) throws IOException, InterruptedException {
        report.spoke("socks5");
        Line guest = exchange.guest();
        int _ = guest.read();
        if (!greeted(guest)) {
            report.became(Outcome.MALFORMED, "it insists on a login");
            HttpAnswer.leave(exchange);
            return;
        }
        byte[] request = guest.exactly(4);
        Target target;
        try {
            target = target(guest, request[3]);
        } catch (Malformed malformed) {
            report.became(Outcome.MALFORMED, malformed.what());
            reply(exchange, Reply.NO_SUCH_ADDRESS);
            return;
        }
        report.asked(target);
        if (request[0] != VERSION || request[1] != CONNECT) {
            report.became(Outcome.MALFORMED, "it asked for something else than a connection");
            reply(exchange, Reply.NO_SUCH_COMMAND);
            return;
        }
        exchange.allow(exchange.limits().connect());
        switch (gate.decide(target, Passage.TUNNEL)) {
            case Verdict.Allow(Verdict.Route route, String why) -> {
                report.became(Outcome.ALLOWED, why);
                pass(target, route, exchange, report);
            }
            case Verdict.Deny(String why, String _) -> {
                report.became(Outcome.REFUSED, why);
                reply(exchange, Reply.NOT_ALLOWED);
            }
            case Verdict.Lost(String why) -> {
                report.became(Outcome.FAILED, why);
                reply(exchange, Reply.UNREACHABLE);
            }
        }
    }

    private static boolean greeted(Line guest) throws IOException {
        boolean withoutLogin = false;
        for (byte method : guest.exactly(Math.max(0, guest.read()))) {
            withoutLogin |= method == NO_LOGIN;
        }
        guest.write(new byte[] {VERSION, (byte) (withoutLogin ? NO_LOGIN : NO_METHOD)});
        return withoutLogin;
    }

    private static Target target(Line guest, byte kind) throws IOException, Malformed {
        HostName host =
                switch (kind) {
                    case IPV4 -> HostName.of(InetAddress.getByAddress(guest.exactly(4)));
                    case IPV6 -> HostName.of(InetAddress.getByAddress(guest.exactly(16)));
                    case NAME -> name(guest.exactly(Math.max(0, guest.read())));
                    default -> throw new Malformed("there is no such kind of address");
                };
        byte[] port = guest.exactly(2);
        try {
            return new Target(host, ((port[0] & 0xff) << 8) | (port[1] & 0xff));
        } catch (UserError noPort) {
            throw new Malformed("it does not name a port");
        }
    }

    /// Some send an address in figures as a name, and it is understood as one.
    private static HostName name(byte[] bytes) throws Malformed {
        try {
            return HostName.parse(new String(bytes, StandardCharsets.US_ASCII));
        } catch (UserError noHost) {
            throw new Malformed("it does not name a host");
        }
    }

    private void pass(Target target, Verdict.Route route, Exchange exchange, Report report)
            throws IOException, InterruptedException {
        Optional<String> full = tunnel.enter(target, Passage.TUNNEL, exchange);
        if (full.isPresent()) {
            report.became(Outcome.REFUSED, full.get());
            reply(exchange, Reply.FAILED);
            return;
        }
        Line server;
        try {
            server = connector.tunnel(route, target, exchange);
        } catch (NoWay noWay) {
            report.became(Outcome.FAILED, noWay.sentence());
            reply(exchange, Reply.UNREACHABLE);
            return;
        }
        report.connected(server);
        exchange.guest().write(bytes(Reply.DONE));
        tunnel.pass(target, exchange, server, report);
    }

    private static void reply(Exchange exchange, Reply reply) throws IOException {
        exchange.guest().write(bytes(reply));
        HttpAnswer.leave(exchange);
    }

    /// The address at which we connected is nobody's business in the guest.
    private static byte[] bytes(Reply reply) {
        return new byte[] {VERSION, (byte) reply.code, 0, IPV4, 0, 0, 0, 0, 0, 0};
    }
}
