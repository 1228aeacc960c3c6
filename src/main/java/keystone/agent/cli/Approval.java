package keystone.agent.cli;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import keystone.agent.config.Configuration;
import keystone.agent.config.ProjectFile;
import keystone.agent.config.ProjectFile.Unapproved;
import keystone.agent.config.Setting;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// Talks with the user about a project's own file, which an agent could have written.
final class Approval {
    private final Call call;
    private final Configuration configuration;

    Approval(Call call, Configuration configuration) {
        this.call = call;
        this.configuration = configuration;
    }

    /// The project's file if it may take effect; asks when somebody is there to be asked.
    ///
    /// @throws UserError when it is not approved, and stays so
    ProjectFile.Usable usable(Path project) throws InterruptedException {
        return switch (configuration.projectFile(project)) {
            case ProjectFile.Usable usable -> usable;
            case Unapproved file -> {
                // A file with mistakes is refused before anybody reads it.
                List<Setting> wishes = configuration.wishes(file);
                if (!call.streams().canAsk()) {
                    throw notApproved(file, project);
                }
                show(file, wishes, call.streams().err());
                yield ask(file, project);
            }
        };
    }

    private UserError notApproved(Unapproved file, Path project) {
        String what = file.isChange() ? " has changed since you approved it" : " is not approved";
        return UserError.wrongState(
                file.shownPath() + what + ", and a guest can write it", command(project));
    }

    /// Shows it and asks.
    ProjectFile.Approved ask(Unapproved file, Path project) throws InterruptedException {
        if (!call.prompt().confirms("Use these settings?")) {
            throw new UserError(
                    UserError.Kind.DECLINED,
                    "the settings in " + file.shownPath() + " were not approved",
                    "change or remove the file, or: " + command(project));
        }
        return configuration.approve(file);
    }

    void show(Unapproved file, List<Setting> wishes, PrintStream to) {
        String what =
                file.isChange()
                        ? " has changed since you approved it:"
                        : " sets something for this project's sandbox:";
        to.println(file.shownPath() + what);
        to.println();
        file.toShow().forEach(line -> to.println(("    " + line).stripTrailing()));
        to.println();
        if (wishes.isEmpty()) {
            to.println("It sets nothing.");
        } else {
            to.println("It asks for:");
            wishes.forEach(wish -> to.println("    " + wish(wish)));
        }
        to.println("An agent can write this file. It takes effect only as you approve it.");
    }

    private String wish(Setting setting) {
        int width = Screen.columns(call.around()) - 24;
        String text = Screen.oneLine(setting.text());
        return String.format(Locale.ROOT, "%-15s ", setting.key().title())
                + Screen.fit(text, width);
    }

    /// What approves it, typed where the user is.
    String command(Path project) {
        Path around = call.use().sandboxes().project(call.around().directory());
        boolean here = around.equals(project);
        return "keystone-agent config approve"
                + (here ? "" : " " + ShellWord.quote(project.toString()));
    }
}
