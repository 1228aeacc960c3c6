package keystone.agent.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.model.Access;
import keystone.agent.model.Share;

/// What an enclosed program sees: files of the host at places of our choosing, and an environment.
///
/// Because the places are ours, no path of the host, whatever characters it has, ever stands in the
/// program's arguments.
public record Enclosure(List<Place> places, Map<String, String> environment, Network network) {
    /// Which network the program has.
    public enum Network {
        /// This host's.
        HOST,
        /// A namespace of its own, in which there is nobody else.
        NONE
    }

    public Enclosure {
        places = List.copyOf(places);
        environment = new TreeMap<>(environment);
    }

    public Enclosure(List<Place> places, Map<String, String> environment) {
        this(places, environment, Network.HOST);
    }

    public Enclosure withoutNetwork() {
        return new Enclosure(places, environment, Network.NONE);
    }

    /// One thing that is there.
    ///
    /// @param source a path of the host; of a link, what it points to
    /// @param inside absolute, without `..`
    public record Place(Kind kind, String source, String inside) {
        public enum Kind {
            READ_ONLY,
            READ_WRITE,
            DEVICE,
            LINK
        }

        public static Place readOnly(Path host, String inside) {
            return new Place(Kind.READ_ONLY, host.toString(), inside);
        }

        public static Place readWrite(Path host, String inside) {
            return new Place(Kind.READ_WRITE, host.toString(), inside);
        }

        /// A share with its covers, in the order in which they must be mounted.
        ///
        /// @param share whose access decides whether it can be written
        public static List<Place> of(Share share, String inside) {
            var places = new ArrayList<Place>();
            places.add(of(share.access(), share.host(), inside));
            for (Share.Cover cover : share.covers()) {
                places.add(of(cover.access(), cover.by(), inside + "/" + cover.name()));
            }
            return places;
        }

        private static Place of(Access access, Path host, String inside) {
            return switch (access) {
                case READ_ONLY -> readOnly(host, inside);
                case READ_WRITE -> readWrite(host, inside);
            };
        }

        /// A device node, at its own path.
        public static Place device(String node) {
            return new Place(Kind.DEVICE, node, node);
        }

        public static Place link(String target, String inside) {
            return new Place(Kind.LINK, target, inside);
        }
    }
}
