package keystone.agent.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The environment of a project's devshell, as it was captured once on this host, and what of the
/// store it needs.
///
/// @param inputs what it was evaluated from
/// @param store the directory of the store; the same in the guest
/// @param closure names in the store: all that the environment leads to
/// @param variables for every session; of `PATH` and `XDG_DATA_DIRS` only what comes first
/// @param hook for the guest's bash, once a boot; may be empty
public record Devshell(
        Digest inputs,
        Path store,
        Extent extent,
        List<String> closure,
        Map<String, String> variables,
        String hook) {
    /// What of the store a guest is shown.
    public enum Extent {
        CLOSURE,
        STORE
    }

    /// Names of a store's entries, by Nix's own rule.
    private static final Pattern NAME = Pattern.compile("[0-9a-z]{32}-[A-Za-z0-9+._?=-]{1,211}");

    public Devshell {
        closure = List.copyOf(closure);
        variables = new TreeMap<>(variables);
        if (!store.isAbsolute() || store.getNameCount() < 2) {
            throw new IllegalArgumentException("not a store's directory: " + store);
        }
        for (String name : closure) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not in a store: " + Printable.of(name));
            }
        }
    }

    public Devshell with(Extent other) {
        return new Devshell(inputs, store, other, closure, variables, hook);
    }
}
