package keystone.agent.devshell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.json.Json;
import keystone.agent.process.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The project's own flake, by the host's real nix. What stands for nixpkgs is in `tests/nix`: its
/// packages are empty, but this program is installed for real.
final class FlakeIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String SYSTEM = "x86_64-linux";

    /// What the stub downloads of Maven's.
    private static final String HASH = "sha256-";

    @TempDir Path top;
    private NixWorld nix;
    private Path flake;
    private Path stubs;

    @BeforeEach
    void a_checkout() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/nix")), "nix is not installed");
        assumeTrue(
                Files.isRegularFile(app().resolve("keystone-agent.jar")),
                "the program is not built");
        nix = NixWorld.in(top);
        flake = Files.createDirectories(nix.root().resolve("flake"));
        stubs = nix.root().resolve("stubs");
        for (String each :
                List.of("flake.nix", "nix", "pom.xml", ".mvn", "bin", "scripts", "packaging")) {
            copy(Path.of(each), flake.resolve(each));
        }
        copy(Path.of("src/main/resources/shell"), flake.resolve("src/main/resources/shell"));
        copy(Path.of("tests/nix"), stubs);
        host("");
    }

    private static Path app() {
        return Path.of("target/app").toAbsolutePath();
    }

    private void host(String archive) throws IOException {
        Files.writeString(
                stubs.resolve("host.json"),
                "{\"app\": \"%s\", \"jdk\": \"%s\", \"archive\": \"%s\"}"
                        .formatted(app(), System.getProperty("java.home"), archive));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Path target = to.resolve(from.relativize(each).toString());
                Files.createDirectories(target.getParent());
                Files.copy(each, target);
            }
        }
    }

    private List<String> options() {
        return List.of(
                "--offline",
                "--no-write-lock-file",
                "--override-input",
                "nixpkgs",
                "path:" + stubs);
    }

    private Command.Finished run(String... words) throws InterruptedException {
        Command command = Command.of(words).in(flake);
        for (Map.Entry<String, String> each : nix.environment().entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        return command.run(LIMIT);
    }

    private String nix(String... words) throws InterruptedException {
        var all = new ArrayList<>(List.of("nix"));
        all.addAll(List.of(words));
        all.addAll(options());
        Command.Finished finished = run(all.toArray(String[]::new));
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output();
    }

    /// As JSON, whose names nix sorts.
    private String evaluated(String attribute, String apply) throws InterruptedException {
        return nix(
                        "eval",
                        "--impure",
                        "--json",
                        "path:" + flake + "#" + attribute,
                        "--apply",
                        apply)
                .strip();
    }

    private Path built(String attribute) throws InterruptedException {
        String printed = nix("build", "--no-link", "--json", "path:" + flake + "#" + attribute);
        Json.Obj built = Json.object().with("built", Json.parse(printed));
        return Path.of(built.array("built").getFirst().asObject().object("outputs").string("out"));
    }

    private void pin() throws InterruptedException {
        var words = new ArrayList<>(List.of(flake + "/scripts/update-nix"));
        words.addAll(options());
        Command.Finished finished = run(words.toArray(String[]::new));
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        assertThat(finished.output()).contains(HASH);
    }

    @Test
    void it_offers_what_it_says() throws Exception {
        Json.Obj shown = Json.parse(nix("flake", "show", "--json", "path:" + flake)).asObject();

        assertThat(shown.members().keySet())
                .contains(
                        "apps",
                        "checks",
                        "devShells",
                        "devenvModules",
                        "devshellModules",
                        "flakeModules",
                        "homeModules",
                        "lib",
                        "nixosModules",
                        "overlays",
                        "packages",
                        "templates");
        assertThat(names(shown, "packages")).containsExactlyInAnyOrder("default", "keystone-agent");
        assertThat(names(shown, "apps"))
                .containsExactlyInAnyOrder("default", "in-sandbox", "keystone-agent", "sandbox");
        assertThat(names(shown, "devShells")).containsExactly("default");
        assertThat(evaluated("lib", "builtins.attrNames")).isEqualTo("[\"mkAgentShell\"]");
        assertThat(
                        evaluated(
                                "overlays",
                                "o: builtins.attrNames (o.default (import %s/packages.nix) { })"
                                        .formatted(stubs)))
                .isEqualTo("[\"keystone-agent\"]");
    }

    private static List<String> names(Json.Obj shown, String output) {
        return List.copyOf(shown.object(output).object(SYSTEM).members().keySet());
    }

    @Test
    void its_checks_pass_once_its_hash_is_pinned_and_what_it_installs_runs() throws Exception {
        pin();

        assertThat(nix("flake", "check", "path:" + flake)).isEmpty();
        Path installed = built("keystone-agent");
        assertThat(said(installed.resolve("bin/ka"), "version")).startsWith("keystone-agent ");
        assertThat(said(installed.resolve("bin/keystone"), "agent", "version"))
                .startsWith("keystone-agent ");
        // A profile is a directory of links.
        Path profile =
                Files.createSymbolicLink(
                        top.resolve("in-sandbox"), installed.resolve("bin/in-sandbox"));
        Command.Finished helper = run(profile.toString());
        assertThat(helper.status()).isEqualTo(2);
        assertThat(helper.errors()).contains("fix:   in-sandbox make test");
        assertThat(installed.resolve("lib/keystone-agent/keystone-agent.aot"))
                .as("the cache of loaded classes")
                .isNotEmptyFile();
        assertThat(cached(installed)).contains("keystone-agent ");
    }

    /// Fails where the cache does not fit the jars, whose times the store has changed.
    private String cached(Path installed) throws InterruptedException {
        Path app = installed.resolve("lib/keystone-agent");
        return said(
                Path.of(System.getProperty("java.home"), "bin/java"),
                "-XX:AOTMode=on",
                "-XX:AOTCache=" + app.resolve("keystone-agent.aot"),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-jar",
                app.resolve("keystone-agent.jar").toString(),
                "version");
    }

    private String said(Path program, String... words) throws InterruptedException {
        String[] all =
                Stream.concat(Stream.of(program.toString()), Stream.of(words))
                        .toArray(String[]::new);
        Command.Finished finished = run(all);
        assertThat(finished.ok()).as(finished.toString()).isTrue();
        return finished.output();
    }

    @Test
    void another_download_than_the_pinned_one_is_refused() throws Exception {
        pin();
        Path stub = stubs.resolve("packages.nix");
        Files.writeString(stub, Files.readString(stub).replace("echo downloaded", "echo another"));
        Path hashes = flake.resolve("nix/hashes.json");
        String old = Files.readString(hashes);
        Files.writeString(hashes, old.replaceFirst("sha256-.", "sha256-x"));

        var words = new ArrayList<>(List.of("nix", "build", "--no-link", "path:" + flake));
        words.addAll(options());
        Command.Finished finished = run(words.toArray(String[]::new));
        assertThat(finished.ok()).isFalse();
        assertThat(finished.errors()).contains("hash mismatch");
    }

    @Test
    @Tag("full")
    void a_shell_has_the_programs_and_starts_none_of_them() throws Exception {
        pin();
        Path shell = built("checks." + SYSTEM + ".shell");
        Path ours = built("keystone-agent");

        assertThat(shell)
                .content()
                .contains("PATH=" + ours + "/bin:$PATH")
                .contains("*i*) . " + ours + "/share/keystone-agent/hook.bash");
        String typed = "PS1='> '; . " + shell + "; command -v ka; printf %s \"$PS1\"";
        assertThat(run("bash", "--norc", "-c", typed).output()).endsWith("/bin/ka\n> ");
        assertThat(run("bash", "--norc", "-ic", typed).output())
                .endsWith("/bin/ka\n$(keystone_agent_prompt)> ");
        assertThat(nix.root().resolve("home/.local/state")).doesNotExist();
    }

    @Test
    void home_manager_gets_settings_prompts_and_direnv() throws Exception {
        String home =
                evaluated(
                        "homeModules.default",
                        """
                                module: let
                                  pkgs = import %1$s/packages.nix;
                                  any = pkgs.lib.mkOption { default = "unset"; };
                                  of = settings: ((import %1$s/lib.nix).evalModules { modules = [
                                    { config._module.args = { inherit pkgs; }; options = {
                                      home.packages = any; xdg.configFile = any;
                                      programs.bash.initExtra = any; programs.zsh.initContent = any;
                                      programs.fish.interactiveShellInit = any;
                                      programs.starship.settings = any;
                                    }; } module settings
                                  ]; }).config;
                                  on = of { programs.keystone-agent = {
                                    enable = true; package = "/ours"; settings.memory = "8g";
                                    enableStarshipIntegration = true; enableFishIntegration = false;
                                  }; };
                                in {
                                  inherit (on.home) packages;
                                  files = builtins.attrNames on.xdg.configFile;
                                  direnv = on.xdg.configFile."direnv/lib/keystone-agent.sh".source;
                                  bash = on.programs.bash.initExtra;
                                  zsh = on.programs.zsh.initContent;
                                  fish = on.programs.fish.interactiveShellInit;
                                  starship = on.programs.starship.settings.custom.keystone_agent.style;
                                  off = (of { }).home.packages;
                                }"""
                                .formatted(stubs));

        assertThat(home)
                .isEqualTo(
                        "{\"bash\":\". /ours/share/keystone-agent/hook.bash\","
                                + "\"direnv\":\"/ours/share/keystone-agent/direnv.sh\","
                                + "\"files\":[\"direnv/lib/keystone-agent.sh\",\"keystone/agent.toml\"],"
                                + "\"fish\":\"unset\",\"off\":\"unset\",\"packages\":[\"/ours\"],"
                                + "\"starship\":\"bold yellow\","
                                + "\"zsh\":\". /ours/share/keystone-agent/hook.zsh\"}");
    }

    @Test
    void flake_parts_gets_a_shell_for_inputsFrom() throws Exception {
        String made =
                evaluated(
                        "flakeModules.default",
                        """
                        module: let
                          lib = import %1$s/lib.nix;
                          pkgs = import %1$s/packages.nix;
                          inner = (module { inherit lib; flake-parts-lib.mkPerSystemOption = of: of; }).options.perSystem;
                          config = (lib.evalModules { modules = [
                            { config._module.args = { inherit pkgs; system = "x86_64-linux"; }; } inner
                            { keystone-agent.package = pkgs.git; }
                          ]; }).config;
                        in map (each: each.name) [ config.keystone-agent.devShell config.keystone-agent.package ]"""
                                .formatted(stubs));

        assertThat(made).isEqualTo("[\"shell\",\"git\"]");
    }

    @Test
    @Tag("full")
    void a_released_archive_is_a_package_too() throws Exception {
        Path dist = Files.createDirectories(nix.root().resolve("keystone-agent-1.2"));
        for (String each : List.of("bin", "share")) {
            copy(Path.of(each.equals("bin") ? "bin" : "docs"), dist.resolve(each));
        }
        copy(app(), dist.resolve("lib/keystone-agent"));
        Files.createDirectories(dist.resolve("lib/keystone-agent/runtime"));
        Path archive = nix.root().resolve("keystone-agent-1.2-linux-amd64.tar.gz");
        nix.run(nix.root(), "tar", "-czf", archive.toString(), dist.getFileName().toString());
        host(archive.toString());

        said(
                flake.resolve("scripts/update-nix"),
                "--archive",
                archive.toString(),
                "https://example.org/" + archive.getFileName());

        Path installed = built("keystone-agent-bin");
        assertThat(said(installed.resolve("bin/ka"), "version")).startsWith("keystone-agent ");
        assertThat(installed.resolve("lib/keystone-agent/runtime")).doesNotExist();
    }

    @Test
    void a_project_of_the_template_has_a_shell_with_the_program() throws Exception {
        // `flake init` takes no other input than the one that is named.
        Path named = flake.resolve("flake.nix");
        Files.writeString(
                named,
                Files.readString(named)
                        .replace("github:NixOS/nixpkgs/nixos-unstable", "path:" + stubs));
        Path project = Files.createDirectories(nix.root().resolve("new"));
        String _ = nix.run(project, "nix", "flake", "init", "-t", "path:" + flake);

        String name =
                nix.run(
                        project,
                        "nix",
                        "eval",
                        "--raw",
                        "path:%s#devShells.%s.default.packages".formatted(project, SYSTEM),
                        "--apply",
                        "packages: (builtins.head packages).name",
                        "--offline",
                        "--no-write-lock-file",
                        "--override-input",
                        "keystone-agent",
                        "path:" + flake,
                        "--override-input",
                        "keystone-agent/nixpkgs",
                        "path:" + stubs);

        assertThat(name).startsWith("keystone-agent-");
        assertThat(project.resolve(".envrc")).hasContent("use flake");
    }

    @Test
    void the_version_is_the_programs() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));

        String version = evaluated("packages." + SYSTEM + ".default", "p: p.version");

        assertThat(pom)
                .contains(
                        "<artifactId>keystone-agent</artifactId>\n    <version>"
                                + version.replace("\"", "")
                                + "<");
    }
}
