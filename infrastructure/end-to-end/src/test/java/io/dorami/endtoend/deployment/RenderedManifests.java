package io.dorami.endtoend.deployment;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.util.ModelMapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Output of {@code kubectl kustomize} for a folder, as typed objects, with the errors of their schema. */
final class RenderedManifests {

    /** Object that creates pods. {@code volumes} are the volumes in addition to the template's own. */
    record Workload(String name, @Nullable V1LabelSelector selector, V1PodTemplateSpec template, Set<String> volumes) {}

    private static final Gson GSON = JSON.getGson();

    private final List<KubernetesObject> objects = new ArrayList<>();
    private final List<String> schemaErrors = new ArrayList<>();

    static RenderedManifests render(Path folder) throws IOException, InterruptedException {
        return parse(renderText(folder));
    }

    static String renderText(Path folder) throws IOException, InterruptedException {
        // Files instead of pipes, so that no thread has to drain one stream while the other is read.
        Path out = Files.createTempFile("render", ".yaml");
        Path errors = Files.createTempFile("render", ".log");
        try {
            Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectOutput(out.toFile())
                    .redirectError(errors.toFile())
                    .start();
            // A render takes about a second and uses no network.
            boolean hasEnded = kubectl.waitFor(60, TimeUnit.SECONDS);
            if (!hasEnded) {
                kubectl.destroyForcibly();
            }
            if (!hasEnded || kubectl.exitValue() != 0) {
                throw new IOException("kubectl kustomize " + folder + ": " + Files.readString(errors));
            }
            return Files.readString(out, StandardCharsets.UTF_8);
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(errors);
        }
    }

    static RenderedManifests parse(String yaml) {
        RenderedManifests manifests = new RenderedManifests();
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
            if (document != null) {
                manifests.add(GSON.toJsonTree(document).getAsJsonObject());
            }
        }
        return manifests;
    }

    /**
     * Errors: unknown fields, wrong types, missing required fields, and kinds that this version of Kubernetes does not
     * have.
     */
    List<String> schemaErrors() {
        return schemaErrors;
    }

    <T extends KubernetesObject> Stream<T> objectsOf(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast);
    }

    List<Workload> workloads() {
        return Stream.of(
                        objectsOf(V1Deployment.class)
                                .map(d -> new Workload(
                                        displayName(d),
                                        d.getSpec().getSelector(),
                                        d.getSpec().getTemplate(),
                                        Set.of())),
                        objectsOf(V1StatefulSet.class)
                                .map(s -> new Workload(
                                        displayName(s),
                                        s.getSpec().getSelector(),
                                        s.getSpec().getTemplate(),
                                        claimNames(s))),
                        objectsOf(V1DaemonSet.class)
                                .map(d -> new Workload(
                                        displayName(d),
                                        d.getSpec().getSelector(),
                                        d.getSpec().getTemplate(),
                                        Set.of())),
                        // Kubernetes creates the selector of a job.
                        objectsOf(V1Job.class)
                                .map(j -> new Workload(
                                        displayName(j), null, j.getSpec().getTemplate(), Set.of())))
                .flatMap(workloads -> workloads)
                .toList();
    }

    static String displayName(KubernetesObject object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }

    private static Set<String> claimNames(V1StatefulSet set) {
        List<V1PersistentVolumeClaim> claims = set.getSpec().getVolumeClaimTemplates();
        return claims == null
                ? Set.of()
                : claims.stream().map(claim -> claim.getMetadata().getName()).collect(Collectors.toSet());
    }

    private void add(JsonObject json) {
        String apiVersion = json.get("apiVersion").getAsString();
        String kind = json.get("kind").getAsString();
        String name = kind + " " + json.getAsJsonObject("metadata").get("name").getAsString();
        int slash = apiVersion.indexOf('/');
        // Built-in types only; the other lookup falls back to the nearest version.
        Class<?> type = ModelMapper.preBuiltGetApiTypeClass(
                slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
        if (type == null) {
            schemaErrors.add(name + ": unknown type " + apiVersion + " " + kind);
            return;
        }
        try {
            type.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            KubernetesObject object = (KubernetesObject) GSON.fromJson(json, type);
            compareTypes(name, json, GSON.toJsonTree(object));
            objects.add(object);
        } catch (InvocationTargetException e) {
            schemaErrors.add(name + ": " + e.getTargetException().getMessage());
        } catch (JsonParseException | IllegalArgumentException e) {
            schemaErrors.add(name + ": " + e.getMessage());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new LinkageError("not a Kubernetes model class: " + type, e);
        }
    }

    /**
     * Compares the types of the input with the parsed object. Parsing is lenient ({@code "8080"} for a number,
     * {@code 1} for a text), but the API server is strict.
     */
    private void compareTypes(String path, JsonElement input, JsonElement parsed) {
        switch (input) {
            case JsonObject object -> {
                for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                    JsonElement parsedField =
                            parsed.isJsonObject() ? parsed.getAsJsonObject().get(field.getKey()) : null;
                    if (parsedField != null) {
                        compareTypes(path + "." + field.getKey(), field.getValue(), parsedField);
                    } else if (!field.getValue().isJsonNull()) {
                        schemaErrors.add(path + ": unknown field " + field.getKey());
                    }
                }
            }
            case JsonArray array -> {
                for (int i = 0; i < array.size(); i++) {
                    compareTypes(
                            path + "[" + i + "]",
                            array.get(i),
                            parsed.getAsJsonArray().get(i));
                }
            }
            default -> {
                if (!jsonType(input).equals(jsonType(parsed))) {
                    schemaErrors.add("%s: is a %s, must be a %s".formatted(path, jsonType(input), jsonType(parsed)));
                }
            }
        }
    }

    private static String jsonType(JsonElement element) {
        if (!element.isJsonPrimitive()) {
            return element.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
        return element.getAsJsonPrimitive().isString()
                ? "text"
                : element.getAsJsonPrimitive().isNumber() ? "number" : "boolean";
    }
}
