package keystone.agent.image;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.model.Digest;

/// What lies beside the files of an image and says what they are.
///
/// It holds no paths, so that a wrong one cannot lead anywhere: an image's files have fixed names.
///
/// @param sizes of each file in bytes; a file of another size is not what was built
record Manifest(StoredImage image, Map<String, Long> sizes) {
    static final String FILE = "manifest.json";
    static final String BASE = "base.squashfs";
    static final String KERNEL = "vmlinux";
    static final String INITRD = "initrd.cpio";
    static final String LAYER = "layer.squashfs";

    /// What the base has installed; a layer's packages are resolved against it.
    static final String STATUS = "dpkg-status";

    /// What a machine reads.
    static final Set<String> BOOTED = Set.of(BASE, KERNEL, INITRD, LAYER);

    private static final long FORMAT = 1;
    private static final Set<String> BASE_FILES = Set.of(BASE, KERNEL, INITRD, STATUS);

    Manifest {
        sizes = Map.copyOf(sizes);
        if (!sizes.keySet().equals(image.isLayer() ? Set.of(LAYER) : BASE_FILES)) {
            throw new JsonException("an image has other files than it should");
        }
        // What packs a layer may have been taken over by the guest that it packs from.
        if (sizes.values().stream().anyMatch(size -> size < 0)) {
            throw new JsonException("what should be a file of an image is none");
        }
    }

    static Manifest parse(String text) {
        Json.Obj json = Json.parse(text).asObject();
        if (json.number("format") != FORMAT) {
            throw new JsonException("the image has a format that this version does not know");
        }
        // Every start reads one: loops, because the first stream of a process takes milliseconds.
        var sizes = new TreeMap<String, Long>();
        long bytes = 0;
        Json.Obj files = json.object("files");
        for (String name : files.members().keySet()) {
            long size = files.number(name);
            sizes.put(name, size);
            bytes += size;
        }
        var packages = new ArrayList<String>();
        for (Json each : json.array("packages")) {
            packages.add(each.asString("packages"));
        }
        String base = json.stringOrNull("base");
        String agents = json.stringOrNull("agents");
        return new Manifest(
                new StoredImage(
                        new Digest(json.string("digest")),
                        base == null ? null : new Digest(base),
                        agents == null ? null : new Digest(agents),
                        Instant.ofEpochSecond(json.number("built")),
                        json.string("kernel"),
                        bytes,
                        packages,
                        json.stringOrNull("setup")),
                sizes);
    }

    String text() {
        Json.Obj files = Json.object();
        new TreeMap<>(sizes).forEach(files::with);
        Digest base = image.base();
        Digest agents = image.agents();
        return Json.object()
                        .with("format", FORMAT)
                        .with("digest", image.digest().hex())
                        .with("base", base == null ? null : base.hex())
                        .with("agents", agents == null ? null : agents.hex())
                        .with("built", image.built().getEpochSecond())
                        .with("kernel", image.kernel())
                        .with("files", files)
                        .with("packages", Json.array(image.packages(), Json::string))
                        .with("setup", image.setup())
                        .pretty()
                + "\n";
    }
}
