package keystone.agent.cli;

import java.util.ArrayList;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Check;
import keystone.agent.model.Check.Status;
import keystone.agent.model.Printable;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        description = {
            "Looks at everything that sandboxes need from this host. Every check that did not pass comes",
            "with what to type. Leaves with 4 when something is missing."
        },
        footer = "keystone-agent doctor --fix")
final class DoctorCommand implements Action {
    @Option(
            names = "--fix",
            description =
                    "Repair what needs no administrator; on a terminal, offer to run the rest.")
    boolean fix;

    @Option(names = "--json", description = "Print a JSON array.")
    boolean json;

    @Override
    public int run(Call call) throws InterruptedException {
        List<Check> checks = fix ? fixed(call) : call.use().host().checks();
        if (fix && offer(call, checks)) {
            checks = call.use().host().checks();
        }
        if (json) {
            call.print(Json.array(checks, DoctorCommand::json));
        } else {
            report(call, checks);
        }
        boolean failed = checks.stream().anyMatch(check -> check.status() == Status.FAILED);
        return failed ? Kind.HOST_LACKS.exitCode() : 0;
    }

    private static List<Check> fixed(Call call) throws InterruptedException {
        try (News news = call.news()) {
            return call.use().host().fix(news);
        }
    }

    /// Runs what the person agrees to, line by line as it was shown.
    ///
    /// @return whether anything was run
    private static boolean offer(Call call, List<Check> checks) throws InterruptedException {
        var commands = new ArrayList<List<String>>();
        for (Check check : checks) {
            List<String> command = check.command();
            if (call.use().host().canRun(command) && !commands.contains(command)) {
                commands.add(command);
            }
        }
        if (commands.isEmpty() || !call.streams().canAsk()) {
            return false;
        }
        call.streams().err().println("These would help:");
        commands.forEach(command -> call.streams().err().println("    " + ShellWord.line(command)));
        if (!call.prompt().confirms("Run them now?")) {
            return false;
        }
        for (List<String> command : commands) {
            call.use().host().runFix(command);
        }
        return true;
    }

    private static void report(Call call, List<Check> checks) {
        int width = checks.stream().mapToInt(check -> check.name().length()).max().orElse(0);
        String indent = " ".repeat("FAIL  ".length() + width + 2);
        for (Check check : checks) {
            String name = check.name() + " ".repeat(width - check.name().length());
            String message = String.join("\n" + indent, lines(call, check, indent.length()));
            call.out().println(word(call.style(), check.status()) + "  " + name + "  " + message);
            if (check.fix() != null) {
                // Never broken: it is there to be pasted.
                String fix = Printable.lines(check.fix()).replace("\n", "\n" + indent + "     ");
                call.out().println(indent + "fix: " + fix);
            }
        }
        long failed = checks.stream().filter(c -> c.status() == Status.FAILED).count();
        if (failed > 0) {
            call.say(failed + (failed == 1 ? " check" : " checks") + " failed");
        }
    }

    /// On a terminal a long message goes on below itself.
    private static List<String> lines(Call call, Check check, int indent) {
        String message = Printable.of(check.message());
        return call.streams().outIsTerminal()
                ? HelpText.wrap(message, Screen.columns(call.around()) - indent)
                : List.of(message);
    }

    private static String word(Style style, Status status) {
        return switch (status) {
            case PASSED -> style.green("ok  ");
            case WARNING -> style.yellow("warn");
            case FAILED -> style.red("FAIL");
        };
    }

    private static Json json(Check check) {
        String status =
                switch (check.status()) {
                    case PASSED -> "passed";
                    case WARNING -> "warning";
                    case FAILED -> "failed";
                };
        return Json.object()
                .with("name", check.name())
                .with("status", status)
                .with("message", check.message())
                .with("fix", check.fix());
    }
}
