package io.dorami.endtoend;

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

/** What {@code kubectl kustomize} makes of a folder, as typed objects, and what is wrong with their form. */
final class RenderedManifests {

    /** Pods that something in the render makes. {@code volumes} are those that come besides the template's own. */
    record Workload(String name, @Nullable V1LabelSelector selector, V1PodTemplateSpec template, Set<String> volumes) {}

    private static final Gson GSON = JSON.getGson();

    private final List<KubernetesObject> objects = new ArrayList<>();
    private final List<String> malformed = new ArrayList<>();

    static RenderedManifests render(Path folder) throws IOException, InterruptedException {
        return parse(renderText(folder));
    }

    static String renderText(Path folder) throws IOException, InterruptedException {
        // To files and not through pipes: nobody has to drain the one while the other is read.
        Path out = Files.createTempFile("render", ".yaml");
        Path errors = Files.createTempFile("render", ".log");
        try {
            Process kubectl = new ProcessBuilder("kubectl", "kustomize", folder.toString())
                    .redirectOutput(out.toFile())
                    .redirectError(errors.toFile())
                    .start();
            // A render takes about a second, and nothing in it waits for a network.
            boolean ended = kubectl.waitFor(60, TimeUnit.SECONDS);
            if (!ended) {
                kubectl.destroyForcibly();
            }
            if (!ended || kubectl.exitValue() != 0) {
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

    /** Unknown fields, wrong types, missing required fields, and kinds that this Kubernetes does not have (any more). */
    List<String> malformed() {
        return malformed;
    }

    <T extends KubernetesObject> Stream<T> all(Class<T> type) {
        return objects.stream().filter(type::isInstance).map(type::cast);
    }

    List<Workload> workloads() {
        return Stream.of(
                        all(V1Deployment.class)
                                .map(d -> new Workload(
                                        name(d),
                                        d.getSpec().getSelector(),
                                        d.getSpec().getTemplate(),
                                        Set.of())),
                        all(V1StatefulSet.class)
                                .map(s -> new Workload(
                                        name(s),
                                        s.getSpec().getSelector(),
                                        s.getSpec().getTemplate(),
                                        claims(s))),
                        all(V1DaemonSet.class)
                                .map(d -> new Workload(
                                        name(d),
                                        d.getSpec().getSelector(),
                                        d.getSpec().getTemplate(),
                                        Set.of())),
                        // A job's selector is made by Kubernetes.
                        all(V1Job.class)
                                .map(j ->
                                        new Workload(name(j), null, j.getSpec().getTemplate(), Set.of())))
                .flatMap(workloads -> workloads)
                .toList();
    }

    static String name(KubernetesObject object) {
        return object.getKind() + " " + object.getMetadata().getName();
    }

    private static Set<String> claims(V1StatefulSet set) {
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
        // What is built in; the other lookup takes the nearest version when there is none.
        Class<?> type = ModelMapper.preBuiltGetApiTypeClass(
                slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
        if (type == null) {
            malformed.add(name + ": there is no " + apiVersion + " " + kind);
            return;
        }
        try {
            type.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            KubernetesObject object = (KubernetesObject) GSON.fromJson(json, type);
            compareTypes(name, json, GSON.toJsonTree(object));
            objects.add(object);
        } catch (InvocationTargetException e) {
            malformed.add(name + ": " + e.getTargetException().getMessage());
        } catch (JsonParseException | IllegalArgumentException e) {
            malformed.add(name + ": " + e.getMessage());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new LinkageError("not a model class: " + type, e);
        }
    }

    /** Reading is lenient ({@code "8080"} for a number, {@code 1} for a text), the API server is not: write it again and compare. */
    private void compareTypes(String path, JsonElement given, JsonElement read) {
        switch (given) {
            case JsonObject object -> {
                for (Map.Entry<String, JsonElement> field : object.entrySet()) {
                    JsonElement other =
                            read.isJsonObject() ? read.getAsJsonObject().get(field.getKey()) : null;
                    if (other != null) {
                        compareTypes(path + "." + field.getKey(), field.getValue(), other);
                    } else if (!field.getValue().isJsonNull()) {
                        malformed.add(path + ": unknown field " + field.getKey());
                    }
                }
            }
            case JsonArray array -> {
                for (int i = 0; i < array.size(); i++) {
                    compareTypes(
                            path + "[" + i + "]",
                            array.get(i),
                            read.getAsJsonArray().get(i));
                }
            }
            default -> {
                if (!type(given).equals(type(read))) {
                    malformed.add("%s: is a %s, must be a %s".formatted(path, type(given), type(read)));
                }
            }
        }
    }

    private static String type(JsonElement element) {
        if (!element.isJsonPrimitive()) {
            return element.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }
        return element.getAsJsonPrimitive().isString()
                ? "text"
                : element.getAsJsonPrimitive().isNumber() ? "number" : "boolean";
    }
}
