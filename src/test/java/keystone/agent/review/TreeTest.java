package keystone.agent.review;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class TreeTest {
    @TempDir private Path top;

    private List<Item> walk(long mostRead) throws Exception {
        var items = new ArrayList<Item>();
        var tree =
                new Tree(
                        _ -> true,
                        Tree.NOTHING,
                        mostRead,
                        (_, item) -> {
                            items.add(item);
                            return true;
                        });
        assertThat(tree.walk(top.toRealPath())).isTrue();
        return items;
    }

    /// A guest can give one file of zeros a million names.
    @Test
    void no_more_content_is_read_than_a_walk_may() throws Exception {
        Path first = Files.write(top.resolve("0"), new byte[1000]);
        for (int i = 1; i < 10; i++) {
            Files.createLink(top.resolve(Integer.toString(i)), first);
        }

        assertThat(walk(10_000)).hasSize(10).allMatch(each -> each.content() != null);
        List<Item> some = walk(3_500);
        assertThat(some).hasSize(10).filteredOn(each -> each.content() != null).hasSize(3);

        List<Item> later = walk(3_500);
        assertThat(later).allMatch(each -> each.isLike(some.getFirst()));
        Files.write(first, new byte[999]);
        assertThat(walk(3_500)).noneMatch(each -> each.isLike(some.getFirst()));
    }

    /// So it is with two writes within one tick of many a kernel's clock, and with those to memory.
    @Test
    void other_content_is_a_change_also_where_the_times_are_the_same() throws Exception {
        Path file = Files.writeString(top.resolve("Makefile"), "good");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MappedByteBuffer memory = channel.map(MapMode.READ_WRITE, 0, 4);
            memory.put(0, (byte) 'G');
            Item before = walk(10_000).getFirst();
            memory.put(0, (byte) 'X');
            Item now = walk(10_000).getFirst();

            assertThat(now.changed()).isEqualTo(before.changed());
            assertThat(now.isLike(before)).isFalse();
        }
    }
}
