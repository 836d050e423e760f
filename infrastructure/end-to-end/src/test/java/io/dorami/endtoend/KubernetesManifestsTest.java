package io.dorami.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubernetes.client.openapi.models.V1Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every overlay under k8s/ is rendered as a deployment would, and must be right without a cluster to try it on. */
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
        assertThat(manifests.malformed()).isEmpty();
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
    void probesAskExistingPorts(Path overlay) throws Exception {
        assertThat(ManifestRules.probesAskExistingPorts(rendered(overlay))).isEmpty();
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
    void whatIsReferredToExists(Path overlay) throws Exception {
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
    void drainsEndBeforeTheKill(Path overlay) throws Exception {
        assertThat(ManifestRules.drainsEndBeforeTheKill(rendered(overlay))).isEmpty();
    }

    @Test
    void baseHasNoSecrets() throws Exception {
        assertThat(rendered(K8S.resolve("base")).all(V1Secret.class)).isEmpty();
    }

    static List<Arguments> breakages() {
        return List.of(
                broken("containerPort: 9000", "contanerPort: 9000", RenderedManifests::malformed, "contanerPort"),
                broken("replicas: 1", "replicas: one", RenderedManifests::malformed, "one"),
                broken(
                        "containerPort: 9000",
                        "containerPort: \"9000\"",
                        RenderedManifests::malformed,
                        "must be a number"),
                broken("value: 0.0.0.0", "value: 1", RenderedManifests::malformed, "must be a text"),
                broken(
                        "apiVersion: policy/v1\n",
                        "apiVersion: policy/v1beta1\n",
                        RenderedManifests::malformed,
                        "there is no"),
                broken(
                        "matchLabels:\n      app.kubernetes.io/name: chat-service\n  template",
                        "matchLabels:\n      app.kubernetes.io/name: chat\n  template",
                        ManifestRules::workloadsSelectTheirOwnPods,
                        "Deployment chat-service"),
                broken("targetPort: http", "targetPort: htp", ManifestRules::servicesReachPods, "has no port htp"),
                broken(
                        "selector:\n    app.kubernetes.io/name: redis",
                        "selector:\n    app.kubernetes.io/name: rediss",
                        ManifestRules::servicesReachPods,
                        "no pod has the labels"),
                broken("port: management", "port: 9001", ManifestRules::probesAskExistingPorts, "asks port 9001"),
                broken("io/port: \"9000\"", "io/port: \"9001\"", ManifestRules::scrapedPortsExist, "port 9001"),
                broken(
                        "memory: 512Mi",
                        "ephemeral-storage: 512Mi",
                        ManifestRules::containersHaveRequestsAndLimits,
                        "no limit of memory"),
                broken(
                        "memory: 64Mi",
                        "memory: 64Gi",
                        ManifestRules::containersHaveRequestsAndLimits,
                        "more memory than its limit"),
                broken("value: 30S", "value: 31S", ManifestRules::drainsEndBeforeTheKill, "drains for 31 s"),
                broken("- ALL", "- NET_RAW", ManifestRules::containersAreConfined, "no capabilities"),
                broken("runAsNonRoot: true", "runAsNonRoot: false", ManifestRules::containersAreConfined, "not root"),
                broken("key: jwt-secret", "key: jwt", ManifestRules::referencesExist, "has no key jwt"),
                broken(
                        "subPath: nginx.conf",
                        "subPath: ngin.conf",
                        ManifestRules::referencesExist,
                        "has no key ngin.conf"),
                broken(
                        "enableServiceLinks: false",
                        "serviceAccountName: nobody",
                        ManifestRules::referencesExist,
                        "no ServiceAccount nobody"),
                broken(
                        "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: gateway",
                        "maxUnavailable: 1\n  selector:\n    matchLabels:\n      app.kubernetes.io/name: gate",
                        ManifestRules::disruptionBudgetsMatchPods,
                        "PodDisruptionBudget gateway"),
                broken(
                        "- port: rtmp",
                        "- port: rtsp",
                        ManifestRules::networkPoliciesNamePodsAndPorts,
                        "has no port rtsp"));
    }

    /** The rules are worth something only if they see what is wrong. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("breakages")
    void aBrokenManifestIsCaught(
            String right, String wrong, Function<RenderedManifests, List<String>> rule, String problem)
            throws Exception {
        String text = RenderedManifests.renderText(K8S.resolve("overlays/dev"));
        assertThat(text).contains(right);
        assertThat(rule.apply(RenderedManifests.parse(text.replace(right, wrong))))
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    private static Arguments broken(
            String right, String wrong, Function<RenderedManifests, List<String>> rule, String problem) {
        return Arguments.of(right, wrong, rule, problem);
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
