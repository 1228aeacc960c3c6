package keystone.agent.workspace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The editors that `open` knows, each with the words of its own command line and address.
///
/// Sources: VS Code's `--folder-uri` and `--remote`
/// (code.visualstudio.com/docs/remote/troubleshooting), Zed's `zed ssh://`
/// (zed.dev/docs/remote-development), JetBrains Gateway's links, netrw's `scp://` and TRAMP's
/// `/ssh:`.
public enum Editor {
    VS_CODE("code", "vscode", "code|vscode"),
    INSIDERS("code-insiders", "vscode-insiders", "code-insiders|insiders"),
    VSCODIUM("codium", "codium", "codium|vscodium"),
    CURSOR("cursor", "cursor", "cursor"),
    WINDSURF("windsurf", "windsurf", "windsurf"),
    ZED("zed", "zed", "zed|zeditor"),
    NEOVIM("nvim", null, "nvim|neovim"),
    EMACS("emacs", null, "emacsclient|emacs"),
    JETBRAINS("jetbrains", "jetbrains-gateway", "xdg-open|gateway|idea");

    private final String word;
    private final @Nullable String scheme;
    private final String known;

    /// @param word what `--editor` takes
    /// @param scheme of its addresses
    /// @param known its program first, then what else it is called
    Editor(String word, @Nullable String scheme, String known) {
        this.word = word;
        this.scheme = scheme;
        this.known = known;
    }

    private List<String> known() {
        return List.of(known.split("\\|"));
    }

    public String word() {
        return word;
    }

    /// Its program, to be found in `PATH`.
    ///
    /// @param isHere whether this host has a program
    public String program(EditorPlace place, Predicate<String> isHere) {
        if (this == JETBRAINS) {
            return place instanceof EditorPlace.OnHost ? "idea" : "xdg-open";
        }
        return known().stream().filter(isHere).findFirst().orElse(known().getFirst());
    }

    /// The editors that are looked for when nobody says which; what opens addresses is on every
    /// desktop.
    public static List<Editor> lookedFor() {
        return Arrays.stream(values()).filter(each -> each != JETBRAINS).toList();
    }

    /// By its word, its program, or the path of that.
    public static Optional<Editor> named(String name) {
        String last = Objects.requireNonNullElse(Path.of(name).getFileName(), Path.of("")) + "";
        String small = last.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(each -> each.word.equals(small) || each.known().contains(small))
                .filter(each -> !small.equals("xdg-open"))
                .findFirst();
    }

    public static String words() {
        return Arrays.stream(values()).map(Editor::word).collect(Collectors.joining(", "));
    }

    /// Whether it takes over the terminal, and so is best where the files are at hand.
    public boolean isOfTheTerminal() {
        return this == NEOVIM;
    }

    /// The command that opens a place.
    ///
    /// @param program how its program is called here
    public List<String> command(String program, EditorPlace place) {
        List<String> arguments =
                switch (this) {
                    case VS_CODE, INSIDERS, VSCODIUM, CURSOR, WINDSURF -> codeArguments(place);
                    case ZED -> List.of(zedArgument(place));
                    case NEOVIM -> withLineFirst(place, netrw(place));
                    case EMACS -> emacsArguments(program, place);
                    case JETBRAINS -> jetbrainsArguments(place);
                };
        var all = new ArrayList<>(List.of(program));
        all.addAll(arguments);
        return all;
    }

    private static List<String> codeArguments(EditorPlace place) {
        boolean isFolder = place.kind() == EditorPlace.Kind.DIRECTORY;
        return switch (place) {
            case EditorPlace.InGuest guest when isFolder ->
                    List.of("--new-window", "--folder-uri=vscode-remote://" + remote(guest));
            case EditorPlace.InGuest guest when guest.line() > 0 ->
                    List.of("--remote", "ssh-remote+" + guest.host(), "--goto", guest.withLine());
            case EditorPlace.InGuest guest ->
                    List.of("--remote", "ssh-remote+" + guest.host(), guest.path());
            case EditorPlace.OnHost host when isFolder -> List.of("--new-window", host.path());
            case EditorPlace.OnHost host when host.line() > 0 -> List.of("--goto", host.withLine());
            case EditorPlace.OnHost host -> List.of(host.path());
        };
    }

    private static String remote(EditorPlace.InGuest guest) {
        return "ssh-remote+" + guest.host() + AddressPath.of(guest.path());
    }

    private static String zedArgument(EditorPlace place) {
        return switch (place) {
            case EditorPlace.InGuest guest ->
                    "ssh://"
                            + guest.user()
                            + "@"
                            + guest.host()
                            + AddressPath.of(guest.path())
                            + line(guest);
            case EditorPlace.OnHost host -> host.withLine();
        };
    }

    private static String line(EditorPlace place) {
        return place.line() == 0 ? "" : ":" + place.line();
    }

    private static List<String> withLineFirst(EditorPlace place, String what) {
        return place.line() == 0 ? List.of(what) : List.of("+" + place.line(), what);
    }

    /// Two slashes begin an absolute path, one at the end says that it is a directory.
    private static String netrw(EditorPlace place) {
        return switch (place) {
            case EditorPlace.InGuest guest ->
                    "scp://"
                            + guest.host()
                            + "/"
                            + guest.path()
                            + (guest.kind() == EditorPlace.Kind.DIRECTORY ? "/" : "");
            case EditorPlace.OnHost host -> host.path();
        };
    }

    private static List<String> emacsArguments(String program, EditorPlace place) {
        String what =
                switch (place) {
                    case EditorPlace.InGuest guest -> "/ssh:" + guest.host() + ":" + guest.path();
                    case EditorPlace.OnHost host -> host.path();
                };
        var arguments = new ArrayList<String>();
        if (program.endsWith("emacsclient")) {
            // Without a server, an Emacs of its own.
            arguments.addAll(List.of("-n", "-a", "emacs"));
        }
        arguments.addAll(withLineFirst(place, what));
        return arguments;
    }

    private List<String> jetbrainsArguments(EditorPlace place) {
        return switch (place) {
            case EditorPlace.InGuest _ -> List.of(address(place).orElseThrow());
            case EditorPlace.OnHost host when host.line() > 0 ->
                    List.of("--line", Integer.toString(host.line()), host.path());
            case EditorPlace.OnHost host -> List.of(host.path());
        };
    }

    /// What a browser or a desktop opens it by; empty when it has no such addresses.
    public Optional<String> address(EditorPlace place) {
        String own = scheme;
        if (own == null) {
            return Optional.empty();
        }
        return Optional.of(
                own
                        + "://"
                        + switch (place) {
                            case EditorPlace.InGuest guest -> inGuest(guest);
                            case EditorPlace.OnHost host -> onHost(host);
                        });
    }

    private String inGuest(EditorPlace.InGuest guest) {
        return switch (this) {
            case ZED -> "ssh/" + guest.host() + AddressPath.of(guest.path()) + line(guest);
            case JETBRAINS ->
                    "connect#projectPath=%s&host=%s&port=22&user=%s&type=ssh&deploy=false"
                            .formatted(AddressPath.of(guest.path()), guest.host(), guest.user());
            case VS_CODE, INSIDERS, VSCODIUM, CURSOR, WINDSURF, NEOVIM, EMACS ->
                    "vscode-remote/" + remote(guest) + line(guest) + "?windowId=_blank";
        };
    }

    private static String onHost(EditorPlace.OnHost host) {
        return "file" + AddressPath.of(host.path()) + line(host);
    }
}
