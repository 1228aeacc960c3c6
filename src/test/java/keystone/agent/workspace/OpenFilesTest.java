package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import keystone.agent.model.Access;
import keystone.agent.model.Share;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFilesTest {
    @TempDir Path project;

    @Test
    void the_hard_limit_counts() {
        assertThat(
                        OpenFiles.hardLimit(
                                List.of(
                                        "Limit           Soft Limit  Hard Limit  Units     ",
                                        "Max open files  1024        20000       files     ")))
                .isEqualTo(20000);
        assertThat(
                        OpenFiles.hardLimit(
                                List.of("Max open files  unlimited   unlimited   files     ")))
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void this_host_tells_it() {
        OpenFiles here = OpenFiles.ofThisHost();

        assertThat(here.most()).isPositive();
    }

    @Test
    void what_is_too_few_depends_on_the_project() throws IOException {
        for (int i = 0; i < 8200; i++) {
            Files.createFile(project.resolve("file" + i));
        }

        assertThat(new OpenFiles(4096).tooFewFor(shares()))
                .hasValue("a process may open only 4096 files here, too few for virtiofsd");
        assertThat(new OpenFiles(16384).tooFewFor(shares()))
                .hasValue(
                        project
                                + " holds more than 8192 files, too many for virtiofsd where a"
                                + " process may open only 16384");
        assertThat(new OpenFiles(20000).tooFewFor(shares())).isEmpty();
        assertThat(new OpenFiles(524288).tooFewFor(shares())).isEmpty();
    }

    private Shares shares() {
        var byTag = new LinkedHashMap<String, Share>();
        byTag.put("workspace", new Share(project, "/workspace", Access.READ_WRITE));
        return new Shares(byTag);
    }
}
