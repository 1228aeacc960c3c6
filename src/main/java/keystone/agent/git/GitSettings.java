package keystone.agent.git;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What switches off whatever a repository's configuration, the user's or the system's could have
/// git on this host run, write or ask for.
final class GitSettings {
    private static final Map<String, String> ENVIRONMENT =
            Map.ofEntries(
                    Map.entry("HOME", "/nonexistent"),
                    Map.entry("GIT_CONFIG_NOSYSTEM", "1"),
                    Map.entry("GIT_CONFIG_GLOBAL", "/dev/null"),
                    Map.entry("GIT_ATTR_NOSYSTEM", "1"),
                    Map.entry("GIT_TERMINAL_PROMPT", "0"),
                    Map.entry("GIT_OPTIONAL_LOCKS", "0"),
                    Map.entry("GIT_NO_LAZY_FETCH", "1"),
                    // The guest does not have them: both must speak of the same history.
                    Map.entry("GIT_NO_REPLACE_OBJECTS", "1"),
                    Map.entry("GIT_COMMITTER_NAME", "keystone-agent"),
                    Map.entry("GIT_COMMITTER_EMAIL", "keystone-agent@localhost"));

    static final Map<String, String> CONFIGURATION =
            Map.ofEntries(
                    Map.entry("core.hooksPath", "/dev/null"),
                    // Larger files are not compared line by line: each line takes ten times its
                    // bytes and more, and what compresses well may be sent in any size.
                    Map.entry("core.bigFileThreshold", "8m"),
                    Map.entry("core.fsmonitor", "false"),
                    // A program, which is to list refs of what is borrowed from: none.
                    Map.entry("core.alternateRefsCommand", "true"),
                    Map.entry("core.protectHFS", "true"),
                    Map.entry("core.protectNTFS", "true"),
                    Map.entry("core.attributesFile", "/dev/null"),
                    Map.entry("core.excludesFile", "/dev/null"),
                    Map.entry("core.pager", "cat"),
                    Map.entry("protocol.allow", "never"),
                    Map.entry("credential.helper", ""),
                    Map.entry("gc.auto", "0"),
                    Map.entry("maintenance.auto", "false"),
                    Map.entry("submodule.recurse", "false"),
                    Map.entry("fetch.recurseSubmodules", "false"),
                    Map.entry("fetch.writeCommitGraph", "false"),
                    Map.entry("fetch.fsckObjects", "true"),
                    Map.entry("transfer.fsckObjects", "true"),
                    // Always one pack, which is in place only once all of it has been checked.
                    Map.entry("fetch.unpackLimit", "1"),
                    Map.entry("log.showSignature", "false"),
                    Map.entry("diff.external", ""));

    /// For what is only about objects: without a work tree.
    static final Map<String, String> APART = withoutWorkTree();

    private GitSettings() {}

    private static Map<String, String> withoutWorkTree() {
        var configuration = new LinkedHashMap<>(CONFIGURATION);
        configuration.put("core.bare", "true");
        return Collections.unmodifiableMap(configuration);
    }

    /// The environment that says all of it to git.
    ///
    /// @param environment beside what every git has
    static Map<String, String> variables(
            Map<String, String> environment, Map<String, String> configuration) {
        var all = new LinkedHashMap<>(ENVIRONMENT);
        all.put("GIT_ALLOW_PROTOCOL", "none");
        all.putAll(environment);
        // Unlike `-c`, these keys may hold an equals sign.
        int count = 0;
        for (Map.Entry<String, String> setting : configuration.entrySet()) {
            all.put("GIT_CONFIG_KEY_" + count, setting.getKey());
            all.put("GIT_CONFIG_VALUE_" + count, setting.getValue());
            count++;
        }
        all.put("GIT_CONFIG_COUNT", Integer.toString(count));
        return all;
    }
}
