package io.dorami.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Configures a service under test with a {@link FakeSrsApi}, and injects the fake into the test's field of that type. */
public final class FakeSrsApiResource implements QuarkusTestResourceLifecycleManager {

    private @Nullable FakeSrsApi srs;

    @Override
    public Map<String, String> start() {
        FakeSrsApi started = new FakeSrsApi();
        srs = started;
        return Map.of("dorami.srs-api", started.address());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(srs, new TestInjector.MatchesType(FakeSrsApi.class));
    }

    @Override
    public void stop() {
        if (srs != null) {
            srs.close();
        }
    }
}
