package io.dorami.endtoend.deployment;

import static io.dorami.endtoend.deployment.RenderedManifests.displayName;

import io.dorami.endtoend.deployment.RenderedManifests.Workload;
import io.kubernetes.client.common.KubernetesObject;
import io.kubernetes.client.custom.IntOrString;
import io.kubernetes.client.custom.Quantity;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Container;
import io.kubernetes.client.openapi.models.V1ContainerPort;
import io.kubernetes.client.openapi.models.V1EnvVar;
import io.kubernetes.client.openapi.models.V1EnvVarSource;
import io.kubernetes.client.openapi.models.V1LabelSelector;
import io.kubernetes.client.openapi.models.V1LabelSelectorRequirement;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1NetworkPolicyIngressRule;
import io.kubernetes.client.openapi.models.V1NetworkPolicyPeer;
import io.kubernetes.client.openapi.models.V1NetworkPolicyPort;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodSecurityContext;
import io.kubernetes.client.openapi.models.V1PodSpec;
import io.kubernetes.client.openapi.models.V1Probe;
import io.kubernetes.client.openapi.models.V1ResourceRequirements;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1SecurityContext;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1ServicePort;
import io.kubernetes.client.openapi.models.V1Volume;
import io.kubernetes.client.openapi.models.V1VolumeMount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules that the API server does not check, so that errors appear only in a running cluster; each rule returns
 * violations.
 */
final class ManifestRules {

    private static final Set<String> RESOURCES = Set.of("cpu", "memory");

    /** Time that a service needs to stop after its work is done. */
    private static final Duration SHUTDOWN_DURATION = Duration.ofSeconds(5);

    private ManifestRules() {}

    static List<String> workloadsSelectTheirOwnPods(RenderedManifests manifests) {
        return manifests.workloads().stream()
                .filter(workload -> workload.selector() != null && !selects(workload.selector(), workload))
                .map(workload -> workload.name() + ": its selector does not match its own pods")
                .toList();
    }

    static List<String> servicesReachPods(RenderedManifests manifests) {
        List<String> problems = new ArrayList<>();
        manifests.objectsOf(V1Service.class).forEach(service -> {
            Map<String, String> selector = service.getSpec().getSelector();
            List<Workload> targets = manifests.workloads().stream()
                    .filter(workload -> labels(workload).entrySet().containsAll(selector.entrySet()))
                    .toList();
            if (targets.isEmpty()) {
                problems.add(displayName(service) + ": no pod has the labels " + selector);
            }
            for (Workload target : targets) {
                for (V1ServicePort port : orEmpty(service.getSpec().getPorts())) {
                    IntOrString wanted =
                            port.getTargetPort() == null ? new IntOrString(port.getPort()) : port.getTargetPort();
                    if (containers(target).noneMatch(container -> hasPort(container, wanted))) {
                        problems.add("%s: %s has no port %s".formatted(displayName(service), target.name(), wanted));
                    }
                }
            }
        });
        return problems;
    }

    static List<String> probesUseExistingPorts(RenderedManifests manifests) {
        return problems(manifests, (container, problems) -> {
            Map<String, V1Probe> probes = new LinkedHashMap<>();
            probes.put("startup", container.getStartupProbe());
            probes.put("liveness", container.getLivenessProbe());
            probes.put("readiness", container.getReadinessProbe());
            probes.forEach((kind, probe) -> {
                if (probe == null) {
                    problems.add("no " + kind + " probe");
                    return;
                }
                IntOrString port = probe.getHttpGet() != null
                        ? probe.getHttpGet().getPort()
                        : probe.getTcpSocket() != null ? probe.getTcpSocket().getPort() : null;
                if (port != null && !hasPort(container, port)) {
                    problems.add("the " + kind + " probe uses port " + port + ", which the container does not have");
                }
            });
        });
    }

