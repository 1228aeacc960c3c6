package keystone.agent.egress;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import keystone.agent.model.HostName;

/// Names that stand for what a test says, and that know who asked for them.
final class ScriptedNames implements Names {
    final List<String> asked = new CopyOnWriteArrayList<>();
    private final Map<String, List<InetAddress>> known = new ConcurrentHashMap<>();

    ScriptedNames with(String name, String... addresses) {
        known.put(name, Arrays.stream(addresses).map(InetAddress::ofLiteral).toList());
        return this;
    }

    @Override
    public List<InetAddress> addresses(HostName name) throws UnknownHostException {
        asked.add(name.text());
        List<InetAddress> found = known.get(name.text());
        if (found == null) {
            throw new UnknownHostException("this host does not know the name");
        }
        return found;
    }
}
