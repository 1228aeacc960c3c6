package keystone.agent.cli;

import java.util.List;
import keystone.agent.config.ReferencePage;

/// `docs/cli.md`, written from the commands themselves.
final class CommandPage {
    private static final String HEAD =
            """
            # Commands

            <!-- Written by `make docs` from the commands themselves; do not edit. -->

            `keystone-agent COMMAND …`; `ka` is the same program, and so is `keystone agent COMMAND …`.

            - `NAME` of a sandbox may be left out where a command takes one: then it is the sandbox of the project around
              the current directory. When that project has two, name one.
            - Results are printed on the standard output; news, progress and errors on the error output. With `-q` there are
              no news. Commands that report have `--json`.
            - `--` ends our flags.
            - An error is two lines: what happened, and what to type.

            ## Exit codes

            | Code | Meaning |
            |---|---|
            | 0 | done |
            | 1 | the operation failed |
            | 2 | the command line, or a settings file, is not right |
            | 3 | there is no such sandbox, task, image, agent or secret |
            | 4 | the host lacks something; `keystone-agent doctor` says what |
            | 5 | you said no |
            | 6 | not possible in the state that things are in |
            | 10 | the task has failed (`task run`, `task follow`) |
            | 11 | the task's agent refused |
            | 12 | the task waits for an answer, and nobody is here to give it |
            | 13 | the task was cancelled |
            | 20 | something needs a look (`review`, `sync`, `task accept`) |
            | 124 | it took too long |
            | 130 | interrupted |

            `exec` and `ssh` leave with the guest command's own code.

            """;

    private CommandPage() {}

    static String markdown() {
        var page = new StringBuilder(HEAD);
        page.append("## All commands\n\n| Command | What it does |\n|---|---|\n");
        Verb.shown()
                .forEach(
                        verb ->
                                page.append(
                                        "| [`%s`](#%s) | %s |\n"
                                                .formatted(
                                                        verb.words(),
                                                        anchor(verb),
                                                        verb.summary())));
        Verb.shown().forEach(verb -> page.append('\n').append(section(Manual.of(verb))));
        page.append("\n## Flags of every command\n\n");
        items(page, Manual.of(Verb.VERSION).globalFlags(), "Flag");
        return ReferencePage.withLinks(page.toString());
    }

    private static String anchor(Verb verb) {
        return verb.words().replace(' ', '-');
    }

    private static String section(Manual manual) {
        var page = new StringBuilder();
        page.append("## ").append(manual.verb().words()).append("\n\n");
        page.append(manual.verb().summary()).append(".\n\n```\n").append(manual.synopsis());
        manual.aliases().forEach(alias -> page.append('\n').append(alias));
        page.append("\n```\n\n").append(manual.description()).append('\n');
        if (!manual.parameters().isEmpty()) {
            page.append('\n');
            items(page, manual.parameters(), "Argument");
        }
        if (!manual.flags().isEmpty()) {
            page.append('\n');
            items(page, manual.flags(), "Flag");
        }
        page.append("\nFor example:\n\n```sh\n");
        manual.examples().forEach(line -> page.append(line).append('\n'));
        return page.append("```\n").toString();
    }

    private static void items(StringBuilder page, List<Manual.Item> items, String heading) {
        page.append("| ").append(heading).append(" | What it does |\n|---|---|\n");
        for (Manual.Item item : items) {
            page.append("| `")
                    .append(item.words().replace("|", "\\|"))
                    .append("` | ")
                    .append(item.sentence().replace("|", "\\|"))
                    .append(" |\n");
        }
    }
}
