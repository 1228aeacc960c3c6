package keystone.agent.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What somebody said about a sandbox, on the command line, in the environment or in a file; null
/// and empty where nobody said anything.
///
/// On the first start the defaults fill the gaps; on a later one the sandbox keeps what it has.
///
/// @param environment for every session of this run; never written to disk by us
/// @param agents which one tasks are given to, and which there are besides the built-in ones
public record Settings(
        @Nullable ByteSize memory,
        @Nullable Integer cpus,
        @Nullable ByteSize disk,
        @Nullable ShareDriver share,
        @Nullable GitMode git,
        @Nullable IdentityChoice identity,
        @Nullable EgressMode net,
        List<Share> mounts,
        Map<String, String> environment,
        @Nullable Duration idleStop,
        ImageRecipe image,
        AgentChoice agents) {
    public static final Settings NONE =
            new Settings(
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    Map.of(),
                    null,
                    ImageRecipe.NONE,
                    AgentChoice.NONE);

    public Settings {
        mounts = List.copyOf(mounts);
        environment = new TreeMap<>(environment);
    }

    public Settings withMounts(List<Share> others) {
        return new Settings(
                memory,
                cpus,
                disk,
                share,
                git,
                identity,
                net,
                others,
                environment,
                idleStop,
                image,
                agents);
    }
}
