package keystone.agent.ports;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The loopback addresses of this host. Nobody beyond this host gets there.
///
/// A number is ours on all of them or on none: browsers take `localhost` for either, and a service
/// of the user's on one must not be in the shadow of a guest's on the other.
record Loopback(List<InetSocketAddress> places) {
    private static final int ANY = 0;

    Loopback {
        places = List.copyOf(places);
    }

    /// 127.0.0.1, and ::1 where there is one.
    static Loopback ofThisHost() {
        var places = new ArrayList<InetSocketAddress>();
        places.add(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), ANY));
        var sixth = new InetSocketAddress(InetAddress.ofLiteral("::1"), ANY);
        if (canListen(sixth)) {
            places.add(sixth);
        }
        return new Loopback(places);
    }

    private static boolean canListen(InetSocketAddress place) {
        try (ServerSocketChannel _ = listen(place)) {
            return true;
        } catch (IOException | UnsupportedOperationException noSuchAddress) {
            return false;
        }
    }

    /// Listens, when the number is free on every address.
    ///
    /// @param number 0 for any
    Optional<HostPort> listen(int number) {
        var channels = new ArrayList<ServerSocketChannel>();
        try {
            int chosen = number;
            for (InetSocketAddress place : places) {
                ServerSocketChannel channel =
                        listen(new InetSocketAddress(place.getAddress(), chosen));
                channels.add(channel);
                chosen = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            }
            return Optional.of(new HostPort(chosen, channels));
        } catch (IOException taken) {
            channels.forEach(HostPort::close);
            return Optional.empty();
        }
    }

    /// Whoever listens on that number already keeps it: Linux lets nobody listen beside it who did
    /// not ask for that (SO_REUSEPORT; socket(7)).
    private static ServerSocketChannel listen(InetSocketAddress place) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(family(place));
        try {
            return channel.bind(place);
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    private static ProtocolFamily family(InetSocketAddress place) {
        return place.getAddress().getAddress().length == 4
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
    }
}
