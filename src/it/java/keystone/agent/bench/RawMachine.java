package keystone.agent.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.guest.GuestConfig;
import keystone.agent.guest.GuestMount;
import keystone.agent.guest.SshKeys;
import keystone.agent.model.Access;
import keystone.agent.model.EgressMode;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxName;
import keystone.agent.store.SandboxDir;

/// The machine of a sandbox as a person would start it by hand: the same QEMU with the same devices
/// and the same image, unconfined, and `ssh` tried again and again until it answers.
///
/// The arguments are copied from the running one and, through `/proc/PID/root`, the files that they
/// name; only what is new at each boot is written anew.
final class RawMachine {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Pattern FILE = Pattern.compile("(?<=file=)[^,]+");
    private static final String ANY_PORT = "hostfwd=tcp:127.0.0.1:0-:22";

    private final Path root;
    private final Path directory;
    private final List<String> arguments = new ArrayList<>();

    /// @param qemu the process id of the running one
    /// @param directory empty; holds the copies, and the `config.tar` that the caller writes
    RawMachine(long qemu, Path directory) throws IOException {
        Path process = Path.of("/proc", Long.toString(qemu));
        this.root = process.resolve("root");
        this.directory = directory;
        String[] words =
                Files.readString(process.resolve("cmdline"), StandardCharsets.UTF_8).split("\0", 0);
        arguments.add(process.resolve("exe").toRealPath().toString());
        for (int i = 1; i < words.length; i++) {
            boolean hasValue = i + 1 < words.length && !words[i + 1].startsWith("-");
            if (hasValue) {
                add(words[i], words[++i]);
            } else {
                arguments.add(words[i]);
            }
        }
    }

    private void add(String option, String value) throws IOException {
        switch (option) {
            case "-kernel", "-initrd" -> arguments.addAll(List.of(option, copy(value)));
            case "-drive" -> arguments.addAll(List.of(option, withCopiedFile(value)));
            case "-fw_cfg" ->
                    arguments.addAll(List.of(option, withFile(value, configFile().toString())));
            case "-fsdev" -> {
                Path share = Files.createDirectories(directory.resolve("share"));
                arguments.addAll(List.of(option, value.replaceAll("path=.*", "path=" + share)));
            }
            // The monitor's owner is not there.
            case "-mon" -> {}
            case "-chardev" -> {
                if (value.startsWith("socket,id=share0,")) {
                    arguments.addAll(
                            List.of(option, value.replaceAll("path=.*", "path=" + shareSocket())));
                } else if (!value.startsWith("socket,")) {
                    arguments.addAll(List.of(option, value));
                }
            }
            default -> arguments.addAll(List.of(option, value));
        }
    }

    private String withCopiedFile(String drive) throws IOException {
        Matcher file = FILE.matcher(drive);
        return file.find() ? withFile(drive, copy(file.group())) : drive;
    }

    private static String withFile(String options, String file) {
        return FILE.matcher(options).replaceFirst(Matcher.quoteReplacement(file));
    }

    private String copy(String inside) throws IOException {
        Path target = directory.resolve(inside.substring(inside.lastIndexOf('/') + 1));
        Path source = root.resolve(inside.substring(1));
        Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        return target.toString();
    }

    /// What the guest is told at boot.
    Path configFile() {
        return directory.resolve("config.tar");
    }

    /// Where a virtiofsd must listen before a machine with one boots.
    Path shareSocket() {
        return directory.resolve("share.socket");
    }

    /// What the guest of a sandbox is told when nobody is there for its exit.
    static GuestConfig config(SandboxDir dir, GuestConfig.FileSystem share)
            throws InterruptedException {
        SandboxName name = dir.name();
        return new GuestConfig(
                name,
                dir.spec().buildId(),
                "measured-by-hand",
                new Owner(1000, 1000),
                SshKeys.ensure(dir.ssh(), name),
                new GuestConfig.Files(
                        share,
                        List.of(new GuestMount("workspace", "/workspace", Access.READ_WRITE)),
                        GuestConfig.GitDirectory.SHARED),
                EgressMode.NONE,
                new GuestConfig.Sessions(Map.of(), null, null));
    }

    /// Lets the guest reach whatever this host does, and this host.
    void openNetwork() {
        arguments.replaceAll(word -> word.replace("restrict=on", "restrict=off"));
    }

    /// Replaces the copy of the writable disk, which was taken while a guest wrote to it.
    void useDisk(Path disk) throws IOException {
        String drive =
                arguments.stream()
                        .filter(argument -> argument.startsWith("if=none,id=ks-rw,"))
                        .findFirst()
                        .orElseThrow();
        Matcher file = FILE.matcher(drive);
        if (!file.find()) {
            throw new IllegalStateException("no file in " + drive);
        }
        Files.copy(disk, Path.of(file.group()), StandardCopyOption.REPLACE_EXISTING);
    }

    /// From QEMU's start to the end of the first command in the guest; ends the machine again.
    ///
    /// @param ssh the command that logs in, without a port and what to run
    Duration bootOnce(Runs runs, List<String> ssh) throws IOException, InterruptedException {
        long began = System.nanoTime();
        try (Booted _ = boot(runs, ssh)) {
            return Duration.ofNanos(System.nanoTime() - began);
        }
    }

    /// Boots it, and returns once a command has run in the guest.
    Booted boot(Runs runs, List<String> ssh) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command =
                arguments.stream()
                        // Nobody is there to let the guest run.
                        .filter(word -> !word.equals("-S"))
                        .map(
                                word ->
                                        word.replace(
                                                ANY_PORT,
                                                ANY_PORT.replace(":0-", ":" + port + "-")))
                        .toList();
        long began = System.nanoTime();
        var booted = new Booted(runs, ssh, port, runs.start(command));
        while (runs.status(booted.in("true")) != 0) {
            if (!booted.machine.isAlive() || System.nanoTime() - began > LIMIT.toNanos()) {
                booted.close();
                throw new IOException("the raw machine did not come up: " + command);
            }
        }
        return booted;
    }

    /// A running one. Closing it powers it off.
    record Booted(Runs runs, List<String> ssh, int port, Process machine) implements AutoCloseable {
        List<String> in(String command) {
            return RawMachine.in(ssh, port, command);
        }

        @Override
        public void close() throws IOException {
            try {
                var _ = runs.status(in("sudo poweroff"));
                var _ = machine.waitFor(1, TimeUnit.MINUTES);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            } finally {
                machine.destroyForcibly();
            }
        }
    }

    private static List<String> in(List<String> ssh, int port, String command) {
        var words = new ArrayList<>(ssh);
        words.addAll(List.of("-p", Integer.toString(port), "sandbox@127.0.0.1", command));
        return List.copyOf(words);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
