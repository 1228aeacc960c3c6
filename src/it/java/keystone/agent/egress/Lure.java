package keystone.agent.egress;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/// What a guest could reach if its exit let it: services on every address of this host, over TCP
/// and UDP, and the [World], of which one host is allowed. They know what reached them.
final class Lure implements AutoCloseable {
    /// What the world may be asked for.
    private static final Pattern ALLOWED =
            Pattern.compile(
                    "(GET|POST) http://codeberg\\.org(:80)?/(?!evil).*"
                            + "|CONNECT codeberg\\.org:(80|443)");

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
        return all;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        service.close();
        world.close();
    }
}
