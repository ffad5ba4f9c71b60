package io.toonlake.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;

/** Report data as JSON. */
final class ReportJson {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .registerModule(new SimpleModule()
                    .addSerializer(Double.TYPE, new FiniteDouble())
                    .addSerializer(Double.class, new FiniteDouble())
                    .addSerializer(double[].class, new FiniteDoubles())
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(Picture.class, new PictureName()));

    private ReportJson() {}

    static String of(Object data) {
        try {
            return MAPPER.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write report data as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * JSON to stand inside of a {@code script} element: no {@code <}, so that nothing in it can end the element or begin a
     * comment.
     */
    static String inScript(Object data) {
        return of(data).replace("<", "\\u003c");
    }

    private static final class FiniteDouble extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeNull();
            }
        }
    }

    private static final class FiniteDoubles extends JsonSerializer<double[]> {
        @Override
        public void serialize(double[] values, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeStartArray();
            for (double value : values) {
                if (Double.isFinite(value)) {
                    out.writeNumber(value);
                } else {
                    out.writeNull();
                }
            }
            out.writeEndArray();
        }
    }

    private static final class PictureName extends JsonSerializer<Picture> {
        @Override
        public void serialize(Picture picture, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeStartObject();
            out.writeStringField("mediaType", picture.mediaType());
            out.writeNumberField("width", picture.width());
            out.writeNumberField("height", picture.height());
            out.writeNumberField("bytes", picture.bytes().length);
            out.writeStringField("sha256", HexFormat.of().formatHex(Sha256.of(picture.bytes())));
            out.writeEndObject();
        }
    }
}
