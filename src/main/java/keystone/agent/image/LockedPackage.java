package keystone.agent.image;

import java.util.regex.Pattern;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Digest;

/// One Debian package, down to its bytes.
///
/// @param uri where it was when it was locked
record LockedPackage(
        String name, String version, String architecture, Digest sha256, long size, String uri) {
    /// Debian policy 5.6.1 and 5.6.12.
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]+");

    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9.+:~-]+");

    LockedPackage {
        require(NAME.matcher(name).matches(), "name");
        require(VERSION.matcher(version).matches(), "version");
        require(NAME.matcher(architecture).matches(), "architecture");
        require(size > 0 && size < 1L << 32, "size");
        require(PackageSource.ADDRESS.matcher(uri).matches(), "uri");
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new JsonException("a package's " + what + " is malformed");
        }
    }

    static LockedPackage fromJson(Json json) {
        Json.Obj object = json.asObject();
        return new LockedPackage(
                object.string("name"),
                object.string("version"),
                object.string("architecture"),
                new Digest(object.string("sha256")),
                object.number("size"),
                object.string("uri"));
    }

    Json toJson() {
        return Json.object()
                .with("name", name)
                .with("version", version)
                .with("architecture", architecture)
                .with("sha256", sha256.hex())
                .with("size", size)
                .with("uri", uri);
    }

    /// As people and `image inspect` write it.
    String label() {
        return name + " " + version;
    }
}
