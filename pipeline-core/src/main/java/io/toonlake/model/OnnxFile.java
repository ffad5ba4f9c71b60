package io.toonlake.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx.ModelProto;
import onnx.Onnx.StringStringEntryProto;
import onnx.Onnx.TensorProto;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.Descriptors.FieldDescriptor;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;
import org.nd4j.shade.protobuf.Message;

/**
 * Somebody's ONNX file. Exporters put large tensors into files beside it ({@code external_data}); those are taken into it. Names that lead
 * anywhere else are refused: a model must not make Toonlake read other files.
 */
public final class OnnxFile {
    /** The most that protocol buffers, and an array, may hold. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 16;

    private static final String NAME = "location";

    private final ModelFiles folder;
    private final String place;
    private final Map<String, byte[]> beside = new HashMap<>();
    private long taken;

    private OnnxFile(ModelFiles folder, String name) {
        this.folder = folder;
        this.place = folder.location() + "/" + name;
    }

    /**
     * Reads a file, with what lies beside it.
     *
     * @return the file as it is, or where tensors lay outside of it, another one with them in it
     * @throws ModelFormatException where it is no ONNX file, or names data that is not beside it
     */
    public static byte[] read(ModelFiles folder, String name) throws IOException {
        byte[] bytes = folder.read(name, MAX_BYTES);
        OnnxFile file = new OnnxFile(folder, name);
        ModelProto model = file.parsed(bytes);
        if (!hasExternalData(model)) {
            return bytes;
        }
        return ((ModelProto) file.whole(model)).toByteArray();
    }

    /** Reads a file of a model's folder, which has all its tensors in it. */
    static byte[] readWhole(ModelFiles folder, String name) throws IOException {
        byte[] bytes = folder.read(name, MAX_BYTES);
        OnnxFile file = new OnnxFile(folder, name);
        if (hasExternalData(file.parsed(bytes))) {
            throw file.refused("it has tensors in other files (import it anew)");
        }
        return bytes;
    }

    private ModelProto parsed(byte[] bytes) throws ModelFormatException {
        try {
            ModelProto model = ModelProto.parseFrom(bytes);
            if (model.hasGraph()) {
                return model;
            }
        } catch (InvalidProtocolBufferException e) {
            throw new ModelFormatException(
                    "Cannot read %s: it is no ONNX file (%s)".formatted(place, e.getMessage()), e);
        }
        throw refused("it is no ONNX file: it has no graph");
    }

    private static boolean hasExternalData(Message message) {
        if (message instanceof TensorProto tensor) {
            return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0;
        }
        return message.getAllFields().entrySet().stream()
                .filter(field -> field.getKey().getJavaType() == FieldDescriptor.JavaType.MESSAGE)
                .anyMatch(field -> field.getValue() instanceof List<?> many
                        ? many.stream().anyMatch(each -> hasExternalData((Message) each))
                        : hasExternalData((Message) field.getValue()));
    }

    /** Tensors may stand in any graph, attribute or function, so everything is looked through. */
    private Message whole(Message message) throws IOException {
        if (!hasExternalData(message)) {
            return message;
        }
        if (message instanceof TensorProto tensor) {
            return whole(tensor);
        }
        Message.Builder copy = message.toBuilder();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            if (field.getKey().getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                continue;
            }
            if (field.getValue() instanceof List<?> many) {
                for (int i = 0; i < many.size(); i++) {
                    copy.setRepeatedField(field.getKey(), i, whole((Message) many.get(i)));
                }
            } else {
                copy.setField(field.getKey(), whole((Message) field.getValue()));
            }
        }
        return copy.build();
    }

    private TensorProto whole(TensorProto tensor) throws IOException {
        Map<String, String> entries = new HashMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
            entries.put(entry.getKey(), entry.getValue());
        }
        String file = entries.getOrDefault(NAME, "");
        if (file.isEmpty() || file.equals(".") || file.equals("..") || file.matches("(?s).*[/\\\\:\\p{Cntrl}].*")) {
            throw refused(
                    "tensor %s lies in '%s', and only files directly beside it are read (save the model with all its data in one file)"
                            .formatted(tensor.getName(), file));
        }
        byte[] data = beside(tensor, file);
        long offset = number(tensor, entries.getOrDefault("offset", "0"));
        long length = number(tensor, entries.getOrDefault("length", Long.toString(data.length - offset)));
        if (offset > data.length || length > data.length - offset) {
            throw refused("tensor %s has %d bytes from %d of %s, which is %d bytes long"
                    .formatted(tensor.getName(), length, offset, file, data.length));
        }
        taken += length;
        if (taken > MAX_BYTES) {
            throw refused("with the tensors beside it, it is larger than 2 GiB, which an ONNX file cannot be");
        }
        return tensor.toBuilder()
                .clearExternalData()
                .clearDataLocation()
                .setRawData(ByteString.copyFrom(data, (int) offset, (int) length))
                .build();
    }

    private byte[] beside(TensorProto tensor, String file) throws IOException {
        byte[] data = beside.get(file);
        if (data == null) {
            try {
                data = folder.read(file, MAX_BYTES);
            } catch (FileNotFoundException | NoSuchFileException e) {
                throw refused("tensor %s lies in %s, which is not beside it (copy it there)"
                        .formatted(tensor.getName(), file));
            }
            beside.put(file, data);
        }
        return data;
    }

    private long number(TensorProto tensor, String text) throws ModelFormatException {
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw refused("tensor %s has '%s' for an offset or a length".formatted(tensor.getName(), text));
    }

    private ModelFormatException refused(String why) {
        return new ModelFormatException("Cannot read %s: %s".formatted(place, why));
    }
}
