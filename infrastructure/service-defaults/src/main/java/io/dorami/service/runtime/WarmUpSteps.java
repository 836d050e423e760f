package io.dorami.service.runtime;

import java.util.List;

/** A bean with steps of its service's {@link WarmUp}. */
public interface WarmUpSteps {

    List<WarmUpStep> warmUpSteps();
}
