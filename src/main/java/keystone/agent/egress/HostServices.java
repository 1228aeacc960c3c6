package keystone.agent.egress;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import keystone.agent.model.HostName;
import keystone.agent.model.UserError;

/// Services of this host's own loopback that its user named by a URL. A guest knows all of them
/// under one name and by their ports; where each is, and who it has to be, is as the URL says.
///
/// @param byPort any other port is of no such service
public record HostServices(Map<Integer, Service> byPort) {
    public static final HostServices NONE = new HostServices(Map.of());

    private static final HostName LOCALHOST = HostName.parse("localhost");

    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    /// One of them.
    ///
    /// @param named `localhost`, or an address of the loopback
    /// @param hasTls whether it is spoken to within TLS, and has to prove that it is `named`
    public record Service(HostName named, boolean hasTls) {}

    public HostServices {
        byPort = Map.copyOf(byPort);
    }

    /// The same, and this one. Of a port that is named as `localhost`, too, the address holds.
    ///
    /// @throws UserError when what listens at that port would have to be two
    public HostServices with(int port, Service service) {
        Service known = byPort.getOrDefault(port, service);
        boolean isNamedAlike =
                known.named().equals(service.named())
                        || known.named().equals(LOCALHOST)
                        || service.named().equals(LOCALHOST);
        if (!isNamedAlike || known.hasTls() != service.hasTls()) {
            throw UserError.usage(
                    "port %d of this host is named in two ways that cannot both hold"
                            .formatted(port),
                    "name it alike in every *_BASE_URL");
        }
        var all = new TreeMap<>(byPort);
        all.put(port, known.named().equals(LOCALHOST) ? service : known);
        return new HostServices(all);
    }

    /// Where a port of this host is dialled, in that order.
    List<InetAddress> addresses(int port) {
        return named(port)
                .flatMap(service -> service.named().address())
                .map(List::of)
                .orElse(LOOPBACK);
    }

    Optional<Service> named(int port) {
        return Optional.ofNullable(byPort.get(port));
    }
}
