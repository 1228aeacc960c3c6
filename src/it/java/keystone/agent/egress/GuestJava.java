package keystone.agent.egress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/// Programs for a JVM in the guest, compiled here: inside it would take minutes.
final class GuestJava {
    private GuestJava() {}

    /// @param name of the class
    /// @param into becomes its class path
    static void compile(String name, String text, Path into) throws IOException {
        Path source = Files.writeString(into.resolve(name + ".java"), text);
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", into.toString(), source.toString());
        assertThat(status).isZero();
    }
}
