package keystone.agent.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import keystone.agent.model.Image;
import keystone.agent.sandbox.ImageEntry;
import keystone.agent.sandbox.SandboxImages.Versions;
import keystone.agent.sandbox.StartListener;

/// Images that exist only in memory, and a record of what was asked of them.
final class FakeImages implements UseCases.OfImages {
    final List<String> calls = new ArrayList<>();
    final List<ImageEntry> entries = new ArrayList<>();

    @Override
    public Image build(Versions versions, StartListener listener) {
        calls.add("build " + versions);
        listener.at("downloading packages", OptionalDouble.of(0.5));
        return new Image(FakeUseCases.IMAGE, Path.of("/k"), Path.of("/i"), List.of(Path.of("/b")));
    }

    @Override
    public Image buildAgents(Versions versions, StartListener listener) {
        calls.add("build agents " + versions);
        return build(versions, listener);
    }

    @Override
    public List<ImageEntry> list() {
        return entries;
    }

    @Override
    public ImageDetails inspect(String digestPrefix) {
        calls.add("inspect " + digestPrefix);
        return new ImageDetails(
                entries.getFirst(), null, "6.1.0", List.of("git 1:2.39"), "echo \u001b[31m\n");
    }

    @Override
    public void remove(String digestPrefix) {
        calls.add("remove " + digestPrefix);
    }

    @Override
    public List<ImageEntry> removeUnused() {
        calls.add("remove unused");
        return entries;
    }
}
