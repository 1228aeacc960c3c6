package keystone.agent.machine.qemu;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.model.Image;
import keystone.agent.model.Runner;
import keystone.agent.process.Enclosure.Place;

/// Where QEMU finds its files: at fixed places when it is enclosed, so that its arguments never
/// hold a path of the host; at the host's paths when it is not.
///
/// @param layers of the image, the base first
/// @param monitor the Unix socket on which we wait for QEMU
/// @param shares in the order of [MachineSpec#tags]: the directories, or the sockets on which
/// others
///     serve them
record MachineFiles(
        String kernel,
        String initrd,
        List<String> layers,
        String disk,
        String config,
        String monitor,
        List<String> shares) {
    MachineFiles {
        layers = List.copyOf(layers);
        shares = List.copyOf(shares);
    }

    static MachineFiles enclosed(MachineSpec spec) {
        return new MachineFiles(
                "/image/kernel",
                "/image/initrd",
                numbered("/image/layer", layers(spec).size()),
                "/disk",
                "/config.tar",
                "/monitor.sock",
                numbered("/share/", spec.shares().size()));
    }

    private static List<String> numbered(String start, int count) {
        return IntStream.range(0, count).mapToObj(each -> start + each).toList();
    }

    static MachineFiles onHost(MachineSpec spec, Path monitor) {
        return new MachineFiles(
                spec.image() instanceof Image image ? image.kernel().toString() : "",
                spec.image() instanceof Image image ? image.initrd().toString() : "",
                layers(spec).stream().map(Path::toString).toList(),
                spec.disk().toString(),
                spec.bootConfig().toString(),
                monitor.toString(),
                spec.tags().stream().map(tag -> onHost(spec, tag).toString()).toList());
    }

    /// A runner brings its own.
    private static List<Path> layers(MachineSpec spec) {
        return spec.image() instanceof Image image ? image.layers() : List.of();
    }

    private static Path onHost(MachineSpec spec, String tag) {
        return switch (spec.sharing()) {
            case Sharing.NineP _ -> spec.share(tag).host();
            case Sharing.Served served -> Objects.requireNonNull(served.byTag().get(tag));
        };
    }

    /// What bubblewrap puts there; only the disk and writable shares can be written.
    List<Place> places(MachineSpec spec, Path monitorOnHost) {
        var places = new ArrayList<Place>();
        switch (spec.image()) {
            case Image image -> {
                places.add(Place.readOnly(image.kernel(), kernel));
                places.add(Place.readOnly(image.initrd(), initrd));
                for (int i = 0; i < layers.size(); i++) {
                    places.add(Place.readOnly(image.layers().get(i), layers.get(i)));
                }
            }
            case Runner runner ->
                    places.add(Place.readOnly(runner.store(), runner.store().toString()));
        }
        places.add(Place.readWrite(spec.disk(), disk));
        places.add(Place.readOnly(spec.bootConfig(), config));
        // Connecting to a socket is writing to it.
        places.add(Place.readWrite(monitorOnHost, monitor));
        for (int i = 0; i < shares.size(); i++) {
            String tag = spec.tags().get(i);
            switch (spec.sharing()) {
                case Sharing.NineP _ -> places.addAll(Place.of(spec.share(tag), shares.get(i)));
                // As above, a socket.
                case Sharing.Served _ ->
                        places.add(Place.readWrite(onHost(spec, tag), shares.get(i)));
            }
        }
        return places;
    }
}
