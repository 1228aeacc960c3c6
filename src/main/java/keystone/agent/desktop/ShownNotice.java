package keystone.agent.desktop;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import keystone.agent.process.Owned;
import keystone.agent.process.PipeThread;
import org.jspecify.annotations.Nullable;

/// A notification that is there, for as long as its connection is. Thread-safe.
public final class ShownNotice implements Owned.Ending {
    private static final String NAME = "org.freedesktop.Notifications";
    private static final String PATH = "/org/freedesktop/Notifications";

    /// Shown until somebody has looked at it.
    private static final int NEVER_EXPIRES = 0;

    private static final int URGENCY_NORMAL = 1;

    private final IntConsumer pressed;
    private final int buttons;
    private final AtomicBoolean isPressed = new AtomicBoolean();
    private final AtomicBoolean isGone = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Bus bus;
    private String server = "";
    private int id;

    /// A signal may be heard before the answer that says whose it is.
    private final List<Message> early = new ArrayList<>();

    private ShownNotice(IntConsumer pressed, int buttons) {
        this.pressed = pressed;
        this.buttons = buttons;
    }

    static ShownNotice show(Path socket, Notice notice, IntConsumer pressed)
            throws IOException, InterruptedException {
        var shown = new ShownNotice(pressed, notice.buttons().size());
        Bus bus = Bus.open(socket, shown::heard, shown::end);
        try {
            shown.send(bus, notice);
            return shown;
        } catch (IOException | RuntimeException | InterruptedException failed) {
            bus.close();
            throw failed;
        }
    }

    private void send(Bus bus, Notice notice) throws IOException, InterruptedException {
        bus.listen("type='signal',sender='%s',interface='%1$s',path='%s'".formatted(NAME, PATH));
        List<String> able = able(bus);
        var actions = new ArrayList<String>();
        if (able.contains("actions")) {
            for (int i = 0; i < notice.buttons().size(); i++) {
                actions.add(Integer.toString(i));
                actions.add(notice.buttons().get(i));
            }
        }
        String body = able.contains("body-markup") ? escaped(notice.body()) : notice.body();
        Marshalled hints = new Marshalled().string("urgency").signature("y").octet(URGENCY_NORMAL);
        var what =
                new Marshalled()
                        .string("keystone-agent")
                        .number(0)
                        .string("")
                        .string(notice.summary())
                        .string(body)
                        .strings(actions)
                        .structures(hints)
                        .number(NEVER_EXPIRES);
        Message answer = bus.call(call("Notify", "susssasa{sv}i", what));
        List<Message> waiting;
        synchronized (this) {
            this.bus = bus;
            this.server = answer.sender();
            this.id = Message.number(answer.body());
            waiting = List.copyOf(early);
        }
        waiting.forEach(this::heard);
    }

    private static List<String> able(Bus bus) throws IOException, InterruptedException {
        return Message.strings(bus.call(call("GetCapabilities", "", new Marshalled())).body());
    }

    private static Bus.Call call(String member, String signature, Marshalled body) {
        return new Bus.Call(NAME, PATH, NAME, member, signature, body);
    }

    /// What a server with markup would take for it.
    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /// Others on the bus can send us what they like; what counts is what who shows it sends.
    private void heard(Message signal) {
        synchronized (this) {
            if (bus == null) {
                early.add(signal);
                return;
            }
            if (!signal.sender().equals(server)) {
                return;
            }
        }
        ByteBuffer body = signal.body().duplicate().order(signal.body().order());
        if (Message.number(body) != id) {
            return;
        }
        switch (signal.member()) {
            case "ActionInvoked" -> press(Message.string(body));
            case "NotificationClosed" -> leave();
            default -> {
                // Of a newer desktop.
            }
        }
    }

    private void press(String key) {
        for (int i = 0; i < buttons; i++) {
            if (key.equals(Integer.toString(i)) && isPressed.compareAndSet(false, true)) {
                ended.countDown();
                pressed.accept(i);
            }
        }
    }

    private void end() {
        isGone.set(true);
        ended.countDown();
    }

    /// Returns when nothing can come of it any more; that may take days.
    public void awaitEnd() throws InterruptedException {
        ended.await();
    }

    /// Listens to it no longer, but lets it be.
    public void leave() {
        end();
        synchronized (this) {
            if (bus != null) {
                bus.close();
            }
        }
    }

    /// Takes it away.
    @Override
    public void close() {
        boolean wasThere = !isGone.getAndSet(true);
        boolean isCutShort = Thread.interrupted();
        ended.countDown();
        Bus open;
        synchronized (this) {
            open = bus;
        }
        if (open == null) {
            return;
        }
        // An interrupt would close the connection before anybody is told, and leave it there: the
        // thread that says so is one that nobody interrupts.
        Thread closing = PipeThread.start("closing a notice", () -> takeAway(open, wasThere));
        while (closing.isAlive()) {
            try {
                closing.join();
            } catch (InterruptedException stop) {
                isCutShort = true;
            }
        }
        if (isCutShort) {
            Thread.currentThread().interrupt();
        }
    }

    private void takeAway(Bus open, boolean isThere) {
        try (open) {
            if (isThere) {
                Message _ = open.call(call("CloseNotification", "u", new Marshalled().number(id)));
            }
        } catch (IOException gone) {
            // Then so is it.
        } catch (InterruptedException nobodyInterruptsThisThread) {
            Thread.currentThread().interrupt();
        }
    }
}
