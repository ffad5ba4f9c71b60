package io.toonlake.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.toonlake.testing.SparkExtension;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class YfccSelectionTest {
    private static final YfccSelection.Period ALWAYS = new YfccSelection.Period(null, null);
    private static final Instant MAY = Instant.parse("2010-05-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2010-06-01T00:00:00Z");

    private final SparkSession spark;

    YfccSelectionTest(SparkSession spark) {
        this.spark = spark;
    }

    private String filteredBy(
            YfccSelection selection, int licence, String tags, Instant taken, Double longitude, boolean video) {
        StructType schema = StructType.fromDDL("licence_id int, tags array<string>, machine_tags array<string>, "
                + "taken timestamp, uploaded timestamp, longitude double, latitude double, video boolean");
        Timestamp time = taken == null ? null : Timestamp.from(taken);
        Row row = RowFactory.create(
                licence,
                tags.split(","),
                new String[] {"Geo:Lat=46.5"},
                time,
                time,
                longitude,
                longitude == null ? null : Double.valueOf(10),
                video);
        return spark.createDataFrame(List.of(row), schema)
                .select(selection.filteredBy())
                .head()
                .getString(0);
    }

    private String withTags(List<String> any, List<String> every, String tags) {
        return filteredBy(new YfccSelection(List.of(4), any, every, ALWAYS, ALWAYS, null), 4, tags, MAY, 0.0, false);
    }

    private String in(YfccSelection.Period taken, YfccSelection.Period uploaded, Instant time) {
        return filteredBy(
                new YfccSelection(List.of(4), List.of(), List.of(), taken, uploaded, null), 4, "", time, 0.0, false);
    }

    private String at(YfccSelection.Box box, Double longitude) {
        return filteredBy(
                new YfccSelection(List.of(4), List.of(), List.of(), ALWAYS, ALWAYS, box), 4, "", MAY, longitude, false);
    }

    @Test
    void theFirstFilterThatFitsIsNamed() {
        YfccSelection selection = new YfccSelection(List.of(4), List.of("lake"), List.of(), ALWAYS, ALWAYS, null);

        assertThat(filteredBy(selection, 3, "city", null, null, true)).isEqualTo("video");
        assertThat(filteredBy(selection, 3, "city", null, null, false)).isEqualTo("licence");
        assertThat(filteredBy(selection, 4, "city", null, null, false)).isEqualTo("tags");
        assertThat(filteredBy(selection, 4, "lake", null, null, false)).isNull();
    }

    @Test
    void tagsAreComparedWholeAndInAnyCase() {
        assertThat(withTags(List.of("lake", "sea"), List.of(), "Sea,city")).isNull();
        assertThat(withTags(List.of("lake"), List.of(), "lakeside,a lake")).isEqualTo("tags");
        assertThat(withTags(List.of("geo:lat=46.5"), List.of(), "")).isNull();
        assertThat(withTags(List.of(), List.of("lake", "city"), "City,x,Lake")).isNull();
        assertThat(withTags(List.of(), List.of("lake", "city"), "lake,x")).isEqualTo("tags");
        assertThat(withTags(List.of("x"), List.of("lake", "city"), "lake,city")).isEqualTo("tags");
    }

    @Test
    void periodsBeginWithTheirFirstMomentAndEndBeforeTheirLast() {
        YfccSelection.Period inMay = new YfccSelection.Period(MAY, JUNE);
        assertThat(in(inMay, ALWAYS, MAY)).isNull();
        assertThat(in(inMay, ALWAYS, JUNE.minusSeconds(1))).isNull();
        assertThat(in(inMay, ALWAYS, JUNE)).isEqualTo("taken");
        assertThat(in(ALWAYS, inMay, MAY.minusSeconds(1))).isEqualTo("uploaded");
        assertThat(in(ALWAYS, inMay, MAY)).isNull();
        assertThat(in(inMay, ALWAYS, null)).as("nobody knows when it was taken").isEqualTo("taken");
        assertThat(in(ALWAYS, ALWAYS, null)).isNull();
    }

    @Test
    void boxesMayCrossTheDateLine() {
        YfccSelection.Box alps = new YfccSelection.Box(5, 0, 10, 20);
        assertThat(at(alps, 5.0)).isNull();
        assertThat(at(alps, 10.01)).isEqualTo("place");
        assertThat(at(alps, null)).isEqualTo("place");
        assertThat(at(new YfccSelection.Box(5, 11, 10, 20), 7.0)).isEqualTo("place");
        YfccSelection.Box fiji = new YfccSelection.Box(177, 0, -178, 20);
        assertThat(at(fiji, 179.0)).isNull();
        assertThat(at(fiji, -179.0)).isNull();
        assertThat(at(fiji, 0.0)).isEqualTo("place");
    }
}
