package io.dorami.service.rest;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.AnnotationValue;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.FieldInfo;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;
import org.jboss.jandex.Type;
import org.jboss.resteasy.reactive.ResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * Completes the OpenAPI document at build time with what the code states and its scanner does not read: which fields are
 * required, which may be null, which amounts are texts, the status 201, and the body of errors. Clients generate their
 * types from the document.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class OpenApiRecords implements OASFilter {

    private static final String PROJECT = "io.dorami.";
    private static final String SCHEMAS = "#/components/schemas/";
    private static final String ENVELOPE = SuccessResponse.class.getSimpleName();
    private static final DotName NULLABLE = DotName.createSimple(Nullable.class);

    private final IndexView index;
    private final Map<String, List<ClassInfo>> classes;
    private Map<String, Schema> schemas = Map.of();

    /** Quarkus calls this constructor with the index of the application's classes. */
    public OpenApiRecords(IndexView index) {
        this.index = index;
        this.classes = index.getKnownClasses().stream()
                .filter(type ->
                        type.name().toString().startsWith(PROJECT) && type.simpleName() != null) // not anonymous
                .collect(Collectors.groupingBy(OpenApiRecords::schemaName));
    }

    private static String schemaName(ClassInfo type) {
        return Optional.ofNullable(type.declaredAnnotation(
                        DotName.createSimple(org.eclipse.microprofile.openapi.annotations.media.Schema.class)))
                .map(annotation -> annotation.value("name"))
                .map(AnnotationValue::asString)
                .orElseGet(type::simpleName);
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        schemas = document.getComponents().getSchemas();
        List<Operation> operations = document.getPaths() == null
                ? List.of()
                : document.getPaths().getPathItems().values().stream()
                        .flatMap(path -> path.getOperations().values().stream())
                        .toList();
        Set<String> requests = new HashSet<>();
        Set<String> responses = new HashSet<>();
        for (Operation operation : operations) {
            if (operation.getRequestBody() != null) {
                collect(operation.getRequestBody().getContent(), requests);
            }
            operation
                    .getResponses()
                    .getAPIResponses()
                    .values()
                    .forEach(response -> collect(response.getContent(), responses));
        }
        requests.removeAll(responses);
        schemas.forEach((name, schema) -> complete(name, schema, requests.contains(name)));
        operations.forEach(this::complete);
    }

    /** Adds the names of all schemas that the content refers to. */
    private void collect(@Nullable Content content, Set<String> names) {
        if (content != null) {
            content.getMediaTypes().values().forEach(media -> collect(media.getSchema(), names));
        }
    }

    private void collect(@Nullable Schema schema, Set<String> names) {
        if (schema == null) {
            return;
        }
        String reference = schema.getRef();
        if (reference != null) {
            String name = reference.substring(SCHEMAS.length());
            if (names.add(name)) {
                collect(schemas.get(name), names);
            }
            return;
        }
        collect(schema.getItems(), names);
        Stream.of(schema.getAllOf(), schema.getAnyOf(), schema.getOneOf())
                .filter(list -> list != null)
                .forEach(list -> list.forEach(part -> collect(part, names)));
        if (schema.getProperties() != null) {
            schema.getProperties().values().forEach(property -> collect(property, names));
        }
    }

    private void complete(String name, Schema schema, boolean isRequest) {
        Map<String, Schema> properties = schema.getProperties();
        if (properties == null) {
            return;
        }
        if (name.startsWith(ENVELOPE)) {
            schema.setRequired(List.copyOf(properties.keySet()));
            return;
        }
        classes.getOrDefault(name, List.of()).stream()
                .filter(type -> members(type).keySet().containsAll(properties.keySet()))
                .findFirst()
                .ifPresent(type -> complete(type, schema, isRequest));
    }

    private void complete(ClassInfo type, Schema schema, boolean isRequest) {
        Map<String, Member> members = members(type);
        boolean isOmittedIfNull = isOmittedIfNull(type);
        List<String> required = new ArrayList<>();
        List.copyOf(schema.getProperties().entrySet()).forEach(property -> {
            Member member = Objects.requireNonNull(members.get(property.getKey()));
            boolean mayBeAbsent = isRequest
                    ? member.isOptional()
                    : member.isNullable() && isOmittedIfNull && !member.isAlwaysIncluded();
            if (!mayBeAbsent) {
                required.add(property.getKey());
            }
            if (member.isText()) {
                property.getValue().setType(List.of(SchemaType.STRING));
            }
            if (!isRequest && member.isNullable() && !mayBeAbsent) {
                schema.addProperty(property.getKey(), orNull(property.getValue()));
            }
        });
        schema.setRequired(required.isEmpty() ? null : required);
    }

    /** Returns true if Jackson leaves out the null fields of the class. It inherits the annotation of an interface. */
    private boolean isOmittedIfNull(ClassInfo type) {
        return hasValue(type, JsonInclude.class, "value", "NON_NULL")
                || type.interfaceNames().stream()
                        .map(index::getClassByName)
                        .anyMatch(parent -> parent != null && isOmittedIfNull(parent));
    }

    private static boolean hasValue(AnnotationTarget target, Class<?> annotation, String name, String value) {
        AnnotationInstance found = target.declaredAnnotation(DotName.createSimple(annotation));
        return found != null
                && found.value(name) != null
                && found.value(name).asString().equals(value);
    }

    private static Schema orNull(Schema schema) {
        if (schema.getRef() == null) {
            return schema.addType(SchemaType.NULL);
        }
        return OASFactory.createSchema()
                .addAnyOf(schema)
                .addAnyOf(OASFactory.createSchema().addType(SchemaType.NULL));
    }

    /** Completes an operation that answers with the envelope. SRS's hooks have none. */
    private void complete(Operation operation) {
        APIResponses responses = operation.getResponses();
        APIResponse success = responses.getAPIResponse("200");
        Schema body = success == null || success.getContent() == null
                ? null
                : success.getContent().getMediaType("application/json").getSchema();
        if (body == null || body.getRef() == null || !body.getRef().startsWith(SCHEMAS + ENVELOPE)) {
            return;
        }
        responses.addAPIResponse(
                "default",
                OASFactory.createAPIResponse()
                        .description("The request failed")
                        .content(OASFactory.createContent()
                                .addMediaType(
                                        "application/json",
                                        OASFactory.createMediaType()
                                                .schema(OASFactory.createSchema()
                                                        .ref(SCHEMAS + ErrorResponse.class.getSimpleName())))));
        MethodInfo method = method(operation);
        AnnotationInstance status = method.annotation(DotName.createSimple(ResponseStatus.class));
        if (status != null) {
            responses.removeAPIResponse("200");
            responses.addAPIResponse(status.value().asString(), success);
        }
        if (data(method.returnType()).hasAnnotation(NULLABLE)) {
            Schema envelope = Objects.requireNonNull(schemas.get(body.getRef().substring(SCHEMAS.length())));
            Schema data = Objects.requireNonNull(envelope.getProperties().get("data"));
            envelope.addProperty("data", orNull(data));
        }
    }

    /** Finds the method by the operation's id, which is {@code Resource_method}. */
    private MethodInfo method(Operation operation) {
        String[] id = operation.getOperationId().split("_");
        return classes.getOrDefault(id[0], List.of()).stream()
                .flatMap(type -> type.methods().stream())
                .filter(method ->
                        method.name().equals(id[1]) && !method.annotations().isEmpty())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No method of operation " + operation.getOperationId()));
    }

    /** Returns T of {@code Uni<SuccessResponse<T>>}. */
    private static Type data(Type returned) {
        Type envelope = returned.asParameterizedType().arguments().getFirst();
        return envelope.asParameterizedType().arguments().getFirst();
    }

    /** A field or an accessor that Jackson writes or reads. */
    private record Member(Type type, AnnotationTarget target) {

        boolean isNullable() {
            return type.hasAnnotation(NULLABLE);
        }

        /** Returns true if a request may omit the field. Jackson sets an absent primitive to zero or false. */
        boolean isOptional() {
            return isNullable() || type.kind() == Type.Kind.PRIMITIVE;
        }

        boolean isText() {
            return hasValue(target, JsonFormat.class, "shape", "STRING");
        }

        boolean isAlwaysIncluded() {
            return hasValue(target, JsonInclude.class, "value", "ALWAYS");
        }
    }

    /** The members of a class by their names in JSON. */
    private static Map<String, Member> members(ClassInfo type) {
        Stream<Map.Entry<String, Member>> fields = type.fields().stream()
                .filter(field -> !Modifier.isStatic(field.flags()))
                .map(field -> Map.entry(jsonName(field, field.name()), new Member(field.type(), field)));
        Set<String> fieldNames = type.fields().stream().map(FieldInfo::name).collect(Collectors.toSet());
        Stream<Map.Entry<String, Member>> accessors = type.methods().stream()
                .filter(method -> method.parametersCount() == 0
                        && !fieldNames.contains(method.name())
                        && method.hasDeclaredAnnotation(JsonProperty.class))
                .map(method -> Map.entry(jsonName(method, method.name()), new Member(method.returnType(), method)));
        return Stream.concat(fields, accessors)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> first));
    }

    private static String jsonName(AnnotationTarget target, String javaName) {
        AnnotationInstance name = target.declaredAnnotation(DotName.createSimple(JsonProperty.class));
        return name == null || name.value() == null ? javaName : name.value().asString();
    }
}
