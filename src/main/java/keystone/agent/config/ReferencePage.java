package keystone.agent.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// `docs/config.md`, written from [Key].
public final class ReferencePage {
    private static final String HEAD =
            """
            # Settings

            <!-- Written by `make docs` from the settings that the program knows; do not edit. -->

            A setting that is given nowhere has its default. Stronger places overrule weaker ones:

            1. a flag of `keystone-agent start`
            2. an environment variable
            3. the project's file, `PROJECT/.keystone/agent.toml`, once you approved it
            4. your own file, `$XDG_CONFIG_HOME/keystone/agent.toml` (`~/.config/keystone/agent.toml`;
               `$KEYSTONE_AGENT_HOME/config/agent.toml` when that variable is set)
            5. the default

            A setting with one value takes it from the strongest place that names it. Settings with several values
            (`mounts`, `env`, `image.packages`) add up; where two places speak of the same variable or the same path in
            the guest, the stronger one wins. `keystone-agent config show` tells what holds, and where each value comes
            from.

            On a sandbox's first start the defaults fill the gaps. On a later start it keeps what it has, unless a place
            says otherwise.

            """;

    private static final String TAIL =
            """

            ## An example

            ```toml
            memory = "8g"
            cpus = 4
            idle_stop = "2h"
            mounts = ["~/datasets:/data:ro"]

            [env]
            TZ = "Europe/Berlin"

            [image]
            packages = ["nodejs", "npm"]
            setup = '''
            git config --system init.defaultBranch main
            '''
            ```

            ## The project's file needs your approval

            A guest can write the project, so it can write this file. It takes effect only after you approved its exact
            content: `start` shows it and asks, and so does `keystone-agent config approve`. Any change, however small,
            needs a new approval, which shows what changed. Only the last approved content counts, so a guest cannot bring
            back what you have since taken out. A file that is a link, is no plain file, is longer than 64 KiB or is not
            UTF-8 is refused. Without a terminal to ask on, `start` refuses to go on.

            ## Mounts

            `HOST:GUEST` shows a host directory to the guest, `HOST:GUEST:ro` for reading only. It is read from the right:
            HOST may hold colons, GUEST may not. `~` is your home directory. A relative HOST starts from the current
            directory on the command line, from the project in the project's file, and is refused in your own file.
            Refused, as projects are by the same rules, after following links: `/`, your home directory and what contains
            it, directories with keys and passwords (`.ssh`, `.gnupg`, `.aws` and the like) and what holds the settings of
            many programs (`~/.config`), everybody's temporary files (`/tmp` itself), the system's insides (`/etc`, `/proc`,
            `/run`, `/var/lib` …) and keystone-agent's own files. `/usr` and other places of programs are shown read-only.
            A link is not followed when the guest of any of your sandboxes can change it, or when it belongs to another user.

            ## Times and sizes

            Times are written `90m`, `2h`, `1h30m`, `1d`; sizes `512m`, `4g`, `1t`, in powers of 1024.
            """;

    private static final Pattern PAGE = Pattern.compile("docs/([a-z]+)\\.md(#[a-z-]+)?");

    private ReferencePage() {}

    public static String markdown() {
        var page = new StringBuilder(HEAD);
        page.append(
                "| In `agent.toml` | Flag of `start` | Environment | Default | What it does |\n");
        page.append("|---|---|---|---|---|\n");
        for (Key key : Key.values()) {
            page.append(row(key)).append('\n');
        }
        return page.append(TAIL).toString();
    }

    private static String row(Key key) {
        return List.of(
                        code(key.title()) + ": " + key.form().description(),
                        flags(key),
                        key.variable().map(ReferencePage::code).orElse("–"),
                        key.fallback().map(ReferencePage::code).orElse("–"),
                        withLinks(key.sentence()))
                .stream()
                .map(cell -> cell.replace("|", "\\|"))
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    /// The pages that are named in a text that is also help, such as `docs/nix.md`, as links from a
    /// page beside them.
    public static String withLinks(String sentence) {
        return PAGE.matcher(sentence).replaceAll("[$1]($1.md$2)");
    }

    private static String flags(Key key) {
        if (key.flags().isEmpty()) {
            return "–";
        }
        return key.flags().stream()
                .map(flag -> code(flag + " " + key.form().placeholder()))
                .collect(Collectors.joining(", "));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
