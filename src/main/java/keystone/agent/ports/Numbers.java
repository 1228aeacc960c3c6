package keystone.agent.ports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import keystone.agent.model.GuestListener;

/// Which number of this host a port of a guest is to get.
final class Numbers {
    /// What lies below is this host's own, also where we could take it: a guest must not be its web
    /// or name server.
    static final int FIRST = 1024;

    /// 80 becomes 8080.
    private static final int ABOVE_SYSTEM = 8000;

    private static final int STEP = 10_000;
    private static final int TRIES = 4;
    private static final int ANY = 0;

    private Numbers() {}

    /// Those that can keep their number come first, so that nobody takes it from them.
    static final Comparator<GuestListener> ORDER =
            Comparator.comparingInt((GuestListener each) -> each.port() < FIRST ? 1 : 0)
                    .thenComparingInt(GuestListener::port);

    /// To be tried in this order: the same, one that is easily seen to belong to it, any.
    static List<Integer> of(int guest) {
        var numbers = new ArrayList<Integer>();
        int number = guest < FIRST ? guest + ABOVE_SYSTEM : guest;
        for (int i = 0; i < TRIES && number <= GuestListener.HIGHEST_PORT; i++) {
            numbers.add(number);
            number += STEP;
        }
        numbers.add(ANY);
        return numbers;
    }

    static String why(int guest, int host) {
        if (guest == host) {
            return "";
        }
        return guest < FIRST
                ? "numbers below " + FIRST + " are this host's own"
                : guest + " of this host is taken";
    }
}
