package io.toonlake.testing;

import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one Spark session of their JVM. A test class says {@code @ExtendWith(SparkExtension.class)} and takes a
 * {@link SparkSession}, a {@link JavaSparkContext} or {@link SparkComparisons} as a parameter of its constructor or methods. The
 * session starts with the first parameter asked for and stops after the last test, so tests must not stop it.
 */
public final class SparkExtension implements ParameterResolver {

    private static final Map<Class<?>, Function<SharedSpark, Object>> PARAMETERS = Map.of(
            SparkSession.class, SharedSpark::spark,
            JavaSparkContext.class, SharedSpark::jsc,
            SparkComparisons.class, SparkComparisons::new);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return PARAMETERS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Running running = test.getRoot()
                .getStore(Namespace.create(SparkExtension.class))
                .getOrComputeIfAbsent(Running.class, key -> new Running(), Running.class);
        if (running.spark.sc().isStopped()) {
            throw new IllegalStateException("Cannot run " + test.getDisplayName()
                    + ": an earlier test stopped the shared Spark session (leave that to the extension)");
        }
        return PARAMETERS.get(parameter.getParameter().getType()).apply(running.spark);
    }

    /** The session, closed by JUnit when all tests have run. */
    private static final class Running implements AutoCloseable {

        private final SharedSpark spark = new SharedSpark();

        private Running() {
            spark.runBefore();
        }

        @Override
        public void close() {
            SharedSpark.runAfterClass();
        }
    }
}
