package io.toonlake.job;

import java.util.List;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** The columns that two sets of rows are joined by, as Spark wants them: joined by names, their columns come out once. */
final class JoinColumns {
    private JoinColumns() {}

    static Seq<String> of(String... names) {
        return JavaConverters.asScalaBuffer(List.of(names)).toSeq();
    }
}
