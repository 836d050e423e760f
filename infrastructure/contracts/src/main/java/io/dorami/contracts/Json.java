package io.dorami.contracts;

import static com.fasterxml.jackson.databind.cfg.CoercionInputShape.Boolean;
import static com.fasterxml.jackson.databind.cfg.CoercionInputShape.EmptyString;
import static com.fasterxml.jackson.databind.cfg.CoercionInputShape.Float;
import static com.fasterxml.jackson.databind.cfg.CoercionInputShape.Integer;
import static com.fasterxml.jackson.databind.cfg.CoercionInputShape.String;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.datatype.jsr310.deser.InstantDeserializer;
import io.dorami.contracts.errors.DoramiException;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * JSON mapping between services and of requests: times are ISO-8601, unknown fields are ignored because versions may
 * differ, and a value of another JSON type is rejected instead of converted.
 */
public final class Json {

    public static final ObjectMapper MAPPER = strict(JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build());

    private Json() {}

    /**
     * Makes a mapper reject texts for numbers and booleans, fractions for integers, numbers for texts, times and enums.
     * Returns the mapper.
     */
    public static ObjectMapper strict(ObjectMapper mapper) {
        reject(mapper, LogicalType.Integer, String, EmptyString, Float, Boolean);
        reject(mapper, LogicalType.Float, String, EmptyString, Boolean);
        reject(mapper, LogicalType.Boolean, String, EmptyString, Integer, Float);
        reject(mapper, LogicalType.Textual, Integer, Float, Boolean);
        reject(mapper, LogicalType.Enum, Integer, EmptyString);
        return mapper.enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS) // also in a text, such as "0"
                .registerModule(new SimpleModule("strict times").addDeserializer(Instant.class, new IsoInstant()));
    }

    private static void reject(ObjectMapper mapper, LogicalType target, CoercionInputShape... sources) {
        for (CoercionInputShape source : sources) {
            mapper.coercionConfigFor(target).setCoercion(source, CoercionAction.Fail);
        }
    }

    /** Reads a time from a text alone, because a number may mean seconds or milliseconds. */
    private static final class IsoInstant extends StdDeserializer<Instant> {

        private IsoInstant() {
            super(Instant.class);
        }

        @Override
        public @Nullable Instant deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            if (!parser.hasToken(JsonToken.VALUE_STRING)) {
                return (Instant) context.handleUnexpectedToken(Instant.class, parser);
            }
            // The library also reads digits in a text as a number of seconds.
            return parser.getText().indexOf('T') > 0
                    ? InstantDeserializer.INSTANT.deserialize(parser, context)
                    : (Instant) context.handleWeirdStringValue(Instant.class, parser.getText(), "not an ISO-8601 time");
        }
    }

    /** Serialises the value as JSON on one line. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot serialise " + value.getClass(), e);
        }
    }

    /**
     * Parses a record.
     *
     * @throws IllegalArgumentException if the text is not valid JSON for the type
     * @throws DoramiException if a record rejected a value in its constructor
     */
    public static <T> T read(String json, Class<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException(type.getSimpleName() + ": expected an object, found null");
            }
            return value;
        } catch (JsonProcessingException e) {
            if (e.getCause() instanceof DoramiException rejection) {
                throw rejection;
            }
            throw new IllegalArgumentException(type.getSimpleName() + ": " + e.getOriginalMessage(), e);
        }
    }
}
