package keystone.agent.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a guest could reach if its exit let it: services on every address of this host, over TCP
/// and UDP, and the [World], of which one host is allowed. They know what reached them.
final class Lure implements AutoCloseable {
    /// What the world may be asked for.
    private static final Pattern ALLOWED =
            Pattern.compile(
                    "(GET|POST) http://codeberg\\.org(:80)?/(?!evil).*"
                            + "|GET http://api\\.anthropic\\.com(:80)?/plain"
                            + "|CONNECT codeberg\\.org:(80|443)"
                            + "|CONNECT (gitlab\\.com|api\\.anthropic\\.com):443");

    /// Whom the secret is for.
    private static final String ITS_HOST = "api.anthropic.com";

    private final String secret =
            "sk-ant-canary-" + HexFormat.of().toHexDigits(new SecureRandom().nextLong());
    private final World world = World.open();
    private final HostService service = HostService.everywhere("this host");
    private final DatagramSocket datagrams = new DatagramSocket();
    private final List<String> heard = new CopyOnWriteArrayList<>();

    Lure() throws IOException {
        Thread.ofPlatform().daemon().name("datagrams").start(this::hearToTheEnd);
    }

    private void hearToTheEnd() {
        try {
            while (true) {
                var packet = new DatagramPacket(new byte[100], 100);
                datagrams.receive(packet);
                heard.add("a datagram from " + packet.getSocketAddress());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    World world() {
        return world;
    }

    /// A key of this host's.
    String secret() {
        return secret;
    }

    int tcp() {
        return service.port();
    }

    int udp() {
        return datagrams.getLocalPort();
    }

    /// An address of this host's that is not of its loopback; of a host without one, somebody's.
    static String lan() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .filter(each -> !each.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("192.168.255.254");
    }

    /// All that was reached so far and should not have been.
    List<String> reached() {
        var all = new ArrayList<>(heard);
        service.heard().forEach(each -> all.add("this host heard " + each));
        world.asked().stream()
                .filter(each -> !ALLOWED.matcher(each).matches())
                .forEach(each -> all.add("the world was asked for " + each));
        world.surplus().stream()
                .filter(each -> each.contains("evil"))
                .forEach(each -> all.add("the world was sent, too, " + each));
        Stream.concat(world.heads().stream(), world.surplus().stream())
                .filter(each -> each.contains(secret))
                .forEach(each -> all.add("the world was given the key"));
        for (TlsServers.Asked each : world.withTls().asked()) {
            if (each.server().equals(ITS_HOST) && each.line().contains("evil")) {
                all.add(ITS_HOST + " was asked for " + each.line());
            }
            if (!each.server().equals(ITS_HOST) && each.has(secret)) {
                all.add(each.server() + " was given the key");
            }
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        service.close();
        world.close();
    }
}
