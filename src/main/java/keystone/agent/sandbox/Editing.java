package keystone.agent.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import keystone.agent.guest.GuestAddress;
import keystone.agent.model.Access;
import keystone.agent.model.Printable;
import keystone.agent.model.SandboxName;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.UserError;
import keystone.agent.process.Posix;
import keystone.agent.process.Programs;
import keystone.agent.workspace.Editor;
import keystone.agent.workspace.EditorPlace;
import org.jspecify.annotations.Nullable;

/// Opens what a sandbox has in an editor of this host.
public final class Editing {
    /// In which an editor may be named; ours is the only one that has to be one we know.
    private static final List<String> VARIABLES =
            List.of("KEYSTONE_AGENT_EDITOR", "VISUAL", "EDITOR");

    /// Of a name, not of a directory on the way; `.git` has none.
    private static final Pattern EXTENSION = Pattern.compile("[^/]\\.[A-Za-z0-9]{1,10}$");

    private final Projects projects;
    private final Map<String, String> environment;

    Editing(Projects projects, Map<String, String> environment) {
        this.projects = projects;
        this.environment = Map.copyOf(environment);
    }

    /// What would be run; nothing is.
    public Opening plan(SandboxName name, OpenRequest request) {
        SandboxSpec spec = projects.named(name).spec();
        Wanted wanted = wanted(request.editor());
        EditorPlace place = place(spec, request, wanted.editor());
        String program = wanted.program();
        if (program == null) {
            program = wanted.editor().program(place, each -> Programs.locate(each).isPresent());
        }
        return new Opening(
                wanted.editor().word(),
                place instanceof EditorPlace.InGuest guest ? guest.host() : null,
                place.path(),
                wanted.editor().address(place).orElse(null),
                wanted.editor().command(program, place));
    }

    /// @param program null is whichever this host has
    private record Wanted(Editor editor, @Nullable String program) {
        static Optional<Wanted> of(String text) {
            return Editor.named(text)
                    .map(editor -> new Wanted(editor, text.contains("/") ? text : null));
        }

        /// With arguments, as git takes it: `code --wait`. They are for who waits for a file that
        /// is edited, and `open` gives arguments of its own.
        static Optional<Wanted> ofVariable(String value) {
            return of(value).or(() -> of(value.strip().split("\\s+", 2)[0]));
        }
    }

    private Wanted wanted(@Nullable String said) {
        if (said != null) {
            return Wanted.of(said).orElseThrow(() -> unknown(said));
        }
        for (String variable : VARIABLES) {
            String value = environment.getOrDefault(variable, "");
            Optional<Wanted> known = Wanted.ofVariable(value);
            if (known.isPresent()) {
                return known.get();
            }
            if (!value.isEmpty() && variable.equals(VARIABLES.getFirst())) {
                throw unknown(value);
            }
        }
        return Editor.lookedFor().stream()
                .filter(Editing::isHere)
                .findFirst()
                .map(editor -> new Wanted(editor, null))
                .orElseThrow(
                        () ->
                                UserError.hostLacks(
                                        "none of the editors that `open` knows is in your PATH: "
                                                + Editor.words(),
                                        "say which with --editor, or: keystone-agent open --editor"
                                                + " code --print"));
    }

    private static boolean isHere(Editor editor) {
        var anywhere = new EditorPlace.OnHost(Path.of("/"), EditorPlace.Kind.DIRECTORY, 0);
        String program = editor.program(anywhere, each -> Programs.locate(each).isPresent());
        return Programs.locate(program).isPresent();
    }

    private static UserError unknown(String editor) {
        return UserError.usage(
                "`open` does not know the editor `" + Printable.of(editor) + "`",
                "choose one of: " + Editor.words());
    }

