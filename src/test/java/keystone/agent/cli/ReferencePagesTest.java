package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.config.Key;
import keystone.agent.config.ReferencePage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ReferencePagesTest {
    private static final String STALE = "run `make docs` and commit what it writes";

    @Test
    void the_page_of_commands_is_what_the_program_knows() {
        assertThat(Path.of("docs/cli.md")).as(STALE).hasContent(CommandPage.markdown());
    }

    @Test
    void the_page_of_settings_is_what_the_program_knows() {
        assertThat(Path.of("docs/config.md")).as(STALE).hasContent(ReferencePage.markdown());
    }

    @Test
    void docs_writes_both(@TempDir Path top) throws IOException {
        assertThat(new Desk(top).run("docs", "pages").status()).isZero();

        assertThat(Files.readString(top.resolve("pages/cli.md"))).startsWith("# Commands\n");
        assertThat(Files.readString(top.resolve("pages/config.md"))).startsWith("# Settings\n");
    }

    @ParameterizedTest
    @EnumSource
    void every_command_has_a_summary_a_description_and_examples_that_are_understood(Verb verb) {
        Manual manual = Manual.of(verb);

        assertThat(verb.summary()).isNotBlank().doesNotEndWith(".");
        assertThat(manual.description()).isNotBlank().endsWith(".");
        assertThat(manual.examples()).isNotEmpty();
        for (String example : manual.examples()) {
            String command = example.replaceAll("^.*<\\((.*)\\)$", "$1");
            assertThat(command).startsWith("keystone-agent ");
            var run = (Route.Run) Route.of(words(command));
            assertThat(run.verb()).isEqualTo(verb);
            var parser = new Parser(verb, verb.action(), new GlobalFlags());
            assertThat(parser.parse(run.arguments())).isEqualTo(Parser.Outcome.RUN);
        }
    }

    @Test
    void what_must_not_be_typed_is_not_shown() {
        assertThat(Manual.of(Verb.TOKENS_SET).synopsis()).doesNotContainIgnoringCase("value");
        assertThat(HelpText.of(Verb.TOKENS_SET)).doesNotContain("a value on a command line");
    }

    @ParameterizedTest
    @EnumSource
    void help_is_plain_text_and_has_no_links_of_markdown(Verb verb) {
        assertThat(HelpText.of(verb)).doesNotContain("](");
    }

    @ParameterizedTest
    @EnumSource
    void every_flag_and_word_is_explained_in_a_sentence(Verb verb) {
        Manual manual = Manual.of(verb);
        var items = new ArrayList<>(manual.flags());
        items.addAll(manual.parameters());

        assertThat(items)
                .allSatisfy(item -> assertThat(item.sentence()).matches("[A-Z].*[.]"))
                .allSatisfy(item -> assertThat(HelpText.of(verb)).contains(item.words()));
        assertThat(HelpText.of(verb).lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @EnumSource
    void every_setting_with_a_flag_is_a_flag_of_start(Key key) {
        List<String> flags =
                Manual.of(Verb.START).flags().stream().flatMap(f -> f.names().stream()).toList();

        assertThat(flags).containsAll(key.flags());
    }

    private static Words words(String command) {
        List<String> all = List.of(command.split(" "));
        return Words.split(all.subList(1, all.size()));
    }

    @Test
    void every_exit_code_of_ours_is_in_the_table() {
        for (int code : new int[] {0, 1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 20, 124, 130}) {
            assertThat(CommandPage.markdown()).contains("\n| " + code + " | ");
        }
    }
}
