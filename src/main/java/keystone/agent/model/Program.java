package keystone.agent.model;

/// Which keystone-agent it is. A supervisor goes on with the one it was started from, also when
/// another has been installed meanwhile.
///
/// @param version two builds may have the same
/// @param commit tells them apart; empty when it is not known
public record Program(String version, String commit) {
    /// As the jar's manifest has it: `VERSION+COMMIT`. The JVM knows this without opening the jar.
    private static final char BEFORE_COMMIT = '+';

    /// The one that runs here.
    public static Program running() {
        String said = Program.class.getPackage().getImplementationVersion();
        return said == null ? new Program("in development", "unknown") : parse(said);
    }

    static Program parse(String said) {
        int end = said.indexOf(BEFORE_COMMIT);
        return end < 0
                ? new Program(said, "unknown")
                : new Program(said.substring(0, end), said.substring(end + 1));
    }

    /// As a person is told of it.
    @Override
    public String toString() {
        return commit.isEmpty() ? version : version + " (" + commit + ")";
    }
}
