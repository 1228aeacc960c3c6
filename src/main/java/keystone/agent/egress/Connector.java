package keystone.agent.egress;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.egress.HttpHead.Field;
import keystone.agent.egress.Verdict.Route;

/// Makes the connections that were allowed.
final class Connector {
    private static final Duration ONE_ADDRESS = Duration.ofSeconds(6);
    private static final int MOST_ADDRESSES = 4;

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3})(?: .*)?");

    private final Names names;

    /// @param names for the host's own proxies
    Connector(Names names) {
        this.names = names;
    }

    /// There is no way to where a connection was allowed to go.
    static final class NoWay extends Exception {
        private static final long serialVersionUID = 1L;

        private final String toGuest;

        NoWay(String sentence) {
            this(sentence, sentence);
        }

        private NoWay(String sentence, String toGuest) {
            super(sentence);
            this.toGuest = toGuest;
        }

        /// Because of a proxy, whose address is nobody's business in the guest.
        static NoWay at(Upstream.Proxy proxy, String what) {
            String who = "this host's proxy ";
            return new NoWay(who + proxy + " " + what, who + what);
        }

        /// For the log.
        String sentence() {
            return String.valueOf(getMessage());
        }

        String toGuest() {
            return toGuest;
        }
    }

    /// To the target itself, if need be through the host's proxy.
    Line tunnel(Route route, Target target, Exchange exchange) throws NoWay, InterruptedException {
        Line line = connect(route, target, exchange);
        if (route instanceof Route.Through(Upstream.Proxy proxy)) {
            try {
                askThrough(proxy, target, line, exchange.limits());
            } catch (IOException | Malformed failed) {
                throw NoWay.at(proxy, "gave no sensible answer");
            }
        }
        return line;
    }

    /// To whoever takes the next request: the target, or the host's proxy.
    Line connect(Route route, Target target, Exchange exchange) throws NoWay, InterruptedException {
        exchange.allow(exchange.limits().connect());
        return switch (route) {
            case Route.Direct(List<InetSocketAddress> addresses) ->
                    first(addresses, exchange, why -> new NoWay(target + " " + why));
            case Route.Through(Upstream.Proxy proxy) -> toProxy(proxy, exchange);
        };
    }

    private Line toProxy(Upstream.Proxy proxy, Exchange exchange)
            throws NoWay, InterruptedException {
        Line line = first(addresses(proxy), exchange, why -> NoWay.at(proxy, why));
        try {
            if (line.leadsToGuest()) {
                throw NoWay.at(proxy, "does not run: its port is one of a guest's now");
            }
            return line;
        } catch (IOException gone) {
            throw NoWay.at(proxy, "hung up");
        }
    }

    private List<InetSocketAddress> addresses(Upstream.Proxy proxy)
            throws NoWay, InterruptedException {
        try {
            var literal = proxy.host().address();
            List<InetAddress> found =
                    literal.isPresent() ? List.of(literal.get()) : names.addresses(proxy.host());
            return found.stream().map(each -> new InetSocketAddress(each, proxy.port())).toList();
        } catch (UnknownHostException unknown) {
            throw NoWay.at(proxy, "cannot be found");
        }
    }

    private static Line first(
            List<InetSocketAddress> addresses, Exchange exchange, Function<String, NoWay> noWay)
            throws NoWay {
        String why = "there is no address";
        for (InetSocketAddress address : addresses.stream().limit(MOST_ADDRESSES).toList()) {
            try {
                return exchange.connect(address, ONE_ADDRESS);
            } catch (ConnectException refused) {
                why = "the connection was refused";
            } catch (SocketTimeoutException late) {
                why = "there was no answer";
            } catch (IOException failed) {
                why = "there is no way there from this host";
            }
        }
        throw noWay.apply("cannot be reached: " + why);
    }

    private static void askThrough(Upstream.Proxy proxy, Target target, Line line, Limits limits)
            throws IOException, Malformed, NoWay {
        var fields = new ArrayList<Field>();
        fields.add(new Field("Host", target.toString()));
        String authorization = proxy.authorization();
        if (authorization != null) {
            fields.add(new Field("Proxy-Authorization", authorization));
        }
        line.write(new HttpHead("CONNECT " + target + " HTTP/1.1", fields).bytes());
        Matcher status = STATUS.matcher(HttpHead.read(line, limits.headBytes()).start());
        if (!status.matches()) {
            throw new Malformed("it is not an answer of HTTP/1.1");
        }
        if (!status.group(1).startsWith("2")) {
            throw NoWay.at(proxy, "does not connect to %s: %s".formatted(target, status.group(1)));
        }
    }
}
