package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import keystone.agent.model.ShareDriver;
import keystone.agent.process.Owned;

/// One virtiofsd for each share.
///
/// @param servers by tag
/// @param owned the servers, to be closed
record VirtiofsService(
        Virtiofsd program, String reason, Map<String, VirtiofsServer> servers, Owned owned)
        implements ShareService {
    VirtiofsService {
        servers = Map.copyOf(servers);
    }

    VirtiofsService because(String why) {
        return new VirtiofsService(program, why, servers, owned);
    }

    @Override
    public ShareDriver driver() {
        return ShareDriver.VIRTIOFS;
    }

    @Override
    public Map<String, Path> sockets() {
        var sockets = new LinkedHashMap<String, Path>();
        servers.forEach((tag, server) -> sockets.put(tag, server.socket()));
        return sockets;
    }

    @Override
    public void requireServing() {
        servers.values().forEach(VirtiofsServer::requireAlive);
    }

    @Override
    public void close() {
        owned.close();
    }
}
