package keystone.agent.desktop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a session's bus listens (D-Bus specification, "Server Addresses").
final class BusAddress {
    private static final String TRANSPORT = "unix:";
    private static final String PATH = "path=";

    private BusAddress() {}

    /// Empty where there is no bus, or one that is not reached by a socket in the file system.
    static Optional<Path> find(Map<String, String> environment) {
        String said = environment.get("DBUS_SESSION_BUS_ADDRESS");
        if (said != null) {
            return path(said);
        }
        String runtime = environment.get("XDG_RUNTIME_DIR");
        return runtime == null
                ? Optional.empty()
                : Optional.of(Path.of(runtime, "bus")).filter(Files::exists);
    }

    private static Optional<Path> path(String addresses) {
        for (String address : addresses.split(";", -1)) {
            if (address.startsWith(TRANSPORT)) {
                for (String pair : address.substring(TRANSPORT.length()).split(",", -1)) {
                    if (pair.startsWith(PATH)) {
                        return decoded(pair.substring(PATH.length()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> decoded(String escaped) {
        var bytes = new ByteArrayOutputStream();
        byte[] all = escaped.getBytes(StandardCharsets.UTF_8);
        try {
            for (int i = 0; i < all.length; i++) {
                if (all[i] == '%') {
                    bytes.write(Integer.parseInt(escaped, i + 1, i + 3, 16));
                    i += 2;
                } else {
                    bytes.write(all[i]);
                }
            }
            Path path = Path.of(bytes.toString(StandardCharsets.UTF_8));
            return path.isAbsolute() ? Optional.of(path) : Optional.empty();
        } catch (NumberFormatException | IndexOutOfBoundsException | InvalidPathException no) {
            return Optional.empty();
        }
    }
}
