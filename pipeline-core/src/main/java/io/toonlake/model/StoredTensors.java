package io.toonlake.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Named tensors as a folder or a file holds them, each decoded when it is asked for: of VGG19's half a gigabyte the content loss
 * wants a tenth.
 */
public interface StoredTensors {
    /** Where they are, for messages: a path or URI. */
    String place();

    /** All names in the place's order, also of what {@link #read} would refuse. */
    Set<String> names();

    /**
     * Decodes one tensor.
     *
     * @throws ModelFormatException where it is damaged, of a type that is not read, or not there
     * @throws IOException where the place cannot be read
     */
    Tensor read(String name) throws IOException;

    /** Decodes all of them. */
    default Tensors readAll() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : names()) {
            tensors.put(name, read(name));
        }
        return new Tensors(tensors);
    }

    /**
     * The {@code .npy} files of a folder: one tensor a file, named as the file without its ending.
     *
     * @throws ModelFormatException where there is none
     */
    static StoredTensors in(ModelFiles folder) throws IOException {
        return NpyFile.folder(folder);
    }

    /**
     * One file of a folder, {@code .safetensors} or HDF5 ({@code .h5}), told apart by what it holds and not by its ending. It is
     * held whole, so at most 2 GiB.
     *
     * @throws ModelFormatException where it is neither. Python pickles (PyTorch's {@code .pth}) are refused with the way to
     *     convert them: reading one runs whatever code it names
     */
    static StoredTensors in(ModelFiles folder, String file) throws IOException {
        return TensorFormat.open(folder.read(file, TensorFormat.MAX_FILE_BYTES), folder.location() + "/" + file);
    }

    /** A folder or a file of the local file system. */
    static StoredTensors in(Path folderOrFile) throws IOException {
        if (Files.isDirectory(folderOrFile)) {
            return in(ModelFiles.at(folderOrFile));
        }
        Path folder = folderOrFile.toAbsolutePath().getParent();
        Path name = folderOrFile.getFileName();
        if (folder == null || name == null) {
            throw new ModelFormatException("Cannot read weights from " + folderOrFile + ": not a file or folder");
        }
        return in(ModelFiles.at(folder), name.toString());
    }
}
