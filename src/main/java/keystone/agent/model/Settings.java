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
/// @param secrets of the user's own, beside those we know
/// @param delivered of which the guest gets the value itself in this run
/// @param masks which files of what is shared the guest does not get to see
/// @param tasks what holds for all of them
/// @param agents which one tasks are given to, and which there are besides the built-in ones
public record Settings(
        @Nullable ByteSize memory,
        @Nullable Integer cpus,
        @Nullable ByteSize disk,
        @Nullable ShareDriver share,
        @Nullable GitMode git,
        @Nullable IdentityChoice identity,
        @Nullable EgressMode net,
        @Nullable AutoPorts ports,
        List<Share> mounts,
        Map<String, String> environment,
        @Nullable Duration idleStop,
        ImageRecipe image,
        List<SecretRef> secrets,
        Map<SecretName, Delivery> delivered,
        MaskRules masks,
        AgentChoice agents,
        TaskDefaults tasks,
        @Nullable DevshellMode devshell) {
    public static final Settings NONE =
            new Settings(
                    null,
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
                    List.of(),
                    Map.of(),
                    MaskRules.usual(),
                    AgentChoice.NONE,
                    TaskDefaults.NONE,
                    null);

    public Settings {
        mounts = List.copyOf(mounts);
        environment = new TreeMap<>(environment);
        secrets = List.copyOf(secrets);
        delivered = new TreeMap<>(delivered);
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
                ports,
                others,
                environment,
                idleStop,
                image,
                secrets,
                delivered,
                masks,
                agents,
                tasks,
                devshell);
    }
}