    private static EditorPlace place(SandboxSpec spec, OpenRequest request, Editor editor) {
        String inside = inside(spec, request);
        if (inside.codePoints().anyMatch(Character::isISOControl)) {
            throw UserError.usage(
                    "no editor is asked for `" + Printable.of(inside) + "`", "rename it first");
        }
        Optional<Path> shared = onHost(spec, inside);
        EditorPlace.Kind kind = kind(request, inside, shared);
        boolean wantsHost = request.side() == OpenRequest.Side.HOST;
        if (wantsHost && shared.isEmpty()) {
            throw UserError.usage(
                    "`" + Printable.of(inside) + "` is in the guest only",
                    "leave --host out, or: keystone-agent mount " + spec.name());
        }
        if (shared.isPresent() && (wantsHost || editor.isOfTheTerminal())) {
            return new EditorPlace.OnHost(shared.get(), kind, request.line());
        }
        return new EditorPlace.InGuest(
                GuestAddress.alias(spec.name()), GuestAddress.USER, inside, kind, request.line());
    }

    /// What is not on this host is taken for a file when its name ends as files' names do.
    private static EditorPlace.Kind kind(
            OpenRequest request, String inside, Optional<Path> shared) {
        boolean isFile =
                shared.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS)).isPresent();
        if (request.line() > 0 || isFile) {
            return EditorPlace.Kind.FILE;
        }
        boolean isDirectory =
                shared.filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS)).isPresent();
        return !isDirectory && EXTENSION.matcher(inside).find()
                ? EditorPlace.Kind.FILE
                : EditorPlace.Kind.DIRECTORY;
    }

    /// The path in the guest: this host's paths of the project are the guest's of `/workspace`.
    private static String inside(SandboxSpec spec, OpenRequest request) {
        String typed = request.path();
        if (typed == null) {
            return SandboxSpec.WORKSPACE;
        }
        Path asked = real(request.directory()).resolve(typed).normalize();
        for (Share share : shares(spec)) {
            if (asked.startsWith(share.host())) {
                Path rest = share.host().relativize(asked);
                return Path.of(share.guest()).resolve(rest.toString()).normalize().toString();
            }
        }
        return Path.of(SandboxSpec.WORKSPACE).resolve(typed).normalize().toString();
    }

    private static Path real(Path directory) {
        try {
            return directory.toRealPath();
        } catch (IOException gone) {
            return directory;
        }
    }

    /// The same place on this host, if it has that.
    private static Optional<Path> onHost(SandboxSpec spec, String inside) {
        Path asked = Path.of(inside);
        return shares(spec).stream()
                .filter(share -> asked.startsWith(share.guest()))
                .filter(share -> !isCloned(spec) || !share.guest().equals(SandboxSpec.WORKSPACE))
                .findFirst()
                .map(share -> share.host().resolve(Path.of(share.guest()).relativize(asked)));
    }

    private static boolean isCloned(SandboxSpec spec) {
        return spec.share() == ShareDriver.CLONE;
    }

    private static List<Share> shares(SandboxSpec spec) {
        var all = new ArrayList<Share>();
        all.add(new Share(spec.project(), SandboxSpec.WORKSPACE, Access.READ_WRITE));
        all.addAll(spec.mounts());
        return all;
    }

    /// Becomes the editor.
    ///
    /// @return only when that failed
    public UserError launch(Opening opening) {
        String name = opening.command().getFirst();
        Path program =
                Programs.locate(name)
                        .orElseThrow(
                                () ->
                                        UserError.hostLacks(
                                                "there is no program `%s` in your PATH"
                                                        .formatted(Printable.of(name)),
                                                "install it, choose another with --editor, or take"
                                                        + " what --print shows"));
        RuntimeException failure =
                Posix.become(
                        program,
                        opening.command(),
                        Map.of(
                                // What a guest can write is no place for an editor's own programs.
                                "PATH",
                                Programs.searchPath(environment.getOrDefault("PATH", "")),
                                // Our launcher has put its own in the place of the user's.
                                "LC_ALL",
                                environment.getOrDefault("KEYSTONE_AGENT_USER_LC_ALL", "")));
        return UserError.failed(
                "cannot run " + program + ": " + failure.getMessage(), "keystone-agent doctor");
    }
}
