package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import keystone.agent.json.Json;
import keystone.agent.json.JsonException;
import keystone.agent.machine.Acceleration;
import keystone.agent.machine.Machine;
import keystone.agent.machine.MachineSpec;
import keystone.agent.machine.Sharing;
import keystone.agent.model.Image;
import keystone.agent.model.Runner;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Complaints;
import keystone.agent.process.Confinement;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.HostUser;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.ProcessIdentity;
import keystone.agent.process.ShareProof;
import keystone.agent.process.SystemFiles;
import org.jspecify.annotations.Nullable;

/// One attempt to start QEMU, up to the moment its guest begins to run.
record Launch(
        MachineSpec spec,
        Path qemu,
        Confinement confinement,
        Acceleration.Kind acceleration,
        HostUser user) {
    /// Ten that start at once on a busy host need seconds each.
    private static final Duration REPORT = Duration.ofSeconds(60);

    private static final Duration ANSWER = Duration.ofSeconds(30);

    RunningQemu run(Machine.Listener listener) throws InterruptedException {
        Path path = spec.directory().resolve("qmp.sock");
        try (var socket = MonitorSocket.listen(path, spec.owner(), user)) {
            return start(socket, listener);
        } catch (IOException e) {
            throw QemuFailure.of(spec, new Complaints(QemuHost.SPEAKER), e);
        }
    }

    private RunningQemu start(MonitorSocket socket, Machine.Listener listener)
            throws InterruptedException {
        OwnedProcess process = command(socket.path()).start();
        listener.began(process.pid());
        process.onExit(_ -> socket.close());
        var streams = Streams.of(process, listener);
        RunningQemu running = null;
        try {
            running = awaitReport(process, streams, socket, listener);
            return running;
        } catch (IOException | UncheckedIOException | JsonException failed) {
            process.close();
            streams.drain();
            throw QemuFailure.of(spec, streams.complaints(), failed);
        } finally {
            closeUnless(running, process);
        }
    }

    private static void closeUnless(@Nullable RunningQemu running, OwnedProcess process) {
        if (running == null) {
            process.close();
        }
    }

    private Command command(Path monitor) {
        if (!confinement.hasPlaces() && hasCovers()) {
            throw UserError.hostLacks(
                    "--git protected needs user namespaces, which this host does not permit",
                    "keystone-agent doctor\nkeystone-agent start --git direct");
        }
        MachineFiles files =
                confinement.hasPlaces()
                        ? MachineFiles.enclosed(spec)
                        : MachineFiles.onHost(spec, monitor);
        var places = new ArrayList<>(SystemFiles.placesFor(qemu));
        if (acceleration == Acceleration.Kind.KVM) {
            places.add(Place.device(Accelerator.DEVICE.toString()));
        }
        places.addAll(files.places(spec, monitor));
        var line = new QemuCommandLine(qemu, spec, files, acceleration);
        var environment = new TreeMap<>(spec.environment());
        List<String> arguments =
                switch (spec.image()) {
                    case Image _ -> line.arguments();
                    case Runner runner -> {
                        environment.put(Runner.ARGUMENTS, line.addedToRunner());
                        yield List.of(runner.program().toString());
                    }
                };
        var enclosure = new Enclosure(places, environment);
        Command command = Command.of(confinement.enclose(enclosure, arguments));
        // Also for what stands before QEMU in the chain.
        for (Map.Entry<String, String> each : environment.entrySet()) {
            command = command.withEnvironment(each.getKey(), each.getValue());
        }
        return command;
    }

    private boolean hasCovers() {
        return spec.shares().values().stream().anyMatch(share -> !share.covers().isEmpty());
    }

    private RunningQemu awaitReport(
            OwnedProcess process, Streams streams, MonitorSocket socket, Machine.Listener listener)
            throws IOException, InterruptedException {
        var events = new MachineEvents(listener);
        Qmp qmp = Qmp.open(socket.accept(REPORT), events, ANSWER);
        OptionalInt port = UsernetTable.sshPort(qmp.human("info usernet", ANSWER));
        if (port.isEmpty()) {
            throw new IOException("QEMU does not say which port leads to the guest");
        }
        ProcessIdentity identity =
                ProcessIdentity.of(realPid(process.pid()))
                        .orElseThrow(() -> new IOException("QEMU ended at once"));
        if (spec.sharing() instanceof Sharing.NineP) {
            proveShares(identity.pid());
        }
        qmp.execute("cont", Json.object(), ANSWER);
        var report = new RunningQemu.Report(qmp, events, port.getAsInt(), identity);
        return RunningQemu.watch(process, streams, report, listener);
    }

    private void proveShares(long pid) throws IOException {
        var proof = new ShareProof(user, spec.owner(), pid);
        if (!confinement.hasPlaces()) {
            proof.requireOpened(spec.shares().values());
            return;
        }
        List<String> inside = MachineFiles.enclosed(spec).shares();
        for (int i = 0; i < inside.size(); i++) {
            proof.requireMounted(spec.share(spec.tags().get(i)), Path.of(inside.get(i)));
        }
    }

    /// Between us and QEMU stand bubblewrap and perhaps a wrapper of the distribution's or the
    /// user's.
    private static long realPid(long started) throws IOException {
        ProcessHandle top =
                ProcessHandle.of(started).orElseThrow(() -> new IOException("QEMU ended at once"));
        List<ProcessHandle> below = top.descendants().toList();
        return below.stream()
                .filter(each -> each.info().command().orElse("").contains("qemu"))
                .findFirst()
                .orElse(below.isEmpty() ? top : below.getLast())
                .pid();
    }
}
