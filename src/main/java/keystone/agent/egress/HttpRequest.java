package keystone.agent.egress;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.egress.HttpHead.Field;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// A request to a proxy, understood in the one way there is.
///
/// @param path what the server itself is asked for; empty for CONNECT
record HttpRequest(
        String method, Target target, String path, String version, Body body, HttpHead head) {
    private static final String CONNECT = "CONNECT";
    private static final int HTTP = 80;

    /// Where a port has to be named.
    private static final int NONE = 0;

    private static final Pattern START =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) ([\\x21-\\x7e]+) (HTTP/1\\.[01])");
    private static final Pattern AUTHORITY =
            Pattern.compile(
                    "(?<host>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:/@?#\\\\]+)(?::(?<port>\\d{1,5}))?");
    private static final Pattern ABSOLUTE =
            Pattern.compile("(?i:http)://(?<authority>[^/?#\\\\]+)(?<path>[/?][^#]*)?");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");

    /// Whoever is asked so repeats what it was sent: this host's own proxy also its password.
    private static final Set<String> ECHOING = Set.of("TRACE", "TRACK");

    /// What is between us and the guest alone (RFC 9110, 7.6.1), and what we say ourselves.
    private static final Set<String> OURS =
            Set.of(
                    "connection",
                    "keep-alive",
                    "proxy-connection",
                    "proxy-authenticate",
                    "proxy-authorization",
                    "te",
                    "trailer",
                    "upgrade",
                    "transfer-encoding",
                    "content-length",
                    "host");

    /// How its end is known.
    sealed interface Body {
        record Sized(long bytes) implements Body {}

        record Chunked() implements Body {}
    }

    static HttpRequest of(HttpHead head) throws Malformed {
        Matcher start = START.matcher(head.start());
        if (!start.matches()) {
            throw new Malformed("this is not a request of HTTP/1.1");
        }
        String method = start.group(1);
        String version = start.group(3);
        Body body = body(head, version);
        if (method.equals(CONNECT)) {
            if (!body.equals(new Body.Sized(0))) {
                throw new Malformed("CONNECT has no body");
            }
            Target target = target(start.group(2), NONE);
            requireSameHost(head, target);
            return new HttpRequest(method, target, "", version, body, head);
        }
        if (ECHOING.contains(method.toUpperCase(Locale.ROOT))) {
            throw new Malformed("what asks for an echo is not passed on");
        }
        Matcher absolute = ABSOLUTE.matcher(start.group(2));
        if (!absolute.matches()) {
            throw new Malformed("a proxy is asked for http://HOST/PATH, or with CONNECT");
        }
        Target target = target(absolute.group("authority"), HTTP);
        requireSameHost(head, target);
        String path = absolute.group("path");
        return new HttpRequest(method, target, withSlash(path), version, body, head);
    }

    private static String withSlash(@Nullable String path) {
        return path == null ? "/" : path.startsWith("/") ? path : "/" + path;
    }

    private static Target target(String authority, int usualPort) throws Malformed {
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches() || (parts.group("port") == null && usualPort == NONE)) {
            throw new Malformed("it does not say HOST:PORT");
        }
        String port = parts.group("port");
        String host = parts.group("host").replaceAll("[\\[\\]]", "");
        try {
            return new Target(
                    HostName.parse(host), port == null ? usualPort : Integer.parseInt(port));
        } catch (UserError noHost) {
            throw new Malformed("it does not name a host and a port");
        }
    }

    /// The server would go by `Host`, we go by the target: they are one, or nothing passes.
    private static void requireSameHost(HttpHead head, Target target) throws Malformed {
        List<String> hosts = head.values("host");
        boolean isOld = head.start().endsWith("HTTP/1.0") || head.start().startsWith(CONNECT + " ");
        if (hosts.size() > 1 || (hosts.isEmpty() && !isOld)) {
            throw new Malformed("there is not exactly one Host header");
        }
        // Where it has no port, it has that of the target.
        if (!hosts.isEmpty() && !target(hosts.getFirst(), target.port()).equals(target)) {
            throw new Malformed("the Host header names another host");
        }
    }

    private static Body body(HttpHead head, String version) throws Malformed {
        List<String> lengths = head.values("content-length");
        List<String> encodings = head.values("transfer-encoding");
        if (!encodings.isEmpty()) {
            boolean plain =
                    encodings.size() == 1 && encodings.getFirst().equalsIgnoreCase("chunked");
            if (!lengths.isEmpty() || !plain || version.endsWith("1.0")) {
                throw new Malformed("it is not clear where the body ends");
            }
            return new Body.Chunked();
        }
        if (lengths.isEmpty()) {
            return new Body.Sized(0);
        }
        if (lengths.size() > 1 || !LENGTH.matcher(lengths.getFirst()).matches()) {
            throw new Malformed("it is not clear where the body ends");
        }
        return new Body.Sized(Long.parseLong(lengths.getFirst()));
    }

    boolean isConnect() {
        return method.equals(CONNECT);
    }

    /// What the server is sent, on a connection that carries nothing else.
    HttpHead forServer() {
        return outgoing(path, null);
    }

    /// What the host's own proxy is sent in the place of the server.
    HttpHead forProxy(Upstream.Proxy proxy) {
        return outgoing("http://" + authority() + path, proxy.authorization());
    }

    private String authority() {
        String host = target.host().authority();
        return target.port() == HTTP ? host : host + ":" + target.port();
    }

    private HttpHead outgoing(String asked, @Nullable String authorization) {
        var fields = new ArrayList<Field>();
        fields.add(new Field("Host", authority()));
        Set<String> named = namedByConnection();
        for (Field field : head.fields()) {
            String name = field.name().toLowerCase(Locale.ROOT);
            if (!OURS.contains(name) && !named.contains(name)) {
                fields.add(field);
            }
        }
        switch (body) {
            case Body.Chunked _ -> fields.add(new Field("Transfer-Encoding", "chunked"));
            case Body.Sized(long bytes) -> {
                if (!head.values("content-length").isEmpty()) {
                    fields.add(new Field("Content-Length", Long.toString(bytes)));
                }
            }
        }
        if (authorization != null) {
            fields.add(new Field("Proxy-Authorization", authorization));
        }
        fields.add(new Field("Connection", "close"));
        return new HttpHead(method + " " + asked + " " + version, fields);
    }

    private Set<String> namedByConnection() {
        var named = new HashSet<String>();
        for (String value : head.values("connection")) {
            for (String name : value.split(",", -1)) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return named;
    }
}
