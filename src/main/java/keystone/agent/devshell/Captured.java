package keystone.agent.devshell;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What of a captured environment is for a guest: nothing of this host but its store.
///
/// @param store the store's directory
record Captured(String store) {
    /// They are of the moment of the capture, of its builder, or would break the guest's own
    /// programs.
    private static final Set<String> NOT_FOR_GUESTS =
            Set.of(
                    "BASH_ENV",
                    "ENV",
                    "HOME",
                    "IFS",
                    "LD_LIBRARY_PATH",
                    "LD_PRELOAD",
                    "LOGNAME",
                    "NIX_BUILD_CORES",
                    "NIX_BUILD_TOP",
                    // Holds tokens, where somebody sets it at all.
                    "NIX_CONFIG",
                    "NIX_LOG_FD",
                    "NIX_SSL_CERT_FILE",
                    "OLDPWD",
                    "PWD",
                    "SHELL",
                    "SHLVL",
                    "SSL_CERT_FILE",
                    "TEMP",
                    "TEMPDIR",
                    "TERM",
                    "TMP",
                    "TMPDIR",
                    "TZ",
                    "USER",
                    "_",
                    "builder",
                    "name",
                    "out",
                    "shellHook",
                    "stdenv",
                    "system",
                    // Nobody can set these in the guest's shell.
                    "BASHOPTS",
                    "BASH_VERSINFO",
                    "EUID",
                    "PPID",
                    "SHELLOPTS",
                    "UID");

    private static final Set<String> LISTS = Set.of("PATH", "XDG_DATA_DIRS");

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,254}");

    /// What would never be in the store on purpose, whatever else stands in its value.
    private static final Pattern SECRET =
            Pattern.compile(
                    "(?i).*(TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY).*");

    /// Linux takes 128 KiB in one variable.
    private static final int LONGEST = 100 << 10;

    /// Takes the variables of a shell that Nix made in its own, empty environment.
    Map<String, String> ofNix(Map<String, String> exported) {
        return kept(exported);
    }

    /// Takes, of a shell that began with this host's environment, only what leads to the store.
    Map<String, String> ofHost(Map<String, String> environment) {
        Map<String, String> kept = kept(environment);
        kept.entrySet()
                .removeIf(
                        each ->
                                each.getKey().startsWith("DIRENV_")
                                        || !each.getValue().contains(store + "/")
                                        || SECRET.matcher(each.getKey()).matches());
        return kept;
    }

    private Map<String, String> kept(Map<String, String> all) {
        var kept = new TreeMap<>(all);
        kept.keySet().removeIf(name -> NOT_FOR_GUESTS.contains(name) || !isName(name));
        kept.replaceAll((name, value) -> LISTS.contains(name) ? ofStore(value) : value);
        kept.values().removeIf(value -> value.length() > LONGEST || value.indexOf('\0') >= 0);
        LISTS.forEach(name -> kept.remove(name, ""));
        return kept;
    }

    private static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    private String ofStore(String list) {
        return Stream.of(list.split(":", -1))
                .filter(each -> each.startsWith(store + "/"))
                .distinct()
                .collect(Collectors.joining(":"));
    }
}
