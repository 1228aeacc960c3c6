package keystone.agent.egress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.model.HostName;
import keystone.agent.model.Printable;
import keystone.agent.model.UrlHost;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// The proxies that this host itself uses for the network, as its variables name them: what leaves
/// a sandbox passes through them too.
///
/// @param web for plain HTTP; null is none
/// @param tunnels for everything else; null is none
/// @param except hosts that are reached without: names (and what is below them), addresses, `*`
public record Upstream(@Nullable Proxy web, @Nullable Proxy tunnels, List<String> except) {
    public static final Upstream NONE = new Upstream(null, null, List.of());

    /// Which of this process's variables count, in capitals; each counts in small letters, too.
    public static final Set<String> VARIABLES =
            Set.of("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY");

    private static final int USUAL_PORT = 80;

    public Upstream {
        except = List.copyOf(except);
    }

    /// One proxy.
    ///
    /// @param authorization the value of `Proxy-Authorization`; a secret
    public record Proxy(HostName host, int port, @Nullable String authorization) {
        /// Without the secret.
        @Override
        public String toString() {
            return host.authority() + ":" + port;
        }

        /// As far as it says so itself, or is called as this host is: names are looked up when it
        /// is connected to.
        boolean isOnThisHost() {
            return host.isLoopback()
                    || host.address().filter(Upstream::isOfThisHost).isPresent()
                    || host.text().equals(nameOfThisHost());
        }

        private static String nameOfThisHost() {
            try {
                return Files.readString(Path.of("/proc/sys/kernel/hostname"))
                        .strip()
                        .toLowerCase(Locale.ROOT);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot see this host's own name", e);
            }
        }

        boolean isAt(Target target) {
            return target.equals(new Target(host, port));
        }
    }

    /// Reads what the variables say.
    ///
    /// @throws UserError when a proxy is of a kind that we cannot speak to: nothing may leave past
    ///     it
    public static Upstream from(Map<String, String> environment) {
        return new Upstream(
                proxy("HTTP_PROXY", environment),
                proxy("HTTPS_PROXY", environment),
                value("NO_PROXY", environment)
                        .map(text -> Arrays.asList(text.toLowerCase(Locale.ROOT).split("[,\\s]+")))
                        .orElse(List.of()));
    }

    private static Optional<String> value(String variable, Map<String, String> environment) {
        String small = environment.get(variable.toLowerCase(Locale.ROOT));
        String value = small == null ? environment.get(variable) : small;
        return Optional.ofNullable(value).map(String::strip).filter(text -> !text.isEmpty());
    }

    /// `ALL_PROXY` is for what the others leave open, and often of another kind (SOCKS): where they
    /// leave nothing open, it is not looked at.
    private static @Nullable Proxy proxy(String first, Map<String, String> environment) {
        String variable = value(first, environment).isPresent() ? first : "ALL_PROXY";
        Optional<String> text = value(variable, environment);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return proxy(new URI(text.get().contains("://") ? text.get() : "http://" + text.get()));
        } catch (URISyntaxException | UserError | IllegalArgumentException notOurs) {
            // Not the value: it may hold a password.
            throw UserError.usage(
                    "this host's " + variable + " names no proxy of the kind http://HOST:PORT",
                    "set it so, or unset it, for this command; or start with --net none");
        }
    }

    private static Proxy proxy(URI uri) {
        Optional<UrlHost> named = UrlHost.of(uri);
        if (!"http".equalsIgnoreCase(uri.getScheme()) || named.isEmpty()) {
            throw UserError.usage(
                    "not a proxy: " + Printable.of(String.valueOf(uri.getScheme())),
                    "unset it, or write it like http://HOST:PORT");
        }
        var target = new Target(named.get().host(), named.get().portOr(USUAL_PORT));
        return new Proxy(target.host(), target.port(), authorization(UrlHost.user(uri)));
    }

    private static @Nullable String authorization(@Nullable String user) {
        if (user == null) {
            return null;
        }
        byte[] plain =
                URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8)
                        .getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(plain);
    }

    List<Proxy> proxies() {
        return Stream.of(Optional.ofNullable(web), Optional.ofNullable(tunnels))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /// Those that say themselves that they are on this host; nothing is looked up.
    Set<Proxy> proxiesOfThisHost() {
        return proxies().stream()
                .filter(Proxy::isOnThisHost)
                .collect(Collectors.toUnmodifiableSet());
    }

    static boolean isOfThisHost(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || address.isAnyLocalAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
            throw new IllegalStateException("cannot see this host's own addresses", unknown);
        }
    }

    /// Through which one a connection goes; empty when it goes by itself.
    Optional<Proxy> proxyFor(Target target, Passage passage) {
        Proxy proxy = passage == Passage.PLAIN_HTTP ? web : tunnels;
        return except.stream().anyMatch(each -> excepts(each, target))
                ? Optional.empty()
                : Optional.ofNullable(proxy);
    }

    private static boolean excepts(String entry, Target target) {
        if (entry.equals("*")) {
            return true;
        }
        String name = entry.replaceFirst("^\\*?\\.", "");
        String host = target.host().text();
        return name.equals(host)
                || name.equals(target.toString())
                || (!name.isEmpty()
                        && target.host().address().isEmpty()
                        && host.endsWith("." + name));
    }

    /// Whether somebody is asked to connect to one of them: whoever could, would be past the gate.
    boolean isAt(Target target) {
        return (web != null && web.isAt(target)) || (tunnels != null && tunnels.isAt(target));
    }
}
