package keystone.agent.cli;

import java.util.List;
import java.util.Optional;
import keystone.agent.model.UserError;

/// The program `keystone-agent`: from words to an exit code.
public final class CommandLineTool {
    private final Streams streams;
    private final Surroundings around;
    private final UseCases use;

    public CommandLineTool(Streams streams, Surroundings around, UseCases use) {
        this.streams = streams;
        this.around = around;
        this.use = use;
    }

    /// Runs one command.
    ///
    /// @return the exit code; everything there is to say has been said
    public int run(List<String> arguments) {
        Words words = Words.split(arguments);
        var failure = new Failure(streams.err(), words.before().contains("--debug"));
        try {
            return withResults(carryOut(words));
        } catch (UserError error) {
            return failure.report(error);
        } catch (InterruptedException ended) {
            return UserError.Kind.INTERRUPTED.exitCode();
        } catch (RuntimeException surprise) {
            return failure.report(surprise);
        } finally {
            streams.out().flush();
            streams.err().flush();
        }
    }

    /// A script that keeps them on a full disk would take nothing for the truth.
    private int withResults(int status) {
        if (status == 0 && streams.areResultsLost()) {
            throw UserError.failed(
                    "the results could not be written",
                    "make room where they go, and run it again: df -h");
        }
        return status;
    }

    /// Says why there cannot be a command.
    ///
    /// @return the exit code
    public static int refuse(Streams streams, UserError why) {
        int status = new Failure(streams.err(), false).report(why);
        streams.err().flush();
        return status;
    }

    private int carryOut(Words words) throws InterruptedException {
        Optional<FastPath> fast = FastPath.of(words);
        if (fast.isPresent()) {
            return fast.get().action().run(call(fast.get().flags(), words));
        }
        return withParser(words);
    }

    private int withParser(Words words) throws InterruptedException {
        Route route = Route.of(words);
        if (route instanceof Route.Explain explain) {
            streams.out().print(BuiltTexts.help(explain));
            return 0;
        }
        var found = (Route.Run) route;
        if (found.explains()) {
            streams.out().print(BuiltTexts.help(found.verb()));
            return 0;
        }
        Action action = found.verb().action();
        var flags = new GlobalFlags();
        var parser = new Parser(found.verb(), action, flags);
        if (parser.parse(found.arguments()) == Parser.Outcome.EXPLAIN) {
            streams.out().print(BuiltTexts.help(found.verb()));
            return 0;
        }
        flags.check();
        return action.run(call(flags, found.rest()));
    }

    private Call call(GlobalFlags flags, Words words) {
        return new Call(streams, around, use, flags, words.after());
    }

    private Call call(GlobalFlags flags, List<String> rest) {
        return new Call(streams, around, use, flags, rest);
    }
}