    static List<String> scrapedPortsExist(RenderedManifests manifests) {
        return manifests.workloads().stream()
                .flatMap(workload -> {
                    Map<String, String> annotations =
                            orEmpty(workload.template().getMetadata().getAnnotations());
                    String port = annotations.get("prometheus.io/port");
                    boolean missing = "true".equals(annotations.get("prometheus.io/scrape"))
                            && (port == null
                                    || containers(workload)
                                            .noneMatch(c -> hasPort(c, new IntOrString(Integer.parseInt(port)))));
                    return missing
                            ? Stream.of(workload.name() + ": no container has the metrics port " + port)
                            : Stream.empty();
                })
                .toList();
    }

    static List<String> containersHaveRequestsAndLimits(RenderedManifests manifests) {
        return problems(manifests, (container, problems) -> {
            V1ResourceRequirements resources = container.getResources();
            Map<String, Quantity> requests = resources == null ? Map.of() : orEmpty(resources.getRequests());
            Map<String, Quantity> limits = resources == null ? Map.of() : orEmpty(resources.getLimits());
            for (String resource : RESOURCES) {
                Quantity request = requests.get(resource);
                Quantity limit = limits.get(resource);
                if (request == null) {
                    problems.add("requests no " + resource);
                }
                if (limit == null) {
                    problems.add("has no limit of " + resource);
                }
                if (request != null && limit != null && request.getNumber().compareTo(limit.getNumber()) > 0) {
                    problems.add("requests more " + resource + " than its limit");
                }
            }
        });
    }

    static List<String> containersAreConfined(RenderedManifests manifests) {
        List<String> problems = problems(manifests, (container, found) -> {
            V1SecurityContext context = container.getSecurityContext();
            if (context == null
                    || !Boolean.TRUE.equals(context.getReadOnlyRootFilesystem())
                    || !Boolean.FALSE.equals(context.getAllowPrivilegeEscalation())
                    || context.getCapabilities() == null
                    || !List.of("ALL").equals(context.getCapabilities().getDrop())
                    || !orEmpty(context.getCapabilities().getAdd()).isEmpty()
                    || Boolean.TRUE.equals(context.getPrivileged())) {
                found.add("needs a read-only root, no privilege escalation, and no capabilities");
            }
        });
        for (Workload workload : manifests.workloads()) {
            V1PodSpec pod = workload.template().getSpec();
            V1PodSecurityContext context = pod.getSecurityContext();
            if (context == null
                    || !Boolean.TRUE.equals(context.getRunAsNonRoot())
                    || context.getRunAsUser() == null
                    || context.getSeccompProfile() == null
                    || !"RuntimeDefault".equals(context.getSeccompProfile().getType())) {
                problems.add(workload.name() + ": needs a user that is not root and the runtime's seccomp profile");
            }
            if (!Boolean.FALSE.equals(pod.getAutomountServiceAccountToken())) {
                problems.add(workload.name() + ": must not mount a token for the Kubernetes API");
            }
        }
        return problems;
    }

