package keystone.agent.cli;

import java.nio.file.Path;
import java.util.List;

/// A program of its own, whose loaded classes [LazinessTest] looks at.
final class LazinessProbe {
    private LazinessProbe() {}

    public static void main(String[] words) {
        var desk = new Desk(Path.of("/nowhere"));
        desk.use.add(FakeUseCases.running("blue", Path.of("/nowhere")));
        System.exit(desk.run(List.of(words)).status());
    }
}
