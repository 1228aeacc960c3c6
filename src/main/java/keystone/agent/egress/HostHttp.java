package keystone.agent.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import keystone.agent.model.HostName;
import org.jspecify.annotations.Nullable;

/// Single requests that the host makes for itself: to renew a log-in, and to try a secret. They
/// follow no redirect, which could lead a secret elsewhere.
final class HostHttp {
    /// From the beginning to the end of the answer.
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final int MOST_BYTES = 256 << 10;

    /// The JDK gives no proxy a password before TLS, unless it is told to before its client is
    /// first used: it would go in clear. So does everything that this host sends that proxy.
    private static final String NOT_IN_CLEAR = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        System.setProperty(NOT_IN_CLEAR, "");
    }

    private final Supplier<SSLContext> trust;
    private final Supplier<Upstream> upstream;
    private final Duration limit;

    /// @param trust whom to believe; asked when there is something to send
    /// @param upstream the host's own proxies; asked then, too
    HostHttp(Supplier<SSLContext> trust, Supplier<Upstream> upstream) {
        this(trust, upstream, LIMIT);
    }

    /// @param limit how long one request may take, with all of its answer
    HostHttp(Supplier<SSLContext> trust, Supplier<Upstream> upstream, Duration limit) {
        this.trust = trust;
        this.upstream = upstream;
        this.limit = limit;
    }

    private HttpClient client(ThroughUpstream through) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust.get())
                .proxy(through)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(limit)
                .build();
    }

    record Answer(int status, String body) {
        /// Without the body, which may hold a secret.
        @Override
        public String toString() {
            return "Answer[" + status + "]";
        }
    }

    Answer get(URI uri, Map<String, String> headers) throws IOException, InterruptedException {
        return send(uri, headers, null);
    }

    Answer post(URI uri, Map<String, String> headers, String body)
            throws IOException, InterruptedException {
        return send(uri, headers, body);
    }

    private Answer send(URI uri, Map<String, String> headers, @Nullable String body)
            throws IOException, InterruptedException {
        var request = java.net.http.HttpRequest.newBuilder(uri).timeout(limit);
        headers.forEach(request::header);
        var through = new ThroughUpstream(upstream.get());
        // The client sends it to the proxy alone: not within the tunnel, nor where there is none.
        through.proxyFor(uri)
                .map(Upstream.Proxy::authorization)
                .ifPresent(value -> request.header("Proxy-Authorization", value));
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        HttpClient client = client(through);
        try {
            return client.sendAsync(request.build(), BodyHandlers.ofInputStream())
                    .thenApply(HostHttp::read)
                    .get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new HttpTimeoutException("no whole answer within " + limit);
        } catch (ExecutionException failed) {
            throw failure(failed);
        } finally {
            // Also ends whoever still reads a body: a request's own limit is over with the head.
            client.shutdownNow();
        }
    }

    private static Answer read(HttpResponse<InputStream> response) {
        try (InputStream in = response.body()) {
            return new Answer(
                    response.statusCode(),
                    new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8));
        } catch (IOException cut) {
            throw new UncheckedIOException(cut);
        }
    }

    private static IOException failure(ExecutionException failed) {
        Throwable cause = failed.getCause();
        Throwable network = cause instanceof UncheckedIOException cut ? cut.getCause() : cause;
        return network instanceof IOException known ? known : new IOException(network);
    }

    private static final class ThroughUpstream extends ProxySelector {
        private final Upstream upstream;

        ThroughUpstream(Upstream upstream) {
            this.upstream = upstream;
        }

        Optional<Upstream.Proxy> proxyFor(URI uri) {
            boolean isTls = "https".equals(uri.getScheme());
            int usual = isTls ? 443 : 80;
            var target =
                    new Target(
                            HostName.parse(uri.getHost().replaceAll("[\\[\\]]", "")),
                            uri.getPort() < 0 ? usual : uri.getPort());
            return upstream.proxyFor(target, isTls ? Passage.TUNNEL : Passage.PLAIN_HTTP);
        }

        @Override
        public List<Proxy> select(URI uri) {
            return proxyFor(uri)
                    .map(
                            proxy ->
                                    new Proxy(
                                            Proxy.Type.HTTP,
                                            new InetSocketAddress(
                                                    proxy.host().text(), proxy.port())))
                    .map(List::of)
                    .orElse(List.of(Proxy.NO_PROXY));
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            // Whoever asked is told.
        }
    }
}
