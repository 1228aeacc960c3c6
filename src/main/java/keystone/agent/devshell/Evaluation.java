package keystone.agent.devshell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;

/// One evaluation of approved inputs: from a copy of exactly those bytes, in a directory of our
/// own. What a guest changes in the project meanwhile, or beside them, is not there.
record Evaluation(Path project, DevshellInputs inputs, CaptureDirectory captures, Nix nix) {
    private static final Pattern ALLOWED = Pattern.compile("(?m)^Found RC allowed (true|0)$");

    Devshell run() throws InterruptedException {
        try {
            Path work = captures.begin();
            try {
                return evaluate(work, copyTo(work.resolve("project")));
            } finally {
                CaptureDirectory.discard(work);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot evaluate in " + captures.directory(), e);
        }
    }

    private Devshell evaluate(Path work, Path copy) throws IOException, InterruptedException {
        return switch (inputs.main()) {
            // Not as a path in a word: that would have to be a URL.
            case "flake.nix" -> ofNix(copy, "--no-write-lock-file", "path:.");
            case "shell.nix" -> ofNix(copy, "--impure", "--file", "shell.nix");
            case ".envrc" -> ofDirenv(work, copy);
            default ->
                    throw UserError.hostLacks(
                            "this project's devenv.nix has no .envrc through which it is evaluated",
                            "echo 'use devenv' >.envrc && direnv allow   # see devenv's documentation");
        };
    }

    private Devshell ofNix(Path copy, String... what) throws IOException, InterruptedException {
        Path store = nix.store();
        Nix.Shell shell = nix.shell(copy, captures.profile(), what);
        Path result = captures.profile().toRealPath();
        captures.forgetAllBut(
                Set.of(
                        captures.profile(),
                        captures.profile()
                                .resolveSibling(Files.readSymbolicLink(captures.profile()))));
        return devshell(
                store,
                nix.closure(store, List.of(result)),
                new Captured(store.toString()).ofNix(shell.exported()),
                shell.hook());
    }

    /// It is the user who trusts what direnv runs, and direnv is asked whether they do; then it is
    /// told to trust the copy, in a memory of its own.
    private Devshell ofDirenv(Path work, Path copy) throws IOException, InterruptedException {
        if (!ALLOWED.matcher(nix.run(Nix.of("direnv", "status").in(project))).find()) {
            throw UserError.wrongState(
                    "direnv does not allow this project's .envrc, so it is not run",
                    "direnv allow, then: keystone-agent devshell refresh");
        }
        Path store = nix.store();
        String memory = work.resolve("direnv").toString();
        String _ = nix.run(of(memory, "direnv", "allow", copy + "/.envrc"));
        String printed = nix.run(of(memory, "direnv", "exec", copy.toString(), "env", "-0"));
        Map<String, String> kept = new Captured(store.toString()).ofHost(variables(printed));
        Set<Path> named = named(store, kept);
        if (!named.isEmpty()) {
            captures.forgetAllBut(Set.of());
            nix.keep(named, captures.profile());
        }
        return devshell(store, named.isEmpty() ? List.of() : nix.closure(store, named), kept, "");
    }

    private static Command of(String memory, String... arguments) {
        return Nix.of(arguments).withEnvironment("XDG_DATA_HOME", memory);
    }

    private static Map<String, String> variables(String printed) {
        var variables = new HashMap<String, String>();
        for (String each : printed.split("\0", -1)) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                variables.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        return variables;
    }

    /// The entries of the store that variables speak of.
    private static Set<Path> named(Path store, Map<String, String> variables) {
        Pattern entry =
                Pattern.compile(Pattern.quote(store + "/") + "([0-9a-z]{32}-[A-Za-z0-9+._?=-]+)");
        var named = new TreeSet<Path>();
        for (String value : variables.values()) {
            entry.matcher(value)
                    .results()
                    .map(found -> store.resolve(found.group(1)))
                    .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                    .forEach(named::add);
        }
        return named;
    }

    private Devshell devshell(
            Path store, List<String> closure, Map<String, String> variables, String hook) {
        return new Devshell(
                inputs.digest(), store, Devshell.Extent.CLOSURE, closure, variables, hook);
    }

    /// Their names are of files that were read without following links, so they lead nowhere else.
    private Path copyTo(Path directory) throws IOException {
        for (Map.Entry<String, String> file : inputs.files().entrySet()) {
            Path to = directory.resolve(file.getKey()).normalize();
            if (!to.startsWith(directory)) {
                throw new IOException("not in the project: " + file.getKey());
            }
            Files.createDirectories(to.getParent());
            Files.writeString(to, file.getValue());
        }
        return directory;
    }
}
