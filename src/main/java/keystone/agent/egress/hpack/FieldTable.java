package keystone.agent.egress.hpack;

import java.util.ArrayList;
import java.util.List;

/// What a field can be named by its number: the lines that everybody knows (RFC 7541, appendix A),
/// then those that were sent last, the newest first.
final class FieldTable {
    private static final List<HeaderField> KNOWN =
            """
            :authority:
            :method: GET
            :method: POST
            :path: /
            :path: /index.html
            :scheme: http
            :scheme: https
            :status: 200
            :status: 204
            :status: 206
            :status: 304
            :status: 400
            :status: 404
            :status: 500
            accept-charset:
            accept-encoding: gzip, deflate
            accept-language:
            accept-ranges:
            accept:
            access-control-allow-origin:
            age:
            allow:
            authorization:
            cache-control:
            content-disposition:
            content-encoding:
            content-language:
            content-length:
            content-location:
            content-range:
            content-type:
            cookie:
            date:
            etag:
            expect:
            expires:
            from:
            host:
            if-match:
            if-modified-since:
            if-none-match:
            if-range:
            if-unmodified-since:
            last-modified:
            link:
            location:
            max-forwards:
            proxy-authenticate:
            proxy-authorization:
            range:
            referer:
            refresh:
            retry-after:
            server:
            set-cookie:
            strict-transport-security:
            transfer-encoding:
            user-agent:
            vary:
            via:
            www-authenticate:
            """
                    .lines()
                    .map(FieldTable::known)
                    .toList();

    private final int mostBytes;
    private final List<HeaderField> recent = new ArrayList<>();
    private int limit;
    private int size;

    /// @param mostBytes as large may the other side make it, and it begins so
    FieldTable(int mostBytes) {
        this.mostBytes = mostBytes;
        this.limit = mostBytes;
    }

    private static HeaderField known(String line) {
        int end = line.indexOf(':', 1);
        return new HeaderField(line.substring(0, end), line.substring(end + 1).strip());
    }

    /// @param number from 1
    HeaderField get(int number) throws HpackException {
        int beyond = number - KNOWN.size() - 1;
        if (number < 1 || beyond >= recent.size()) {
            throw new HpackException("a header line is named that there is not");
        }
        return beyond < 0 ? KNOWN.get(number - 1) : recent.get(recent.size() - 1 - beyond);
    }

    /// One that is larger than the table empties it, and is not kept.
    void add(HeaderField field) {
        makeRoom(field.size());
        if (field.size() <= limit) {
            recent.add(field);
            size += field.size();
        }
    }

    void limit(int bytes) throws HpackException {
        if (bytes > mostBytes) {
            throw new HpackException("a table of header lines is to be larger than it may");
        }
        limit = bytes;
        makeRoom(0);
    }

    private void makeRoom(int needed) {
        while (!recent.isEmpty() && size + needed > limit) {
            size -= recent.removeFirst().size();
        }
    }
}