    static List<String> referencesExist(RenderedManifests manifests) {
        Map<String, Set<String>> configMaps = manifests
                .objectsOf(V1ConfigMap.class)
                .collect(Collectors.toMap(m -> m.getMetadata().getName(), m -> union(m.getData(), m.getBinaryData())));
        Map<String, Set<String>> secrets = manifests
                .objectsOf(V1Secret.class)
                .collect(Collectors.toMap(s -> s.getMetadata().getName(), s -> union(s.getData(), s.getStringData())));
        Set<String> accounts = names(manifests, V1ServiceAccount.class);
        Set<String> claims = names(manifests, V1PersistentVolumeClaim.class);

        List<String> problems = new ArrayList<>();
        for (Workload workload : manifests.workloads()) {
            V1PodSpec pod = workload.template().getSpec();
            References references = new References(workload.name(), configMaps, secrets, problems);
            containers(workload).forEach(container -> {
                for (V1EnvVar variable : orEmpty(container.getEnv())) {
                    V1EnvVarSource source = variable.getValueFrom();
                    if (source != null && source.getConfigMapKeyRef() != null) {
                        references.configMap(
                                source.getConfigMapKeyRef().getName(),
                                source.getConfigMapKeyRef().getKey());
                    }
                    if (source != null
                            && source.getSecretKeyRef() != null
                            && !Boolean.TRUE.equals(source.getSecretKeyRef().getOptional())) {
                        references.secret(
                                source.getSecretKeyRef().getName(),
                                source.getSecretKeyRef().getKey());
                    }
                }
                orEmpty(container.getEnvFrom()).forEach(source -> {
                    if (source.getConfigMapRef() != null) {
                        references.configMap(source.getConfigMapRef().getName(), null);
                    }
                    if (source.getSecretRef() != null) {
                        references.secret(source.getSecretRef().getName(), null);
                    }
                });
            });
            Set<String> volumes = new HashSet<>(workload.volumes());
            for (V1Volume volume : orEmpty(pod.getVolumes())) {
                volumes.add(volume.getName());
                if (volume.getConfigMap() != null) {
                    String map = volume.getConfigMap().getName();
                    references.configMap(map, null);
                    orEmpty(volume.getConfigMap().getItems()).forEach(item -> references.configMap(map, item.getKey()));
                    mounts(workload, volume.getName())
                            .filter(mount -> mount.getSubPath() != null)
                            .forEach(mount -> references.configMap(map, mount.getSubPath()));
                }
                if (volume.getSecret() != null) {
                    String secret = volume.getSecret().getSecretName();
                    references.secret(secret, null);
                    orEmpty(volume.getSecret().getItems()).forEach(item -> references.secret(secret, item.getKey()));
                }
                if (volume.getPersistentVolumeClaim() != null) {
                    references.named(
                            claims,
                            "PersistentVolumeClaim",
                            volume.getPersistentVolumeClaim().getClaimName());
                }
            }
            mounts(workload, null).forEach(mount -> references.named(volumes, "volume", mount.getName()));
            String account = pod.getServiceAccountName();
            if (account != null && !account.equals("default")) {
                references.named(accounts, "ServiceAccount", account);
            }
        }
        return problems;
    }

    static List<String> disruptionBudgetsMatchPods(RenderedManifests manifests) {
        return manifests
                .objectsOf(V1PodDisruptionBudget.class)
                .filter(budget ->
                        selected(manifests, budget.getSpec().getSelector()).isEmpty())
                .map(budget -> displayName(budget) + ": selects no pod")
                .toList();
    }

    static List<String> networkPoliciesNamePodsAndPorts(RenderedManifests manifests) {
        List<String> problems = new ArrayList<>();
        manifests.objectsOf(V1NetworkPolicy.class).forEach(policy -> {
            List<Workload> targets = selected(manifests, policy.getSpec().getPodSelector());
            if (targets.isEmpty()) {
                problems.add(displayName(policy) + ": selects no pod");
            }
            for (V1NetworkPolicyIngressRule rule : orEmpty(policy.getSpec().getIngress())) {
                for (V1NetworkPolicyPeer peer : orEmpty(rule.getFrom())) {
                    // Peers in other namespaces are unknown here.
                    if (peer.getNamespaceSelector() == null
                            && peer.getPodSelector() != null
                            && selected(manifests, peer.getPodSelector()).isEmpty()) {
                        problems.add(displayName(policy) + ": allows pods that do not exist");
                    }
                }
                for (V1NetworkPolicyPort port : orEmpty(rule.getPorts())) {
                    targets.stream()
                            .filter(target -> containers(target).noneMatch(c -> hasPort(c, port.getPort())))
                            .forEach(target -> problems.add("%s: %s has no port %s"
                                    .formatted(displayName(policy), target.name(), port.getPort())));
                }
            }
        });
        return problems;
    }

    /** Checks references to objects and to their keys. */
    private record References(
            String from, Map<String, Set<String>> configMaps, Map<String, Set<String>> secrets, List<String> problems) {

        void configMap(String name, @Nullable String key) {
            keyed(configMaps, "ConfigMap", name, key);
        }

        void secret(String name, @Nullable String key) {
            keyed(secrets, "Secret", name, key);
        }

        void named(Collection<String> known, String kind, String name) {
            if (!known.contains(name)) {
                problems.add("%s: there is no %s %s".formatted(from, kind, name));
            }
        }

        private void keyed(Map<String, Set<String>> known, String kind, String name, @Nullable String key) {
            named(known.keySet(), kind, name);
            if (key != null && known.containsKey(name) && !known.get(name).contains(key)) {
                problems.add("%s: %s %s has no key %s".formatted(from, kind, name, key));
            }
        }
    }

