package keystone.agent.egress;

import java.io.IOException;
import java.util.Optional;
import keystone.agent.egress.Connector.NoWay;
import keystone.agent.egress.Passed.Outcome;
import keystone.agent.egress.Verdict.Route;

/// Serves a guest as an HTTP proxy: tunnels with CONNECT, and plain requests one by one.
final class HttpService {
    private final Gate gate;
    private final Connector connector;
    private final Tunnel tunnel;

    HttpService(Gate gate, Connector connector, Tunnel tunnel) {
        this.gate = gate;
        this.connector = connector;
        this.tunnel = tunnel;
    }

    void serve(Exchange exchange, Report report) throws IOException, InterruptedException {
        report.spoke("http");
        HttpRequest request;
        try {
            request =
                    HttpRequest.of(HttpHead.read(exchange.guest(), exchange.limits().headBytes()));
        } catch (Malformed malformed) {
            report.became(Outcome.MALFORMED, malformed.what());
            HttpAnswer.give(exchange, malformed.status(), malformed.what(), "");
            return;
        }
        report.spoke(request.isConnect() ? "connect" : "http");
        report.asked(request.target());
        exchange.allow(exchange.limits().connect());
        switch (gate.decide(request.target(), passage(request))) {
            case Verdict.Allow(Route route, String why) -> {
                report.became(Outcome.ALLOWED, why);
                pass(request, route, exchange, report);
            }
            case Verdict.Deny(String why, String fix) -> {
                report.became(Outcome.REFUSED, why);
                HttpAnswer.give(exchange, HttpAnswer.FORBIDDEN, why, fix);
            }
            case Verdict.Lost(String why) -> {
                report.became(Outcome.FAILED, why);
                HttpAnswer.give(exchange, HttpAnswer.BAD_GATEWAY, why, "");
            }
        }
    }

    private void pass(HttpRequest request, Route route, Exchange exchange, Report report)
            throws IOException, InterruptedException {
        Optional<String> full = tunnel.enter(request.target(), passage(request), exchange);
        if (full.isPresent()) {
            report.became(Outcome.REFUSED, full.get());
            HttpAnswer.give(exchange, HttpAnswer.BUSY, full.get(), "");
            return;
        }
        try {
            if (request.isConnect()) {
                Line server = connector.tunnel(route, request.target(), exchange);
                report.connected(server);
                exchange.guest().write(HttpAnswer.CONNECTED);
                tunnel.pass(request.target(), exchange, server, report);
            } else {
                Line server = connector.connect(route, request.target(), exchange);
                report.connected(server);
                if (tunnel.passRequest(
                        request.forServer(), request.target(), exchange, server, report)) {
                    return;
                }
                server.write(asSent(request, route).bytes());
                new Relay(exchange, server)
                        .runUntilAnswered((from, to) -> RequestBody.pass(request.body(), from, to));
            }
        } catch (NoWay noWay) {
            report.became(Outcome.FAILED, noWay.sentence());
            HttpAnswer.give(exchange, HttpAnswer.BAD_GATEWAY, noWay.toGuest(), "");
        }
    }

    private static Passage passage(HttpRequest request) {
        return request.isConnect() ? Passage.TUNNEL : Passage.PLAIN_HTTP;
    }

    private static HttpHead asSent(HttpRequest request, Route route) {
        return switch (route) {
            case Route.Direct _ -> request.forServer();
            case Route.Through(Upstream.Proxy proxy) -> request.forProxy(proxy);
        };
    }
}
