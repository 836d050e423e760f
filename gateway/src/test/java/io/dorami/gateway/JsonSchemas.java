package io.dorami.gateway;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.StreamKey;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Generator of JSON schemas for the contract's records. */
final class JsonSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Map<String, ObjectNode> definitions = new TreeMap<>();

    /** Schemas of all records that {@link #of} referred to, by name. */
    Map<String, ObjectNode> definitions() {
        return definitions;
    }

    /** Returns the schema of the type; for a record, a reference to its definition. */
    ObjectNode of(Class<?> type) {
        if (type == String.class) {
            return typed("string");
        }
        if (type == int.class || type == Integer.class) {
            return typed("integer").put("format", "int32");
        }
        if (type == long.class || type == Long.class) {
            return typed("integer").put("format", "int64");
        }
        if (type == boolean.class || type == Boolean.class) {
            return typed("boolean");
        }
        if (type == Instant.class) {
            return typed("string").put("format", "date-time");
        }
        if (type == UUID.class) {
            return typed("string").put("format", "uuid");
        }
        if (type == StreamKey.class) {
            return typed("string").put("pattern", "^[A-Za-z0-9_-]{1,64}$");
        }
        if (type == RoomId.class) {
            return typed("string").put("pattern", "^(chat|stream|shop|platform|admins):[A-Za-z0-9_-]{1,64}$");
        }
        if (type.isEnum()) {
            ObjectNode schema = typed("string");
            Arrays.stream(type.getEnumConstants())
                    .forEach(constant -> schema.withArray("enum").add(((Enum<?>) constant).name()));
            return schema;
        }
        if (!type.isRecord()) {
            throw new IllegalArgumentException("No schema for " + type + ": add the type to JsonSchemas");
        }
        RecordComponent[] components = type.getRecordComponents();
        if (components.length == 1 && components[0].getAccessor().isAnnotationPresent(JsonValue.class)) {
            return of(components[0].getType());
        }
        if (!definitions.containsKey(type.getSimpleName())) {
            definitions.put(
                    type.getSimpleName(), typed("object")); // before the components, which may refer to the record
            definitions.put(type.getSimpleName(), object(type, component -> true));
        }
        return JSON.objectNode().put("$ref", "#/components/schemas/" + type.getSimpleName());
    }

    /** Returns the schema of a record, restricted to the components that the predicate accepts. */
    ObjectNode object(Class<?> type, Predicate<String> components) {
        ObjectNode schema = typed("object");
        for (RecordComponent component : type.getRecordComponents()) {
            String name = name(component);
            if (!components.test(name)) {
                continue;
            }
            schema.withObject("/properties").set(name, of(component.getAnnotatedType(), component.getType()));
            if (!component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                schema.withArray("required").add(name);
            }
        }
        return schema;
    }

    private ObjectNode of(AnnotatedType annotated, Class<?> type) {
        if (List.class.isAssignableFrom(type) && annotated instanceof AnnotatedParameterizedType list) {
            ObjectNode schema = typed("array");
            schema.set("items", of((Class<?>) list.getAnnotatedActualTypeArguments()[0].getType()));
            return schema;
        }
        return of(type);
    }

    private static String name(RecordComponent component) {
        JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
        return property == null || property.value().isEmpty() ? component.getName() : property.value();
    }

    private static ObjectNode typed(String type) {
        return JSON.objectNode().put("type", type);
    }
}
