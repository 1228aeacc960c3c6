package keystone.agent.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;

/// Times as people write them: `90m`, `2h`, `1h30m`, `1d`.
public final class DurationText {
    private static final Pattern FORM =
            Pattern.compile("(?:(\\d{1,5})d)?(?:(\\d{1,6})h)?(?:(\\d{1,7})m)?(?:(\\d{1,8})s)?");

    private DurationText() {}

    public static Duration parse(String text) {
        Matcher form = FORM.matcher(text.trim());
        if (text.isBlank() || !form.matches()) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is not a duration",
                    "write it like 90m, 2h or 1h30m");
        }
        return Duration.ofDays(part(form, 1))
                .plusHours(part(form, 2))
                .plusMinutes(part(form, 3))
                .plusSeconds(part(form, 4));
    }

    private static long part(Matcher form, int group) {
        String digits = form.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /// The shortest form that [#parse] reads back.
    public static String format(Duration time) {
        var text = new StringBuilder();
        append(text, time.toDays(), 'd');
        append(text, time.toHoursPart(), 'h');
        append(text, time.toMinutesPart(), 'm');
        append(text, time.toSecondsPart(), 's');
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long amount, char unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }
}
