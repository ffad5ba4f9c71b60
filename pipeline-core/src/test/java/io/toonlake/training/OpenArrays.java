package io.toonlake.training;

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.memory.deallocation.DeallocatorService;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What ND4J holds in native memory until somebody closes it or the garbage collector comes by. A process's size does not tell: what is
 * left behind fits into what was free before, and the allocator grows in leaps.
 */
final class OpenArrays {
    private OpenArrays() {}

    /** Bytes of all arrays of floating-point numbers that were not closed; views and ND4J's own tables are left out. */
    static long bytes() {
        long bytes = 0;
        for (Reference<?> reference : references().values()) {
            if (reference.get() instanceof DataBuffer buffer && isOpenArray(buffer)) {
                bytes += buffer.length() * buffer.getElementSize();
            }
        }
        return bytes;
    }

    private static boolean isOpenArray(DataBuffer buffer) {
        return !buffer.wasClosed()
                && buffer.originalDataBuffer() == null
                && buffer.dataType().isFPType();
    }

    /** ND4J keeps its list to itself. */
    @SuppressWarnings("unchecked")
    private static Map<String, Reference<?>> references() {
        DeallocatorService service = Nd4j.getDeallocatorService();
        try {
            Field map = DeallocatorService.class.getDeclaredField("referenceMap");
            map.setAccessible(true);
            return (Map<String, Reference<?>>) map.get(service);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Cannot read ND4J's list of arrays", e);
        }
    }
}
