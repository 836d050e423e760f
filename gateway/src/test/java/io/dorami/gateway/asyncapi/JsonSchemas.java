package io.dorami.gateway.asyncapi;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import com.github.victools.jsonschema.module.jackson.JacksonOption;
import io.dorami.contracts.Json;
import io.dorami.contracts.keys.RoomId;
import io.dorami.contracts.keys.RoomType;
import io.dorami.contracts.keys.StreamKey;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** JSON Schemas of the contract's records, generated from the records. A component is required unless it is nullable. */
final class JsonSchemas {

    private static final String PATH = "components/schemas";
    private static final String KEY = "[A-Za-z0-9_-]{1,64}";

    private final SchemaBuilder builder;

    JsonSchemas() {
        SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(
                        Json.MAPPER, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
                .with(new JacksonModule(JacksonOption.SKIP_SUBTYPE_LOOKUP, JacksonOption.IGNORE_TYPE_INFO_TRANSFORM))
                .with(
                        Option.DEFINITIONS_FOR_ALL_OBJECTS,
                        Option.EXTRA_OPEN_API_FORMAT_VALUES,
                        Option.INLINE_NULLABLE_SCHEMAS,
                        Option.PLAIN_DEFINITION_KEYS);
        config.forFields()
                .withRequiredCheck(field -> !isNullable(field) || isAlwaysIncluded(field))
                .withNullableCheck(field -> isNullable(field) && isAlwaysIncluded(field));
        config.forTypesInGeneral()
                .withPropertySorter((first, second) -> 0) // as declared
                .withCustomDefinitionProvider(JsonSchemas::wireType)
                .withDefinitionNamingStrategy(
                        (key, context) -> key.getType().getErasedType().getSimpleName());
        this.builder = new SchemaGenerator(config.build()).buildMultipleSchemaDefinitions();
    }

    /** Returns a reference to the type's schema; it is complete once {@link #named} was called. */
    ObjectNode reference(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        boolean isWrittenAsComponent = components != null
                && components.length == 1
                && components[0].getAccessor().isAnnotationPresent(JsonValue.class);
        return builder.createSchemaReference(isWrittenAsComponent ? components[0].getType() : type);
    }

    /** Returns the schema of a record with a part of its components. */
    ObjectNode object(Class<?> type, Predicate<String> isIncluded) {
        JsonSchemas separate = new JsonSchemas();
        separate.reference(type);
        ObjectNode schema = Objects.requireNonNull(separate.named().get(type.getSimpleName()));
        ObjectNode properties = schema.withObject("/properties");
        List<String> excluded = properties.properties().stream()
                .map(Map.Entry::getKey)
                .filter(isIncluded.negate())
                .toList();
        properties.remove(excluded);
        ArrayNode required = schema.withArray("required");
        required.removeIf(name -> excluded.contains(name.asText()));
        return schema;
    }

    /** Returns all schemas that were referenced, by name. */
    Map<String, ObjectNode> named() {
        Map<String, ObjectNode> named = new TreeMap<>();
        builder.collectDefinitions(PATH)
                .properties()
                .forEach(schema -> named.put(schema.getKey(), (ObjectNode) schema.getValue()));
        return named;
    }

    private static boolean isNullable(FieldScope field) {
        return field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static boolean isAlwaysIncluded(FieldScope field) {
        JsonInclude include = field.getAnnotation(JsonInclude.class);
        return include != null && include.value() == JsonInclude.Include.ALWAYS;
    }

    /** Returns the schema of a stream key. */
    static ObjectNode streamKey() {
        return string("^" + KEY + "$");
    }

    /** Schemas of the types that are strings on the wire. */
    private static @Nullable CustomDefinition wireType(ResolvedType type, SchemaGenerationContext context) {
        Class<?> raw = type.getErasedType();
        if (raw == StreamKey.class) {
            return inline(streamKey());
        }
        if (raw == RoomId.class) {
            String types = Arrays.stream(RoomType.values()).map(RoomType::label).collect(Collectors.joining("|"));
            return inline(string("^(" + types + "):" + KEY + "$"));
        }
        if (raw.isEnum()) {
            ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "string");
            for (Object constant : raw.getEnumConstants()) {
                schema.withArray("enum").add(((Enum<?>) constant).name());
            }
            return inline(schema);
        }
        return null;
    }

    private static ObjectNode string(String pattern) {
        return JsonNodeFactory.instance.objectNode().put("type", "string").put("pattern", pattern);
    }

    private static CustomDefinition inline(ObjectNode schema) {
        return new CustomDefinition(schema, CustomDefinition.INLINE_DEFINITION, CustomDefinition.EXCLUDING_ATTRIBUTES);
    }
}
