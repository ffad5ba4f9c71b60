package io.toonlake.packing;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of a layout's shards below the output: {@code webdataset/cartoons-000000.tar}. The folder has nothing else in it, so that readers may be given
 * it whole, and the numbers go on from run to run.
 *
 * @param folder below the output
 * @param extension of the files, without a dot
 */
public record ShardNames(String folder, String extension) implements Serializable {
    private static final Pattern SHARD =
            Pattern.compile("(?:webdataset|parquet)/cartoons-(\\d{6,18})\\.(?:tar|parquet)");

    /** The file's name in its folder. */
    public String file(long number) {
        return String.format("cartoons-%06d.%s", number, extension);
    }

    /** The shard's name below the output. */
    public String name(long number) {
        return folder + "/" + file(number);
    }

    /** The number of a shard by its name below the output; -1 of what is none, of this layout or another. */
    public static long number(String name) {
        Matcher shard = SHARD.matcher(name);
        return shard.matches() ? Long.parseLong(shard.group(1)) : -1;
    }
}
