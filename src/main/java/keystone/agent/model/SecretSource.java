package keystone.agent.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where on the host a secret is read, whenever it is needed. It never holds the value.
public sealed interface SecretSource {
    /// In a few words, for people: where to look for it.
    String words();

    /// What `tokens set` was given.
    record Stored() implements SecretSource {
        @Override
        public String words() {
            return "tokens set";
        }
    }

    /// A variable of whoever starts the sandbox.
    record Variable(String name) implements SecretSource {
        public Variable {
            var _ = new SecretName(name);
        }

        @Override
        public String words() {
            return "$" + name;
        }
    }

    /// A variable in the project's file `.env`, or in another one beside it.
    ///
    /// @param file a name, not a path: the file lies in the project's own directory
    record DotEnv(String file, String name) implements SecretSource {
        public DotEnv {
            var _ = new SecretName(name);
            if (file.isEmpty() || file.contains("/") || file.equals(".") || file.equals("..")) {
                throw UserError.usage(
                        "`" + Printable.of(file) + "` is not the name of a file in the project",
                        "name one such as .env or .env.local");
            }
        }

        @Override
        public String words() {
            return file + ": " + name;
        }
    }

    /// What a program prints.
    ///
    /// @param arguments the program and its exact arguments; no shell looks at them
    record Command(List<String> arguments) implements SecretSource {
        public Command {
            arguments = List.copyOf(arguments);
            if (arguments.isEmpty() || arguments.getFirst().isBlank()) {
                throw UserError.usage(
                        "a secret's command has no program",
                        "write it as a list, such as [\"pass\", \"show\", \"api/anthropic\"]");
            }
            if (arguments.stream().anyMatch(each -> each.indexOf('\0') >= 0)) {
                throw UserError.usage("a secret's command has a NUL in it", "take it out");
            }
        }

        /// From the desktop's keyring, by libsecret's own tool.
        ///
        /// @param attributes by which it was stored: name, value, name, value …
        public static Command keyring(List<String> attributes) {
            if (attributes.isEmpty() || attributes.size() % 2 != 0) {
                throw UserError.usage(
                        "a keyring is asked by pairs of a name and a value",
                        "such as: service anthropic");
            }
            var arguments = new ArrayList<>(List.of("secret-tool", "lookup"));
            arguments.addAll(attributes);
            return new Command(arguments);
        }

        /// Its arguments may tell what nobody else should know.
        @Override
        public String words() {
            return "command " + Printable.of(arguments.getFirst());
        }
    }

    /// The first and only line of a file outside of every sandbox.
    record File(Path path) implements SecretSource {
        public File {
            if (!path.isAbsolute()) {
                throw UserError.usage(
                        "the secret's file " + Printable.of(path.toString()) + " has no whole path",
                        "begin it with / or ~/");
            }
        }

        @Override
        public String words() {
            return Printable.of(path.toString());
        }
    }

    /// What an agent's own log-in left on this host.
    record LogIn(Agent agent) implements SecretSource {
        @Override
        public String words() {
            return "~/" + agent.file();
        }
    }

    /// Agents that people log in to with a subscription.
    enum Agent {
        CLAUDE("Claude Code", ".claude/.credentials.json", "claude"),
        CODEX("Codex", ".codex/auth.json", "codex login"),
        GEMINI("Gemini CLI", ".gemini/oauth_creds.json", "gemini");

        private final String title;
        private final String file;
        private final String logInCommand;

        Agent(String title, String file, String logInCommand) {
            this.title = title;
            this.file = file;
            this.logInCommand = logInCommand;
        }

        public String title() {
            return title;
        }

        /// Below the home directory.
        public String file() {
            return file;
        }

        /// What a person types to log in again.
        public String logInCommand() {
            return logInCommand;
        }
    }
}
