package io.dorami.endtoend.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.dorami.endtoend.system.Repository;
import io.kubernetes.client.openapi.models.V1Secret;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Renders every overlay under k8s/ as a deployment does, and checks the result without a cluster. */
class KubernetesManifestsTest {

    private static final Path K8S = Repository.ROOT.resolve("k8s");
    private static final Map<Path, RenderedManifests> RENDERED = new HashMap<>();

    static List<Path> overlays() throws IOException {
        try (Stream<Path> folders = Files.list(K8S.resolve("overlays"))) {
            return folders.filter(folder -> Files.exists(folder.resolve("kustomization.yaml")))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void everyFieldExistsAndHasItsType(Path overlay) throws Exception {
        RenderedManifests manifests = rendered(overlay);
        assertThat(manifests.schemaErrors()).isEmpty();
        assertThat(manifests.workloads()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void workloadsSelectTheirOwnPods(Path overlay) throws Exception {
        assertThat(ManifestRules.workloadsSelectTheirOwnPods(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void servicesReachPodsOnExistingPorts(Path overlay) throws Exception {
        assertThat(ManifestRules.servicesReachPods(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void probesUseExistingPorts(Path overlay) throws Exception {
        assertThat(ManifestRules.probesUseExistingPorts(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void scrapedPortsExist(Path overlay) throws Exception {
        assertThat(ManifestRules.scrapedPortsExist(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void containersHaveRequestsAndLimits(Path overlay) throws Exception {
        assertThat(ManifestRules.containersHaveRequestsAndLimits(rendered(overlay)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void containersAreConfined(Path overlay) throws Exception {
        assertThat(ManifestRules.containersAreConfined(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void referencesExist(Path overlay) throws Exception {
        assertThat(ManifestRules.referencesExist(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void disruptionBudgetsMatchPods(Path overlay) throws Exception {
        assertThat(ManifestRules.disruptionBudgetsMatchPods(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void networkPoliciesNamePodsAndPorts(Path overlay) throws Exception {
        assertThat(ManifestRules.networkPoliciesNamePodsAndPorts(rendered(overlay)))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void drainsEndBeforeKill(Path overlay) throws Exception {
        assertThat(ManifestRules.drainsEndBeforeKill(rendered(overlay))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("overlays")
    void redisOutageLeavesGatewaysListed(Path overlay) throws Exception {
        // Readiness includes Redis, and DNS lists ready pods only.
        assertThat(rendered(overlay).objectsOf(V1StatefulSet.class))
                .filteredOn(set -> set.getMetadata().getName().equals("gateway"))
                .singleElement()
                .extracting(set ->
                        set.getSpec().getTemplate().getSpec().getContainers().getFirst())
                .satisfies(gateway -> {
                    assertThat(gateway.getStartupProbe().getHttpGet().getPath()).isEqualTo("/q/health/ready");
                    assertThat(gateway.getReadinessProbe().getHttpGet().getPath())
                            .isEqualTo("/q/health/live");
                });
    }

    @Test
    void componentsFitTheSystem(@TempDir Path overlay) throws Exception {
        Files.writeString(overlay.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namespace: dorami
                resources: [%1$s/overlays/dev]
                components: [%1$s/components/tls, %1$s/components/webrtc]
                secretGenerator:
                  - {name: nginx-tls, literals: [tls.crt=x, tls.key=x]}
                configMapGenerator:
                  - {name: webrtc, literals: [candidate=203.0.113.1]}
                """.formatted(
                        overlay.toRealPath().relativize(K8S.toRealPath())));
        RenderedManifests manifests = RenderedManifests.render(overlay);
        assertThat(manifests.schemaErrors()).isEmpty();
        assertThat(ManifestRules.servicesReachPods(manifests)).isEmpty();
        assertThat(ManifestRules.referencesExist(manifests)).isEmpty();
        assertThat(ManifestRules.networkPoliciesNamePodsAndPorts(manifests)).isEmpty();
    }

    @Test
    void baseHasNoSecrets() throws Exception {
        assertThat(rendered(K8S.resolve("base")).objectsOf(V1Secret.class)).isEmpty();
    }

    static List<Arguments> brokenManifests() {
        return List.of(
                brokenManifest(
                        "containerPort: 9000", "contanerPort: 9000", RenderedManifests::schemaErrors, "contanerPort"),
                brokenManifest("replicas: 1", "replicas: one", RenderedManifests::schemaErrors, "one"),
                brokenManifest(
                        "containerPort: 9000",
                        "containerPort: \"9000\"",
                        RenderedManifests::schemaErrors,
                        "must be a number"),
                brokenManifest("value: 0.0.0.0", "value: 1", RenderedManifests::schemaErrors, "must be a text"),
                brokenManifest(
                        "apiVersion: policy/v1\n",
                        "apiVersion: policy/v1beta1\n",
                        RenderedManifests::schemaErrors,
                        "unknown type"),
                brokenManifest(
                        "matchLabels:\n      app.kubernetes.io/name: chat-service\n  template",
                        "matchLabels:\n      app.kubernetes.io/name: chat\n  template",
                        ManifestRules::workloadsSelectTheirOwnPods,
                        "Deployment chat-service"),
                brokenManifest(
                        "targetPort: http", "targetPort: htp", ManifestRules::servicesReachPods, "has no port htp"),
                brokenManifest(
                        "selector:\n    app.kubernetes.io/name: redis",
                        "selector:\n    app.kubernetes.io/name: rediss",
                        ManifestRules::servicesReachPods,
                        "no pod has the labels"),
                brokenManifest(
                        "port: management", "port: 9001", ManifestRules::probesUseExistingPorts, "uses port 9001"),
                brokenManifest("io/port: \"9000\"", "io/port: \"9001\"", ManifestRules::scrapedPortsExist, "port 9001"),
                brokenManifest(
                        "memory: 512Mi",
                        "ephemeral-storage: 512Mi",
                        ManifestRules::containersHaveRequestsAndLimits,
                        "no limit of memory"),
                brokenManifest(
                        "memory: 64Mi",
                        "memory: 64Gi",
                        ManifestRules::containersHaveRequestsAndLimits,
                        "more memory than its limit"),
                brokenManifest("value: 30S", "value: 31S", ManifestRules::drainsEndBeforeKill, "drains for 31 s"),
                brokenManifest("- ALL", "- NET_RAW", ManifestRules::containersAreConfined, "no capabilities"),
                brokenManifest(
                        "runAsNonRoot: true", "runAsNonRoot: false", ManifestRules::containersAreConfined, "not root"),
                brokenManifest("key: jwt-secret", "key: jwt", ManifestRules::referencesExist, "has no key jwt"),
                brokenManifest(
                        "subPath: nginx.conf",
                        "subPath: ngin.conf",
                        ManifestRules::referencesExist,
                        "has no key ngin.conf"),
                brokenManifest(
                        "enableServiceLinks: false",
                        "serviceAccountName: missing",
                        ManifestRules::referencesExist,
                        "no ServiceAccount missing"),
                brokenManifest(
                        "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: gateway",
                        "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: gate",
                        ManifestRules::disruptionBudgetsMatchPods,
                        "PodDisruptionBudget gateway"),
                brokenManifest(
                        "- port: rtmp",
                        "- port: rtsp",
                        ManifestRules::networkPoliciesNamePodsAndPorts,
                        "has no port rtsp"));
    }

    /** Proves that each rule detects an error. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("brokenManifests")
    void brokenManifestIsDetected(
            String valid, String invalid, Function<RenderedManifests, List<String>> rule, String problem)
            throws Exception {
        String text = RenderedManifests.renderText(K8S.resolve("overlays/dev"));
        assertThat(text).contains(valid);
        assertThat(rule.apply(RenderedManifests.parse(text.replace(valid, invalid))))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    private static Arguments brokenManifest(
            String valid, String invalid, Function<RenderedManifests, List<String>> rule, String problem) {
        return Arguments.of(valid, invalid, rule, problem);
    }

    private static RenderedManifests rendered(Path folder) throws Exception {
        RenderedManifests manifests = RENDERED.get(folder);
        if (manifests == null) {
            manifests = RenderedManifests.render(folder);
            RENDERED.put(folder, manifests);
        }
        return manifests;
    }
}
