package keystone.agent.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import keystone.agent.model.UserError;

/// Asks the host's own package sources.
final class HostResolver implements Resolver {
    /// The packages with a kernel and its modules; what else they need belongs to booting a real
    /// machine.
    private static final Pattern KERNEL = Pattern.compile("linux-(image|modules)-[0-9].*");

    @Override
    public Versions newest(Path work, List<String> packages)
            throws IOException, InterruptedException {
        List<PackageSource> sources = HostSources.read();
        Apt apt = Apt.in(work.resolve("apt"), sources, "");
        apt.update();
        var wanted = new ArrayList<>(packages);
        wanted.add("apt");
        // A pattern of apt's (apt-patterns(7)): what Debian expects on every system.
        wanted.add("?essential");
        List<LockedPackage> kernel =
                apt.resolve(List.of(kernelOf(sources.getFirst().origin()))).stream()
                        .filter(each -> KERNEL.matcher(each.name()).matches())
                        .toList();
        if (kernel.isEmpty()) {
            throw UserError.failed(
                    "the package sources of this host have no kernel", "sudo apt-get update");
        }
        var lock =
                new ImageLock(
                        apt.newestRelease(),
                        sources,
                        packages,
                        sorted(kernel),
                        sorted(apt.resolve(wanted)));
        return new Versions(lock, Optional.of(apt.indexes()));
    }

    /// The name under which the distribution keeps its newest kernel that knows 9p.
    private static String kernelOf(String origin) {
        return origin.equals("Ubuntu") ? "linux-image-virtual" : "linux-image-amd64";
    }

    private static List<LockedPackage> sorted(List<LockedPackage> packages) {
        return packages.stream().sorted(Comparator.comparing(LockedPackage::name)).toList();
    }
}
