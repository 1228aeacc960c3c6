package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What CONTRIBUTING.md says of methods, for those of the program.
final class MethodLengthTest {
    private static final int LONGEST_METHOD = 40;

    /// One table or one text each, and what still waits to be cut. Nothing is added here.
    private static final Set<String> LONGER =
            Set.of(
                    "BashCompletion.script",
                    "ZshCompletion.script",
                    "Verb.action",
                    "BootHearing.ofMachine",
                    "NixBuild.build");

    @Test
    void methods_stay_short() throws IOException {
        var longer = new TreeSet<String>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var units = files.getJavaFileObjectsFromPaths(sources());
            var task = (JavacTask) compiler.getTask(null, files, null, List.of(), null, units);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                String file = Path.of(unit.getSourceFile().getName()).getFileName().toString();
                unit.accept(new Measure(unit, positions, file.replace(".java", ""), longer), null);
            }
        }

        longer.removeAll(LONGER);
        assertThat(longer).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static final class Measure extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final String file;
        private final Set<String> longer;

        Measure(
                CompilationUnitTree unit,
                SourcePositions positions,
                String file,
                Set<String> longer) {
            this.unit = unit;
            this.positions = positions;
            this.file = file;
            this.longer = longer;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
            LineMap lines = unit.getLineMap();
            long first = lines.getLineNumber(positions.getStartPosition(unit, method));
            long last = lines.getLineNumber(positions.getEndPosition(unit, method));
            if (last - first >= LONGEST_METHOD) {
                longer.add(file + "." + method.getName());
            }
            return super.visitMethod(method, null);
        }
    }
}
