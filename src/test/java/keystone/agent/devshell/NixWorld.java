package keystone.agent.devshell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import keystone.agent.process.Command;

/// The host's real nix with a store of its own, which is not where one usually is, and nothing to
/// fetch from.
///
/// @param root a real path
public record NixWorld(Path root) {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /// What stands for nixpkgs: `build NAME TEXT` makes a package with one script, `mkShell` a
    /// shell with packages on its `PATH`. All built by the host's own shell.
    private static final String STUBS =
            """
            let
              system = "x86_64-linux";
              sh = name: environment: script: derivation ({
                inherit name system;
                builder = "/bin/sh";
                PATH = "/usr/bin:/bin";
                args = [ "-c" script ];
              } // environment);
              build = name: text: sh name { inherit text; passAsFile = [ "text" ]; }
                "mkdir -p $out/bin; cp $textPath $out/bin/${name}; chmod 755 $out/bin/${name}; :";
              stdenv = sh "stdenv" { }
                "mkdir $out; echo 'for each in $packages; do PATH=$each/bin:$PATH; done; export PATH' >$out/setup; :";
              mkShell = environment: derivation ({
                name = "shell";
                inherit system stdenv;
                builder = "/bin/bash";
                args = [ "-c" ":" ];
                outputs = [ "out" ];
                PATH = "/usr/bin:/bin";
              } // environment);
            in""";

    public static NixWorld in(Path directory) throws IOException {
        Path root = directory.toRealPath();
        for (String each : new String[] {"conf", "home", "cache"}) {
            Files.createDirectories(root.resolve(each));
        }
        Files.writeString(
                root.resolve("conf/nix.conf"),
                """
                experimental-features = nix-command flakes
                sandbox = false
                build-users-group =
                substituters =
                substitute = false
                flake-registry =
                """);
        return new NixWorld(root);
    }

    public Path store() {
        return root.resolve("store");
    }

    /// Of a user who has a token, as many have.
    public Map<String, String> environment() {
        var environment = new TreeMap<String, String>();
        environment.put("NIX_CONF_DIR", root.resolve("conf").toString());
        environment.put("NIX_STORE_DIR", store().toString());
        environment.put("NIX_STATE_DIR", root.resolve("var").toString());
        environment.put("NIX_LOCALSTATE_DIR", root.resolve("var").toString());
        environment.put("NIX_LOG_DIR", root.resolve("log").toString());
        environment.put("HOME", root.resolve("home").toString());
        environment.put("XDG_CACHE_HOME", root.resolve("cache").toString());
        environment.put("XDG_CONFIG_HOME", root.resolve("home/.config").toString());
        environment.put("XDG_DATA_HOME", root.resolve("home/.local/share").toString());
        environment.put("GITHUB_TOKEN", "ghp_of-the-host");
        return environment;
    }

    /// A `flake.nix` whose shell is what `shell` says, in Nix's language.
    static String flake(String shell) {
        return """
               {
                 inputs = { };
                 outputs = { self }: {
                   devShells.x86_64-linux.default = %s %s;
                 };
               }
               """
                .formatted(STUBS, shell);
    }

    /// With `text` as the one program `name`.
    static String flake(String name, String text, String more) {
        return flake(
                "mkShell { packages = [ (build \"%s\" \"%s\") ]; %s }".formatted(name, text, more));
    }

    static String shellNix(String shell) {
        return STUBS + " " + shell + "\n";
    }

    /// What one of its programs prints.
    public String run(Path directory, String... words) throws InterruptedException {
        Command command = Command.of(words).in(directory);
        for (Map.Entry<String, String> each : environment().entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        Command.Finished finished = command.run(LIMIT);
        if (!finished.ok()) {
            throw new AssertionError(Arrays.toString(words) + "\n" + finished);
        }
        return finished.output();
    }

    /// The entry of the store that one package is.
    Path build(String name, String text) throws InterruptedException {
        String expression = STUBS + " build \"%s\" \"%s\"".formatted(name, text);
        return Path.of(run(root, "nix-build", "--no-out-link", "--expr", expression).strip());
    }

    /// A new project.
    Path project(String... filesAndTexts) {
        try {
            Path project = Files.createTempDirectory(root, "project-");
            for (int i = 0; i < filesAndTexts.length; i += 2) {
                write(project, filesAndTexts[i], filesAndTexts[i + 1]);
            }
            return project;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path project, String file, String text) throws IOException {
        Path to = project.resolve(file);
        Files.createDirectories(to.getParent());
        Files.writeString(to, text);
    }
}