    /** Sockets that are still open when the pod is killed reconnect all at once. */
    static List<String> drainsEndBeforeKill(RenderedManifests manifests) {
        List<String> problems = new ArrayList<>();
        for (Workload workload : manifests.workloads()) {
            V1PodSpec pod = workload.template().getSpec();
            containers(workload)
                    .forEach(container -> orEmpty(container.getEnv()).stream()
                            .filter(variable -> variable.getName().equals("DORAMI_GATEWAY_DRAIN_TIME"))
                            .map(variable -> Duration.parse("PT" + variable.getValue()))
                            .filter(drain -> drain.plus(preStopDelay(container))
                                            .plus(SHUTDOWN_DURATION)
                                            .toSeconds()
                                    > pod.getTerminationGracePeriodSeconds())
                            .forEach(drain ->
                                    problems.add("%s: drains for %d s, longer than the termination grace period"
                                            .formatted(workload.name(), drain.toSeconds()))));
        }
        return problems;
    }

    private static Duration preStopDelay(V1Container container) {
        return container.getLifecycle() == null || container.getLifecycle().getPreStop() == null
                ? Duration.ZERO
                : Duration.ofSeconds(
                        container.getLifecycle().getPreStop().getSleep().getSeconds());
    }

    @FunctionalInterface
    private interface ContainerRule {
        void check(V1Container container, List<String> problems);
    }

    private static List<String> problems(RenderedManifests manifests, ContainerRule rule) {
        List<String> problems = new ArrayList<>();
        for (Workload workload : manifests.workloads()) {
            containers(workload).forEach(container -> {
                List<String> found = new ArrayList<>();
                rule.check(container, found);
                found.forEach(p -> problems.add(workload.name() + ", container " + container.getName() + ": " + p));
            });
        }
        return problems;
    }

    private static Stream<V1Container> containers(Workload workload) {
        return workload.template().getSpec().getContainers().stream();
    }

    private static Stream<V1VolumeMount> mounts(Workload workload, @Nullable String volume) {
        return containers(workload)
                .flatMap(container -> orEmpty(container.getVolumeMounts()).stream())
                .filter(mount -> volume == null || volume.equals(mount.getName()));
    }

    private static boolean hasPort(V1Container container, IntOrString wanted) {
        Predicate<V1ContainerPort> matches = wanted.isInteger()
                ? port -> wanted.getIntValue().equals(port.getContainerPort())
                : port -> wanted.getStrValue().equals(port.getName());
        return orEmpty(container.getPorts()).stream().anyMatch(matches);
    }

    private static List<Workload> selected(RenderedManifests manifests, V1LabelSelector selector) {
        return manifests.workloads().stream()
                .filter(workload -> selects(selector, workload))
                .toList();
    }

    private static boolean selects(V1LabelSelector selector, Workload workload) {
        Map<String, String> labels = labels(workload);
        return labels.entrySet().containsAll(orEmpty(selector.getMatchLabels()).entrySet())
                && orEmpty(selector.getMatchExpressions()).stream().allMatch(expression -> matches(expression, labels));
    }

    private static boolean matches(V1LabelSelectorRequirement expression, Map<String, String> labels) {
        String value = labels.get(expression.getKey());
        return switch (expression.getOperator()) {
            case "In" -> value != null && expression.getValues().contains(value);
            case "NotIn" -> value == null || !expression.getValues().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> throw new IllegalArgumentException("unknown operator: " + expression.getOperator());
        };
    }

    private static Map<String, String> labels(Workload workload) {
        return orEmpty(workload.template().getMetadata().getLabels());
    }

    private static Set<String> names(RenderedManifests manifests, Class<? extends KubernetesObject> type) {
        return manifests
                .objectsOf(type)
                .map(object -> object.getMetadata().getName())
                .collect(Collectors.toSet());
    }

    private static Set<String> union(Map<String, ?> first, Map<String, ?> second) {
        Set<String> keys = new HashSet<>(orEmpty(first).keySet());
        keys.addAll(orEmpty(second).keySet());
        return keys;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
