package io.toonlake.job;

import io.toonlake.flickr.KeptSlices;
import io.toonlake.flickr.Slice;
import io.toonlake.storage.Lease;
import io.toonlake.storage.Storage;
import io.toonlake.storage.UnreachableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * What a search on Flickr has found, a file a slice of the time of upload: {@code YEAR/FROM-TO.jsonl}. Each is written whole or not at all, so that its being
 * there is all there is to know of what is done. Slices whose photos Flickr may not know all yet have another name, and are gone with the next run.
 */
final class SliceFiles implements KeptSlices {
    private static final Pattern NAME = Pattern.compile("(\\d{1,11})-(\\d{1,11})(\\.open)?\\.jsonl");

    private final Storage storage;
    private final Path folder;
    private final Lease lease;
    private final long settled;
    private final TreeSet<Slice> done = new TreeSet<>();

    private SliceFiles(Storage storage, Path folder, Lease lease, long settled) {
        this.storage = storage;
        this.folder = folder;
        this.lease = lease;
        this.settled = settled;
    }

    /**
     * Those that are there.
     *
     * @param folder of this search alone
     * @param settled seconds since 1970; slices that end later are open
     * @throws UnreachableException where the folder cannot be read
     */
    static SliceFiles in(Storage storage, Path folder, Lease lease, long settled) {
        SliceFiles files = new SliceFiles(storage, folder, lease, settled);
        try {
            files.list();
        } catch (FileNotFoundException e) {
            return files; // This search's first run.
        } catch (IOException e) {
            throw new UnreachableException(
                    "Cannot read --fetch " + Storage.shown(folder) + ": " + Storage.reason(e), e);
        }
        return files;
    }

    private void list() throws IOException {
        FileSystem store = storage.fileSystem(folder);
        List<Path> passed = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> files = store.listFiles(folder, true);
        while (files.hasNext()) {
            Path file = files.next().getPath();
            Matcher name = NAME.matcher(file.getName());
            if (name.matches() && name.group(3) != null || file.getName().startsWith(Storage.UNFINISHED)) {
                passed.add(file);
            } else if (name.matches()) {
                done.add(new Slice(Long.parseLong(name.group(1)), Long.parseLong(name.group(2))));
            }
        }
        for (Path file : passed) {
            store.delete(file, false);
        }
    }

    @Override
    public boolean isDone(Slice slice) {
        return done.contains(slice);
    }

    @Override
    public boolean holdsPartOf(Slice slice) {
        for (Slice part : done.tailSet(new Slice(slice.from(), slice.from()))) {
            if (part.from() >= slice.to()) {
                return false;
            }
            if (slice.holds(part) && !part.equals(slice)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void keep(Slice slice, List<String> lines) {
        lease.check();
        Path file = file(slice);
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append('\n'));
        try {
            storage.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UnreachableException("Cannot write --fetch " + Storage.shown(file) + ": " + Storage.reason(e), e);
        }
        if (!isOpen(slice)) {
            done.add(slice);
        }
    }

    private boolean isOpen(Slice slice) {
        return slice.to() > settled;
    }

    /** Where a slice is kept, that was done before or by this run. */
    Path file(Slice slice) {
        String name = slice.from() + "-" + slice.to() + (!done.contains(slice) && isOpen(slice) ? ".open" : "");
        return new Path(new Path(folder, String.valueOf(slice.year())), name + ".jsonl");
    }
}
