package io.dorami.gateway.http;

import io.dorami.service.runtime.DoramiConfig;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Serves the configuration that our own pages need, as the module {@code /settings.js}. */
@ApplicationScoped
public class PageSettings {

    private final String module;

    PageSettings(DoramiConfig config) {
        // ISO 4217 codes are letters, so the text needs no escape.
        this.module = "export const currency = '" + config.currency().getCurrencyCode() + "';\n";
    }

    void registerRoutes(@Observes Router router) {
        router.get("/settings.js")
                .handler(context -> context.response()
                        .putHeader("Content-Type", "text/javascript; charset=utf-8")
                        .putHeader("Cache-Control", "no-cache")
                        .end(module));
    }
}
