package io.dorami.gateway.http;

import io.dorami.gateway.GatewayConfig;
import io.dorami.service.runtime.DoramiConfig;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Serves the configuration that our own pages need, as the module {@code /settings.js}. */
@ApplicationScoped
public class PageSettings {

    private final TaggedContent module;

    PageSettings(DoramiConfig sharedConfig, GatewayConfig config) {
        // ISO 4217 codes and the names of languages are letters, so the texts need no escape.
        String text = """
                export const currency = '%s';
                export const language = '%s';
                export const guestsReadChat = %s;
                export const developmentSignIn = %s;
                export const webrtc = %s;
                """.formatted(
                        sharedConfig.currency().getCurrencyCode(),
                        config.language().name().toLowerCase(Locale.ROOT),
                        config.guestsReadChat(),
                        config.development(),
                        config.webrtc() || config.srsApi().isPresent());
        this.module = new TaggedContent(text.getBytes(StandardCharsets.UTF_8), "text/javascript; charset=utf-8");
    }

    void registerRoutes(@Observes Router router) {
        router.route("/settings.js")
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(module::send);
    }
}
