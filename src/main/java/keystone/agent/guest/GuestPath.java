package keystone.agent.guest;

import keystone.agent.model.Printable;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;

/// A path in the guest as a person writes it: absolute, below the workspace, or below `~`.
///
/// @param text not empty, without NUL
record GuestPath(String text) {
    GuestPath {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` cannot be a path of the guest",
                    "write it as NAME:/path/in/the/guest");
        }
    }

    /// A word of the guest's bash that stands for the absolute path.
    String shellWord() {
        if (text.equals("~")) {
            return "~";
        }
        if (text.startsWith("~/")) {
            return "~/" + ShellWord.of(text.substring(2));
        }
        return ShellWord.of(text.startsWith("/") ? text : SandboxSpec.WORKSPACE + "/" + text);
    }

    /// What a copy of it is called; `.` for what is in a directory.
    String lastName() {
        String path = text.replaceAll("/+$", "");
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (last.isEmpty() || last.equals("..") || last.equals("~")) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` does not say what the copy shall be called",
                    "name the directory itself, or add `/.` for what is in it");
        }
        return last;
    }
}
